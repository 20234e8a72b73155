/**
 * `hardbatch compare DATA...`: every model and arm on every fold and seed. A finished cell is one line of the results
 * file at once; a rerun reads the file and runs what is missing. Ends with the report over the cells of this grid.
 */
import { Command } from "commander";
import type { Cell, FailedCell } from "../experiment/cell.ts";
import { costs, refuseBeyond, shares } from "../experiment/cost.ts";
import { checkGrid, type Grid, type PlannedCell, planGrid } from "../experiment/grid.ts";
import { printReport } from "../experiment/report/print-report.ts";
import { buildReport } from "../experiment/report/report.ts";
import { runGrid } from "../experiment/run-grid.ts";
import { parseShard, type Shard, shardCells } from "../experiment/shard.ts";
import { studyNames } from "../experiment/studies.ts";
import { prepareFile } from "../files/atomic.ts";
import { cellProgressFiles } from "../files/cell-progress.ts";
import { ResultsFile } from "../files/results.ts";
import { metricNames } from "../metrics/metrics.ts";
import { modelNames } from "../models/create.ts";
import { samplerNames } from "../samplers/create.ts";
import { numerics } from "../training/numerics.ts";
import { defaultSettings } from "../training/settings.ts";
import { dataDescription, withDataOptions } from "./data.ts";
import { Failed, Interrupted, interruptible } from "./endings.ts";
import { type GridOptions, gridOf } from "./grid-options.ts";
import { jobsFor, parseJobs, runJobs } from "./jobs.ts";
import { defaultLimit, memorySize } from "./memory-limit.ts";
import { neighbourSearch } from "./neighbour-search.ts";
import { oneOf, path, set, wholeNumber } from "./options.ts";
import { printPlan } from "./plan.ts";
import { type Progress, startProgress } from "./progress.ts";
import { backendOf, withTrainingOptions } from "./settings.ts";
import { withSplitOptions } from "./splits.ts";
import { inertLine, printOut } from "./terminal.ts";
import { version } from "./version.ts";
import { oldVersionsOf } from "./versions.ts";

interface Options extends GridOptions {
  readonly metrics?: readonly string[];
  readonly out: string;
  readonly plan?: string | true;
  readonly jobs?: number | "auto";
  readonly shard?: Shard;
  readonly memoryLimit?: number;
  readonly retryFailed?: true;
  readonly rerunOtherVersions?: true;
  readonly times: boolean;
  readonly json?: true;
  readonly quiet?: true;
}

export function compareCommand(): Command {
  const command = withSplitOptions(withDataOptions(new Command("compare")))
    .argument("[DATA...]", `${dataDescription} (default: synthetic)`)
    .option("--study <name|file>", `a JSON file, or ${studyNames.join(", ")} (docs/studies.md)`, path("--study"))
    .option("--models <names>", `${modelNames.join(", ")}, or ./module.js (default: mlp)`)
    .option(
      "--samplers <arms>",
      `${samplerNames.join(", ")}, or ./module.js; each perhaps with :key=value (default: uniform,adaptive)`,
    )
    .option(
      "--sweep <key=a,b,c>",
      "an arm for each value; may be given again",
      (text, before: string[]) => [...before, text],
      [],
    )
    .option("--seeds <list>", "such as 1,2,3", set("--seeds", wholeNumber("--seeds", 0, 2 ** 32 - 1)))
    .option(
      "--only-folds <list>",
      "run these test folds alone, from 0",
      set("--only-folds", wholeNumber("--only-folds", 0)),
    )
    .option("--only-arms <names>", "run these arms of the study alone")
    .option("--fresh-data", "make synthetic data anew for every seed")
    .option("--out <file>", "results, one line of JSON a cell", path("--out"), "results/compare.jsonl")
    .option("--plan [file]", "print what would run, with estimates of time and memory; run nothing")
    .option(
      "--jobs <n>",
      "processes that share the work (default: auto, one a core where that is faster; 1 for a part or --no-times)",
      parseJobs,
    )
    .option("--shard <i/n>", "run part i of n; auto[/n] asks Slurm, Kubernetes or GNU parallel", (text) =>
      parseShard(text, process.env),
    )
    .option(
      "--memory-limit <size>",
      "refuse cells that would take more, such as 8G (default: 3/4 of the machine's)",
      memorySize,
    )
    .option("--retry-failed", "run cells again that failed before")
    .option("--rerun-other-versions", "run cells again that were made by other arithmetic")
    .option("--no-times", "leave date and seconds out of the results: the same command gives the same bytes")
    .option("--metrics <names>", "metrics of the report", set("--metrics", oneOf("--metrics", metricNames)));
  return withTrainingOptions(command)
    .option("--seed <n>", "one seed, and that of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--json", "print the report as one JSON object")
    .option("--quiet", "print no progress")
    .action(run);
}

async function run(texts: readonly string[], options: Options, command: Command): Promise<void> {
  const grid = await gridOf(texts, options, command, await backendOf(options));
  const whole = planGrid(grid);
  const { shard, out } = options;
  const cost = costs();
  const planned = shard ? shardCells(whole, shard, (cell) => cost(cell).operations) : whole;
  const progress = startProgress(options);
  if (shard) progress.note(`part ${shard.index} of ${shard.count}: ${planned.length} of ${whole.length} cells`);
  const store = await ResultsFile.open(out, (note) => progress.note(note));
  const old = await oldVersionsOf(planned, store, grid.backend);
  if (old.ids.length > 0 && !options.rerunOtherVersions) progress.note(old.note);
  const again = options.rerunOtherVersions ? old.ids : [];
  const failed = options.retryFailed ? planned.map(({ id }) => id).filter((id) => store.failed(id)) : [];
  for (const id of [...again, ...failed]) store.forget(id);
  const isDone = (id: string): boolean => (store.cell(id) ?? store.failed(id)) !== undefined;
  if (options.plan !== undefined) return printPlan(grid, planned, isDone, options.plan);

  const missing = planned.filter(({ id }) => !isDone(id));
  checkGrid(grid, missing);
  if (missing.length > 0) await prepareFile(out);
  if (grid.why !== undefined) progress.note(`${options.study ?? "study"}: ${grid.why}`);
  const share = shares(missing, cost);
  progress.begin(
    `${missing.length} of ${planned.length} cells to run`,
    missing.reduce((sum, cell) => sum + share(cell), 0),
  );
  const memory = options.memoryLimit ?? defaultLimit();
  const count = jobsFor(options, grid.backend.name, missing, memory);
  const follow = async (signal: AbortSignal): Promise<void> => {
    const refuse = refuseBeyond(memory, cost);
    const work = { grid, missing, share, refuse, store, options, progress };
    await (count > 1 && missing.length > 1 ? runInJobs(work, count, signal) : runHere(work, signal));
    if (!signal.aborted || missing.every(({ id }) => isDone(id))) return;
    progress.end();
    progress.note(`finished cells are kept in ${out}; run the same command again to go on`);
    throw new Interrupted();
  };
  try {
    await interruptible(follow);
  } finally {
    progress.end();
  }
  finish(planned, store, options);
}

interface Work {
  readonly grid: Grid;
  readonly missing: readonly PlannedCell[];
  /** Of the whole work, in the unit of the progress. */
  readonly share: (cell: PlannedCell) => number;
  readonly refuse: ReturnType<typeof refuseBeyond>;
  readonly store: ResultsFile;
  readonly options: Options;
  readonly progress: Progress;
}

async function runHere(work: Work, signal: AbortSignal): Promise<void> {
  const { grid, missing, share, refuse, store, options, progress } = work;
  const clock = options.times ? Date.now : undefined;
  const run = { version: version(), numerics };
  const kept = cellProgressFiles(options.out, (note) => progress.note(note));
  const search = neighbourSearch(options);
  const how = { signal, run, refuse, search, progress: kept, ...(clock && { clock }) };
  for await (const event of runGrid(grid, missing, store, how)) {
    if (event.kind === "begin") progress.label(nameOf(event.cell));
    // Steps are many, and what share of the work a cell is takes time to work out.
    if (event.kind === "training" && event.event.kind !== "step") {
      const { epochs = defaultSettings.epochs } = event.cell.settings;
      const anEpoch = share(event.cell) / epochs;
      if (event.event.kind === "epoch") progress.advance(anEpoch);
      if (event.event.kind === "start") progress.advance(anEpoch * (event.event.resumed?.epoch ?? 0));
    }
    if (event.kind === "elsewhere") progress.advance(share(event.cell));
    if (event.kind === "fail") progress.note(`failed: ${nameOf(event.cell)}: ${event.result.failure.message}`);
    if (event.kind === "wait") progress.label(`waiting for ${event.cells} cells of ${event.owner}`);
  }
}

async function runInJobs(
  { grid, missing, share, store, options, progress }: Work,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const threads = options.threads === undefined && grid.backend.name === "wasm" ? ["--threads", "1"] : [];
  const words = [...process.argv.slice(2), "--jobs", "1", "--quiet", "--backend", grid.backend.name, ...threads];
  const left = new Set(missing);
  await runJobs(words, Math.min(count, missing.length), signal, async () => {
    await store.refresh();
    for (const cell of left) {
      const failure = store.failed(cell.id)?.failure;
      if (!failure && !store.cell(cell.id)) continue;
      left.delete(cell);
      progress.advance(share(cell));
      if (failure) progress.note(`failed: ${nameOf(cell)}: ${failure.message}`);
    }
  });
}

/** Prints the report; what failed stands in it, and ends the command with 1. */
function finish(planned: readonly PlannedCell[], store: ResultsFile, options: Options): void {
  // A cell that another grid has run is called here as it is here.
  const results = planned.flatMap(({ id, arm }) => {
    const cell = store.cell(id);
    return cell ? [{ ...cell, arm }] : [];
  });
  const failed = planned.flatMap((cell) => {
    const record = store.failed(cell.id);
    return record ? [{ cell, record }] : [];
  });
  if (results.length > 0) print(results, planned, failed, options);
  else if (options.json) printOut(`${JSON.stringify({ tables: [], failed: failed.map(({ record }) => record) })}\n`);
  if (failed.length === 0) return;
  const [{ cell, record }] = failed;
  throw new Failed(
    `${failed.length} of ${planned.length} cells failed; the first: ${nameOf(cell)}: ${record.failure.message} ` +
      "(--retry-failed runs them again)",
  );
}

interface FailedPlan {
  readonly cell: PlannedCell;
  readonly record: FailedCell;
}

const nameOf = ({ key: { data, seed, fold, model }, arm }: PlannedCell): string =>
  `${data} seed ${seed} fold ${fold} ${model} ${arm.name}`;

function print(
  cells: readonly Cell[],
  planned: readonly PlannedCell[],
  failed: readonly FailedPlan[],
  { metrics, json, out, quiet }: Options,
): void {
  const samplers = [...new Set(planned.map(({ arm }) => arm.name))];
  const report = buildReport(cells, { samplers, ...(metrics && { metrics }) });
  if (json) {
    const failures = failed.length > 0 && { failed: failed.map(({ record }) => record) };
    printOut(`${JSON.stringify({ ...report, ...failures })}\n`);
    return;
  }
  printOut(printReport(report));
  if (new Set(planned.map(({ arm }) => arm.name)).size > 1)
    for (const sentence of report.verdict) printOut(`\nverdict: ${inertLine(sentence)}\n`);
  if (failed.length > 0) {
    printOut(`\nfailed cells, which no figure above has:\n`);
    for (const { cell, record } of failed) printOut(`  ${inertLine(`${nameOf(cell)}: ${record.failure.message}`)}\n`);
  }
  if (quiet) return;
  printOut(
    `\nresults: ${out}, one line of JSON a cell; run the same command again and finished cells are skipped\n` +
      "a real data set: hardbatch compare emotions.arff (its Mulan emotions.xml beside it)\n",
  );
}
