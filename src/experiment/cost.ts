/** What each cell of a grid will take, from its settings alone: for plans, shards and the limit of memory. */
import type { Dataset } from "../data/dataset.ts";
import { publishedFeatureShare } from "../data/preparation/feature-selection.ts";
import { cheaperInputs, filledShare } from "../data/preparation/inputs.ts";
import { type CostSettings, estimateRun, type RunEstimate } from "../training/estimate.ts";
import { defaultPreparation, defaultSettings } from "../training/settings.ts";
import { canonicalJson, type Failure } from "./cell.ts";
import type { PlannedCell } from "./grid.ts";

/** Share of the rows that are neither tested nor validated on. */
const trainingShare = 0.9;

/** A function that answers for each cell; neighbouring cells share their estimates. */
export function costs(): (cell: PlannedCell) => RunEstimate {
  const known = new Map<Dataset, Map<string, RunEstimate>>();
  const ofCells = new WeakMap<PlannedCell, RunEstimate>();
  const shared = ({ dataset, settings, prepare, stored, key }: PlannedCell): RunEstimate => {
    const own = known.get(dataset) ?? new Map<string, RunEstimate>();
    known.set(dataset, own);
    const { fingerprint: _, samplerOptions: _options, ...decisive } = stored;
    const name = canonicalJson([key.model, decisive, settings.inputs ?? ""]);
    const found = own.get(name) ?? estimate(dataset, settings, prepare);
    own.set(name, found);
    return found;
  };
  return (cell) => {
    const found = ofCells.get(cell) ?? shared(cell);
    ofCells.set(cell, found);
    return found;
  };
}

function estimate(dataset: Dataset, settings: PlannedCell["settings"], prepare: PlannedCell["prepare"]): RunEstimate {
  const { folds = defaultPreparation.folds, dropLabelsAtMost = 20 } = prepare;
  const featureShare = prepare.featureShare ?? publishedFeatureShare(dataset);
  const { rows, columns, values } = dataset.labels;
  const positives = new Uint32Array(columns);
  for (let i = 0; i < values.length; i++) positives[i % columns] += values[i];
  const labels = positives.filter((count) => count > dropLabelsAtMost).length;
  const features = Math.max(1, Math.round(dataset.features.columns * featureShare));
  const share = filledShare(dataset.features);
  const { inputs = defaultSettings.inputs } = settings;
  const sparse = inputs === "sparse" || (inputs === "auto" && cheaperInputs(dataset.features) === "sparse");
  const { model = defaultSettings.model, modelOptions = {}, optimiser, epochs, batchSize } = settings;
  const maker: CostSettings["model"] = typeof model === "object" ? () => model : model;
  return estimateRun(
    {
      rows,
      trainingRows: Math.max(1, Math.floor(rows * (1 - 1 / folds) * trainingShare)),
      features,
      ...(sparse && { entries: Math.ceil(share * rows * features) }),
      labels: Math.max(1, labels),
    },
    { model: maker, modelOptions, optimiser, epochs, batchSize },
  );
}

/**
 * How much of the whole work each cell is, in epochs of the mean cell: an epoch of a large model counts for several.
 * All together they are all the epochs.
 */
export function shares(cells: readonly PlannedCell[], cost = costs()): (cell: PlannedCell) => number {
  const epochs = cells.reduce((sum, { settings }) => sum + (settings.epochs ?? defaultSettings.epochs), 0);
  const operations = cells.reduce((sum, cell) => sum + cost(cell).operations, 0);
  return (cell) => (operations > 0 ? (cost(cell).operations / operations) * epochs : 0);
}

/** Operations a second on one core of an ordinary machine, by device; for orientation alone. */
const rates: Readonly<Record<string, number>> = { js: 0.7e9, wasm: 8e9, gpu: 2e11 };

/** About how long a cell takes on one core. */
export const secondsOf = ({ stored }: Pick<PlannedCell, "stored">, operations: number): number =>
  operations / (rates[String(stored.backend).split(":")[0]] ?? rates.js);

/** Seconds of work; starting a process and reading the data takes about one. */
const worthAProcess = 4;

/**
 * Processes that are worth having for so many cells: one a core, each with its memory and its fair share of work. With
 * fewer cells than cores one process, which may use them all.
 */
export function worthwhileJobs(cells: readonly PlannedCell[], cores: number, memory: number, cost = costs()): number {
  if (cells.length < cores) return 1;
  const largest = Math.max(1, ...cells.map((cell) => cost(cell).bytes));
  const seconds = cells.reduce((sum, cell) => sum + secondsOf(cell, cost(cell).operations), 0);
  return Math.max(1, Math.min(cores, Math.floor(memory / largest), Math.floor(seconds / worthAProcess)));
}

/** `1.5 GB` and the like. */
export function printBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/**
 * Refuses a cell whose estimate is above `limit` bytes: one that takes all memory would end the grid without a word.
 */
export function refuseBeyond(limit: number, cost = costs()): (cell: PlannedCell) => Failure | undefined {
  return (cell) => {
    const { bytes } = cost(cell);
    if (bytes <= limit) return undefined;
    const message = `it would take about ${printBytes(bytes)} of memory, more than the limit of ${printBytes(limit)}`;
    return { kind: "memory", message: `${message}; choose smaller sizes, or --memory-limit` };
  };
}
