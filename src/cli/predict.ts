/** `hardbatch predict DATA --weights FILE`: scores of every row as CSV, from saved weights with the preprocessing stored in them. */
import { Command } from "commander";
import { backendNames, createBackend } from "../backends/create.ts";
import type { Dataset } from "../data/dataset.ts";
import { transformFeatures } from "../data/preparation/preprocess.ts";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic.ts";
import { decodeModel } from "../saved/model.ts";
import { predict } from "../training/prediction.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { oneOf, path, wholeNumber } from "./options.ts";
import { readInput, readPytorch, writePytorch } from "./weights.ts";

interface Options extends DataOptions {
  readonly weights: string;
  readonly out?: string;
  readonly fromPytorch?: string;
  readonly toPytorch?: string;
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
    .option(
      "--from-pytorch <file>",
      "score with this state dict (safetensors) in the place of the weights",
      path("--from-pytorch"),
    )
    .option("--to-pytorch <file>", "also write the weights as a PyTorch state dict (safetensors)", path("--to-pytorch"))
    .option("--backend <name>", backendNames.join(", "), oneOf("--backend", backendNames), "auto")
    .option("--seed <n>", "seed of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--json", "one JSON object with labels and scores instead of CSV")
    .option("--quiet", "print nothing but the scores")
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { weights, fromPytorch, toPytorch } = options;
  const { model, preprocessing, values: saved } = decodeModel(await readInput("--weights", weights), weights);
  const values = fromPytorch === undefined ? saved : await readPytorch(model, fromPytorch);
  if (toPytorch !== undefined) await writePytorch(model, values, toPytorch);
  const dataset = await openDataset(text, options, options.seed, { unlabelled: true });
  const { features, featureNames } = isLibsvm(text) ? withZeros(dataset, preprocessing.featureNames) : dataset;
  const scaled = explained(`${text} does not fit ${weights}`, () =>
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

/** A CSV field (RFC 4180). */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
