/** `hardbatch predict DATA --weights FILE`: scores of every row as CSV, from saved weights with the preprocessing stored in them. */
import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { backendNames, createBackend } from "../backends/create.ts";
import { decodeCheckpoint } from "../checkpoint.ts";
import type { Dataset } from "../data/dataset.ts";
import { transformFeatures } from "../data/preprocess.ts";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../experiment/atomic.ts";
import { predict } from "../prediction.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { oneOf, path, wholeNumber } from "./options.ts";

interface Options extends DataOptions {
  readonly weights: string;
  readonly out?: string;
  readonly backend: string;
  readonly seed: number;
  readonly json?: true;
  readonly quiet?: true;
}

export function predictCommand(): Command {
  return withDataOptions(new Command("predict"))
    .description("Score every row with saved weights: one line a row, one column a label, scores in [0, 1].")
    .argument(`<${dataArgument}>`, dataDescription)
    .requiredOption("--weights <file>", "weights.safetensors of a training run", path("--weights"))
    .option("--out <file>", "write there instead of printing", path("--out"))
    .option("--backend <name>", backendNames.join(", "), oneOf("--backend", backendNames), "auto")
    .option("--seed <n>", "seed of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--json", "one JSON object with labels and scores instead of CSV")
    .option("--quiet", "print nothing but the scores")
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { model, preprocessing, values } = decodeCheckpoint(await readWeights(options.weights), options.weights);
  const dataset = await openDataset(text, options, options.seed, { unlabelled: true });
  const { features, featureNames } = isLibsvm(text) ? withZeros(dataset, preprocessing.featureNames) : dataset;
  const scaled = explained(`${text} does not fit ${options.weights}`, () =>
    transformFeatures(features, featureNames, preprocessing),
  );
  const scores = await predict(model, values, scaled, await createBackend(options.backend));
  const { labelNames } = preprocessing;
  const rows = Array.from({ length: features.rows }, (_, i) =>
    Array.from(scores.subarray(i * labelNames.length, (i + 1) * labelNames.length), (score) =>
      Number(score.toPrecision(7)),
    ),
  );
  const printed = options.json
    ? `${JSON.stringify({ labels: labelNames, scores: rows })}\n`
    : [labelNames.map(field), ...rows].map((cells) => `${cells.join(",")}\n`).join("");
  if (options.out === undefined) process.stdout.write(printed);
  else await writeAtomically(options.out, printed);
}

const isLibsvm = (path: string): boolean => /\.(libsvm|svm|txt)(\.gz)?$/i.test(path);

/** A LIBSVM file ends at the last feature that has a value in it; those that were seen in training and not here are 0. */
function withZeros(
  { features, featureNames }: Dataset,
  wanted: readonly string[],
): Pick<Dataset, "features" | "featureNames"> {
  const present = new Set(featureNames);
  const names = [...featureNames, ...wanted.filter((name) => !present.has(name))];
  return { features: { ...features, columns: names.length }, featureNames: names };
}

/** Puts the subject before what a UsageError says. */
function explained<T>(subject: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${subject}: ${error.message}`) : error;
  }
}

async function readWeights(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new UsageError(`--weights ${file}: there is no such file`);
    if (code === "EISDIR")
      throw new UsageError(`--weights ${file} is a folder: expected the weights.safetensors in it`);
    throw error;
  }
}

/** A CSV field (RFC 4180). */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
