/**
 * `hardbatch predict DATA --weights FILE`: scores of every row as CSV, from saved weights with the preprocessing stored
 * in them. Of the data only the columns that the weights name are read; rows are scored and written block by block.
 */
import { once } from "node:events";
import { Command } from "commander";
import { backendNames, createBackend } from "../backends/create.ts";
import type { Dataset } from "../data/dataset.ts";
import { csvField } from "../data/formats/csv-field.ts";
import { inert } from "../data/formats/inert.ts";
import { encodeNpy } from "../data/formats/npy.ts";
import { encodeNpz } from "../data/formats/npz.ts";
import { fittedFeatures } from "../data/preparation/coding.ts";
import { isArrayFile } from "../data/read.ts";
import { writeAtomically } from "../files/atomic.ts";
import { type Decide, decide } from "../metrics/rules/rule.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { type DecisionOptions, ruleOf, withDecisionOptions } from "./decisions.ts";
import { oneOf, path, wholeNumber } from "./options.ts";
import { requireOthers } from "./outputs.ts";
import { explaining, type ScoredBlock, scoredBlocks } from "./scoring.ts";
import { openWeights, type WeightsOptions, withWeightsOptions, writePytorch } from "./weights.ts";

interface Options extends DataOptions, WeightsOptions, DecisionOptions {
  readonly out?: string;
  readonly backend: string;
  readonly seed: number;
  readonly json?: true;
  readonly csvRaw?: true;
  readonly toPytorch?: string;
  readonly quiet?: true;
}

export function predictCommand(): Command {
  const command = withDataOptions(new Command("predict"), "features").argument(`<${dataArgument}>`, dataDescription);
  const words = "print 1 for a label that applies and 0 otherwise, instead of scores";
  return withDecisionOptions(withWeightsOptions(command), words)
    .option("--out <file>", "write there instead of printing; .npy and .npz: as arrays of NumPy", path("--out"))
    .option("--backend <name>", backendNames.join(", "), oneOf("--backend", backendNames), "auto")
    .option("--seed <n>", "seed of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--csv-raw", "write names as they are, also those that a spreadsheet would run")
    .option(
      "--to-pytorch <file>",
      "write the weights as a state dict, too, as export --pytorch does",
      path("--to-pytorch"),
    )
    .option("--json", "one JSON object with labels and scores instead of CSV")
    .option("--quiet", "print nothing but the scores")
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { xml, weights, fromPytorch, preprocessing: columns } = options;
  await requireOthers({ "--out": options.out, "--to-pytorch": options.toPytorch }, [
    text,
    xml,
    weights,
    fromPytorch,
    columns,
  ]);
  const { model, preprocessing, training, values, file } = await openWeights(options);
  const asked = options.decisions !== undefined || options.topK !== undefined;
  const rule = asked ? ruleOf(options, training, file).rule : undefined;
  const explained = explaining(`${text} does not fit ${file}`);
  const dataset = await explained(() =>
    openDataset(text, options, options.seed, {
      wanted: { features: fittedFeatures(preprocessing) },
      missing: preprocessing.fill ? "keep" : "error",
    }),
  );
  const backend = await createBackend(options.backend);
  const scored = scoredBlocks({ dataset, preprocessing, model, values, backend }, explained);
  const blocks = cellBlocks(scored, model.labels, rule);
  const { labelNames } = preprocessing;
  const { out, toPytorch } = options;
  if (toPytorch !== undefined) await writePytorch(model, values, toPytorch);
  if (out !== undefined && isArrayFile(out)) {
    return writeAtomically(out, await encodeCells(out, labelNames, dataset, blocks, rule !== undefined));
  }
  const pieces = options.json
    ? printJson(rule === undefined ? "scores" : "decisions", labelNames, dataset.ids, blocks)
    : printCsv(labelNames, dataset.ids, blocks, options);
  if (options.out !== undefined) return writeAtomically(options.out, pieces);
  // --csv-raw is for files and programs.
  const shown = process.stdout.isTTY ? inert : (piece: string): string => piece;
  for await (const piece of pieces) if (!process.stdout.write(shown(piece))) await once(process.stdout, "drain");
}

interface Block {
  /** The first row's number. */
  readonly from: number;
  /** For each row the scores of all labels, or 0 and 1 where they are decided. */
  readonly cells: readonly (readonly number[])[];
}

async function* cellBlocks(
  blocks: AsyncIterable<ScoredBlock>,
  labels: number,
  rule: Decide | undefined,
): AsyncGenerator<Block, void> {
  for await (const { from, count, scores } of blocks) {
    const decided = rule === undefined ? undefined : decide(rule, scores, labels);
    const cell = (entry: number): number => decided?.[entry] ?? Number(scores[entry].toPrecision(7));
    const cells = Array.from({ length: count }, (_, i) =>
      Array.from({ length: labels }, (_, j) => cell(i * labels + j)),
    );
    yield { from, cells };
  }
}

/**
 * The cells as one array in a .npy file; in a .npz file beside names of labels and rows.
 * @param decided whether they are decisions
 */
async function encodeCells(
  file: string,
  labels: readonly string[],
  { features, ids }: Dataset,
  blocks: AsyncIterable<Block>,
  decided: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const shape = [features.rows, labels.length];
  const values = decided ? new Uint8Array(shape[0] * shape[1]) : new Float32Array(shape[0] * shape[1]);
  for await (const { from, cells } of blocks) values.set(cells.flat(), from * labels.length);
  if (/\.npy$/i.test(file)) return encodeNpy({ shape, values });
  return encodeNpz({
    [decided ? "decisions" : "scores"]: { shape, values },
    label_names: { texts: labels },
    ...(ids && { ids: { texts: ids } }),
  });
}

async function* printCsv(
  labelNames: readonly string[],
  ids: readonly string[] | undefined,
  blocks: AsyncIterable<Block>,
  { csvRaw, id }: Options,
): AsyncGenerator<string, void> {
  const field = (text: string): string => csvField(text, csvRaw === true);
  yield `${["row", ...(ids ? [field(id ?? "id")] : []), ...labelNames.map(field)].join(",")}\n`;
  for await (const { from, cells } of blocks) {
    const lines = cells.map((row, i) => {
      const name = ids ? [field(ids[from + i])] : [];
      return `${[from + i, ...name, ...row].join(",")}\n`;
    });
    yield lines.join("");
  }
}

/** @param what the rows are: scores or decisions */
async function* printJson(
  what: string,
  labels: readonly string[],
  ids: readonly string[] | undefined,
  blocks: AsyncIterable<Block>,
): AsyncGenerator<string, void> {
  yield inert(`{"labels":${JSON.stringify(labels)},${ids ? `"ids":${JSON.stringify(ids)},` : ""}"${what}":[`);
  for await (const { from, cells } of blocks)
    yield `${from > 0 ? "," : ""}${cells.map((row) => JSON.stringify(row)).join(",")}`;
  yield "]}\n";
}
