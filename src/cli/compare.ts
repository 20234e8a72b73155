/**
 * `hardbatch compare DATA...`: every model and sampler on every fold and seed. A finished cell is one line of the results file
 * at once; a rerun reads the file and runs what is missing. Ends with the report over the cells of this grid.
 */
import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { type Cell, cellId, type ParsedCells, parseCells, printCell } from "../experiment/cell.ts";
import { type CompareEvent, checkGrid, type Grid, planGrid, runGrid } from "../experiment/grid.ts";
import { printReport } from "../experiment/report/print-report.ts";
import { buildReport } from "../experiment/report/report.ts";
import { appendLine, prepareFile } from "../files/atomic.ts";
import { metricNames } from "../metrics/metrics.ts";
import { modelNames } from "../models/create.ts";
import { isSamplerName } from "../samplers/create.ts";
import { plainSamplerOptions, samplerNames } from "../samplers/options.ts";
import { type DataOptions, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { Failed, Interrupted, interruptible } from "./endings.ts";
import { oneOf, path, set, wholeNumber } from "./options.ts";
import { startProgress } from "./progress.ts";
import {
  backendOf,
  optionsFor,
  prepareOptionsOf,
  settingsOf,
  type TrainingOptions,
  withTrainingOptions,
} from "./settings.ts";
import { printOut } from "./terminal.ts";

interface Options extends DataOptions, TrainingOptions {
  readonly models: readonly string[];
  readonly samplers: readonly string[];
  readonly seeds: readonly number[];
  readonly metrics?: readonly string[];
  readonly out: string;
  readonly seed: number;
  readonly json?: true;
  readonly quiet?: true;
}

export function compareCommand(): Command {
  const command = withDataOptions(new Command("compare"))
    .description(
      "Compare samplers (the first is the baseline) over folds and seeds; finished cells are kept and not run again.",
    )
    .argument("[DATA...]", `${dataDescription} (default: synthetic)`)
    .option("--models <names>", modelNames.join(", "), set("--models", oneOf("--models", modelNames)), ["mlp"])
    .option("--samplers <names>", samplerNames.join(", "), set("--samplers", oneOf("--samplers", samplerNames)), [
      "uniform",
      "adaptive",
    ])
    .option("--seeds <list>", "such as 1,2,3", set("--seeds", wholeNumber("--seeds", 0, 2 ** 32 - 1)))
    .option("--out <file>", "results, one line of JSON a cell", path("--out"), "results/compare.jsonl")
    .option("--metrics <names>", "metrics of the report", set("--metrics", oneOf("--metrics", metricNames)));
  return withTrainingOptions(command)
    .option("--seed <n>", "one seed, and that of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--json", "print the report as one JSON object")
    .option("--quiet", "print no progress")
    .action(run);
}

async function run(texts: readonly string[], options: Options): Promise<void> {
  const grid = await gridOf(texts, options);
  const planned = planGrid(grid);
  const { cells: known, warning } = await readCells(options.out);
  const finished = new Map(known.map((cell) => [cellId(cell.key, cell.settings), cell]));
  const missing = planned.filter(({ id }) => !finished.has(id));
  checkGrid(grid, missing);
  if (missing.length > 0) await prepareFile(options.out);

  const progress = startProgress(options);
  if (warning) progress.note(warning);
  const failures: string[] = [];
  const name = ({ cell }: CompareEvent): string =>
    `${cell.key.data} seed ${cell.key.seed} fold ${cell.key.fold} ${cell.key.model} ${cell.key.sampler}`;
  progress.begin(`${missing.length} of ${planned.length} cells to run`, missing.length * grid.settings.epochs);
  const follow = async (signal: AbortSignal): Promise<void> => {
    for await (const event of runGrid(grid, missing, signal)) {
      if (event.kind === "begin") progress.label(name(event));
      if (event.kind === "training" && event.event.kind === "epoch") progress.advance();
      if (event.kind === "finish") {
        await appendLine(options.out, printCell(event.result));
        finished.set(event.cell.id, event.result);
      }
      if (event.kind === "fail") {
        failures.push(`${name(event)}: ${event.error.message}`);
        progress.note(`failed: ${failures[failures.length - 1]}`);
      }
    }
    if (!signal.aborted || missing.every(({ id }) => finished.has(id))) return;
    progress.end();
    progress.note(`finished cells are kept in ${options.out}; run the same command again to go on`);
    throw new Interrupted();
  };
  try {
    await interruptible(follow);
  } finally {
    progress.end();
  }

  const results = planned.flatMap(({ id }) => finished.get(id) ?? []);
  if (results.length > 0) print(results, options);
  if (failures.length > 0)
    throw new Failed(`${failures.length} of ${planned.length} cells failed; the first: ${failures[0]}`);
}

async function gridOf(texts: readonly string[], options: Options): Promise<Grid> {
  const { models, samplers, seeds = [options.seed] } = options;
  const { modelOptions, samplerOptions, ...settings } = settingsOf(options);
  const datasets = [];
  for (const text of texts.length > 0 ? texts : ["synthetic"])
    datasets.push(await openDataset(text, options, options.seed));
  const known = new Map(
    samplers.filter(isSamplerName).map((sampler) => [sampler as string, new Set<string>(plainSamplerOptions(sampler))]),
  );
  const stray = Object.keys(samplerOptions).find(
    (option) => !option.includes(".") && ![...known.values()].some((names) => names.has(option)),
  );
  if (stray !== undefined) throw new UsageError(`sampler option ${stray}: none of ${samplers.join(", ")} has it`);
  return {
    datasets,
    models,
    samplers,
    seeds,
    prepare: prepareOptionsOf(options),
    settings,
    modelOptions: (model) => optionsFor("model", model, models, modelOptions),
    // Each sampler takes those of the options for all that it has.
    samplerOptions: (sampler) =>
      optionsFor("sampler", sampler, samplers, samplerOptions, (option) => known.get(sampler)?.has(option) === true),
    backend: await backendOf(options),
  };
}

async function readCells(file: string): Promise<ParsedCells> {
  try {
    return parseCells(await readFile(file, "utf8"), file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return { cells: [] };
    if (code === "EISDIR") throw new UsageError(`--out ${file} is a folder: expected the name of a file`);
    throw error;
  }
}

function print(cells: readonly Cell[], { samplers, metrics, json, out, quiet }: Options): void {
  const report = buildReport(cells, { samplers, ...(metrics && { metrics }) });
  if (json) {
    printOut(`${JSON.stringify(report)}\n`);
    return;
  }
  printOut(printReport(report));
  if (quiet) return;
  printOut(
    `\nresults: ${out}, one line of JSON a cell; run the same command again and finished cells are skipped\n` +
      "a real data set: hardbatch compare emotions.arff (its Mulan emotions.xml beside it)\n",
  );
}
