/**
 * `hardbatch predict DATA --weights FILE`: scores of every row as CSV, from saved weights with the preprocessing stored
 * in them. Of the data only the columns that the weights name are read; rows are scored and written block by block.
 */
import { once } from "node:events";
import { Command } from "commander";
import type { Backend, Values } from "../backends/backend.ts";
import { backendNames, createBackend } from "../backends/create.ts";
import type { Dataset } from "../data/dataset.ts";
import { csvField } from "../data/formats/csv-field.ts";
import { fittedFeatures } from "../data/preparation/coding.ts";
import { type Preprocessing, transformFeatures } from "../data/preparation/preprocess.ts";
import { selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic.ts";
import type { Model } from "../models/model.ts";
import { predict } from "../training/prediction.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { oneOf, path, wholeNumber } from "./options.ts";
import { inert } from "./terminal.ts";
import { openWeights, type WeightsOptions, withWeightsOptions } from "./weights.ts";

interface Options extends DataOptions, WeightsOptions {
  readonly out?: string;
  readonly backend: string;
  readonly seed: number;
  readonly json?: true;
  readonly csvRaw?: true;
  readonly quiet?: true;
}

export function predictCommand(): Command {
  const command = withDataOptions(new Command("predict"), "features")
    .description(
      "Score every row with saved weights: one line a row with its number (from 0), one column a label, scores in [0, 1].",
    )
    .argument(`<${dataArgument}>`, dataDescription);
  return withWeightsOptions(command)
    .option("--out <file>", "write there instead of printing", path("--out"))
    .option("--backend <name>", backendNames.join(", "), oneOf("--backend", backendNames), "auto")
    .option("--seed <n>", "seed of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--csv-raw", "write names as they are, also those that a spreadsheet would run")
    .option("--json", "one JSON object with labels and scores instead of CSV")
    .option("--quiet", "print nothing but the scores")
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { model, preprocessing, values, file } = await openWeights(options);
  const explained = explaining(`${text} does not fit ${file}`);
  const dataset = await explained(() =>
    openDataset(text, options, options.seed, {
      wanted: { features: fittedFeatures(preprocessing) },
      missing: preprocessing.fill ? "keep" : "error",
    }),
  );
  const backend = await createBackend(options.backend);
  const blocks = scoredBlocks({ dataset, preprocessing, model, values, backend }, explained);
  const { labelNames } = preprocessing;
  const pieces = options.json
    ? printJson(labelNames, dataset.ids, blocks)
    : printCsv(labelNames, dataset.ids, blocks, options);
  if (options.out !== undefined) return writeAtomically(options.out, pieces);
  // What a file or another program reads stays as it is.
  const shown = process.stdout.isTTY ? inert : (piece: string): string => piece;
  for await (const piece of pieces) if (!process.stdout.write(shown(piece))) await once(process.stdout, "drain");
}

interface Scoring {
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  readonly model: Model;
  readonly values: Values;
  readonly backend: Backend;
}

interface Block {
  /** The first row's number. */
  readonly from: number;
  /** For each row the scores of all labels. */
  readonly scores: readonly (readonly number[])[];
}

/** Floats of the scaled features of one block. */
const blockSize = 2 ** 24;

/** The scores of all rows, some thousand rows at a time. */
async function* scoredBlocks(
  { dataset, preprocessing, model, values, backend }: Scoring,
  explained: <T>(action: () => T | Promise<T>) => Promise<T>,
): AsyncGenerator<Block, void> {
  const { features, featureNames } = dataset;
  const rows = Math.max(256, Math.min(2 ** 16, Math.floor(blockSize / model.features)));
  for (let from = 0; from < features.rows; from += rows) {
    const count = Math.min(rows, features.rows - from);
    const block = selectRows(
      features,
      Int32Array.from({ length: count }, (_, i) => from + i),
    );
    const scaled = await explained(() => transformFeatures(block, featureNames, preprocessing, undefined, from));
    const scores = await predict(model, values, scaled, backend, from);
    yield {
      from,
      scores: Array.from({ length: count }, (_, i) =>
        Array.from(scores.subarray(i * model.labels, (i + 1) * model.labels), (score) => Number(score.toPrecision(7))),
      ),
    };
  }
}

async function* printCsv(
  labelNames: readonly string[],
  ids: readonly string[] | undefined,
  blocks: AsyncIterable<Block>,
  { csvRaw, id }: Options,
): AsyncGenerator<string, void> {
  const field = (text: string): string => csvField(text, csvRaw === true);
  yield `${["row", ...(ids ? [field(id ?? "id")] : []), ...labelNames.map(field)].join(",")}\n`;
  for await (const { from, scores } of blocks) {
    const lines = scores.map((cells, i) => {
      const name = ids ? [field(ids[from + i])] : [];
      return `${[from + i, ...name, ...cells].join(",")}\n`;
    });
    yield lines.join("");
  }
}

async function* printJson(
  labels: readonly string[],
  ids: readonly string[] | undefined,
  blocks: AsyncIterable<Block>,
): AsyncGenerator<string, void> {
  yield `{"labels":${JSON.stringify(labels)},${ids ? `"ids":${JSON.stringify(ids)},` : ""}"scores":[`;
  for await (const { from, scores } of blocks)
    yield `${from > 0 ? "," : ""}${scores.map((cells) => JSON.stringify(cells)).join(",")}`;
  yield "]}\n";
}

/** A function that puts the subject before what a UsageError of its action says. */
function explaining(subject: string): <T>(action: () => T | Promise<T>) => Promise<T> {
  return async (action) => {
    try {
      return await action();
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(`${subject}: ${error.message}`) : error;
    }
  };
}
