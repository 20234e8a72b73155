/**
 * `hardbatch compare DATA...`: every model and sampler on every fold and seed. A finished cell is one line of the results file
 * at once; a rerun reads the file and runs what is missing. Ends with the report over the cells of this grid.
 */
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Cell } from "../experiment/cell.ts";
import { checkGrid, type Grid, type PlannedCell, planGrid } from "../experiment/grid.ts";
import { printReport } from "../experiment/report/print-report.ts";
import { buildReport } from "../experiment/report/report.ts";
import { runGrid } from "../experiment/run-grid.ts";
import { prepareFile } from "../files/atomic.ts";
import { ResultsFile } from "../files/results.ts";
import { metricNames } from "../metrics/metrics.ts";
import { modelNames } from "../models/create.ts";
import { samplerDescriptions, samplerNames } from "../samplers/create.ts";
import { numerics } from "../training/numerics.ts";
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
import { version } from "./version.ts";

interface Options extends DataOptions, TrainingOptions {
  readonly models: readonly string[];
  readonly samplers: readonly string[];
  readonly seeds: readonly number[];
  readonly metrics?: readonly string[];
  readonly out: string;
  readonly retryFailed?: true;
  readonly times: boolean;
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
    .option("--retry-failed", "run cells again that failed before")
    .option("--no-times", "leave date and seconds out of the results: the same command gives the same bytes")
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
  const progress = startProgress(options);
  const store = await ResultsFile.open(options.out, (note) => progress.note(note));
  if (options.retryFailed) for (const { id } of planned) if (store.failed(id)) store.forget(id);
  const missing = planned.filter(({ id }) => !store.cell(id) && !store.failed(id));
  checkGrid(grid, missing);
  if (missing.length > 0) await prepareFile(options.out);

  progress.begin(`${missing.length} of ${planned.length} cells to run`, missing.length * grid.settings.epochs);
  const follow = async (signal: AbortSignal): Promise<void> => {
    const run = { version: version(), numerics };
    const clock = options.times ? Date.now : undefined;
    for await (const event of runGrid(grid, missing, store, { signal, run, ...(clock && { clock }) })) {
      if (event.kind === "begin") progress.label(nameOf(event.cell));
      if (event.kind === "training" && event.event.kind === "epoch") progress.advance();
      if (event.kind === "elsewhere") progress.advance(grid.settings.epochs);
      if (event.kind === "fail") progress.note(`failed: ${nameOf(event.cell)}: ${event.result.failure.message}`);
      if (event.kind === "wait") progress.label(`waiting for ${event.cells} cells of ${event.owner}`);
    }
    if (!signal.aborted || missing.every(({ id }) => store.cell(id) ?? store.failed(id))) return;
    progress.end();
    progress.note(`finished cells are kept in ${options.out}; run the same command again to go on`);
    throw new Interrupted();
  };
  try {
    await interruptible(follow);
  } finally {
    progress.end();
  }

  const results = planned.flatMap(({ id }) => store.cell(id) ?? []);
  if (results.length > 0) print(results, options);
  const failed = planned.filter(({ id }) => store.failed(id));
  if (failed.length === 0) return;
  const [first] = failed;
  const reason = `${nameOf(first)}: ${store.failed(first.id)?.failure.message}`;
  throw new Failed(
    `${failed.length} of ${planned.length} cells failed; the first: ${reason} (--retry-failed runs them again)`,
  );
}

const nameOf = ({ key: { data, seed, fold, model, sampler } }: PlannedCell): string =>
  `${data} seed ${seed} fold ${fold} ${model} ${sampler}`;

async function gridOf(texts: readonly string[], options: Options): Promise<Grid> {
  const { models, samplers, seeds = [options.seed] } = options;
  const { modelOptions, samplerOptions, ...settings } = settingsOf(options);
  const datasets = [];
  for (const text of texts.length > 0 ? texts : ["synthetic"])
    datasets.push(await openDataset(text, options, options.seed));
  const known = new Map<string, ReadonlySet<string>>(
    samplerDescriptions.map(({ name, options }) => [name, new Set(options.map((option) => option.name))] as const),
  );
  const stray = Object.keys(samplerOptions).find(
    (option) => !option.includes(".") && !samplers.some((sampler) => known.get(sampler)?.has(option)),
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
