/**
 * A grid of runs: every data set, seed, fold, model and sampler once, in an order that prepares each fold once. Plans and checks
 * them; running them is in run-grid.ts.
 */
import type { Backend } from "../backends/backend.ts";
import type { Dataset } from "../data/dataset.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { type PrepareOptions, prepare } from "../data/preparation/prepare.ts";
import { configure } from "../training/configure.ts";
import type { RunSettings } from "../training/settings.ts";
import { type Arm, type CellKey, cellId } from "./cell.ts";

export interface Grid {
  readonly datasets: readonly Dataset[];
  readonly models: readonly string[];
  /** The first is the baseline of the report. */
  readonly samplers: readonly string[];
  readonly seeds: readonly number[];
  /** Folds and preprocessing; every fold is run. */
  readonly prepare: Omit<PrepareOptions, "seed" | "fold"> & { readonly folds: number };
  /** What all runs have in common. */
  readonly settings: Omit<RunSettings, "model" | "sampler" | "seed" | "modelOptions" | "samplerOptions">;
  readonly modelOptions: (model: string) => RunSettings["modelOptions"];
  readonly samplerOptions: (sampler: string) => RunSettings["samplerOptions"];
  readonly backend: Backend;
}

/** A cell that is to be run. */
export interface PlannedCell {
  readonly key: CellKey;
  readonly id: string;
  readonly dataset: Dataset;
  readonly settings: RunSettings;
  /** What it is called among the cells that it is compared with. */
  readonly arm?: Arm;
  /** What decides the result besides the key; stored with the cell. */
  readonly stored: Readonly<Record<string, unknown>>;
}

/** Every cell of the grid once, in running order. @throws UsageError for settings that a file can't hold */
export function planGrid(grid: Grid): PlannedCell[] {
  const cells = grid.datasets.flatMap((dataset) => {
    const digest = fingerprint(dataset);
    return grid.seeds.flatMap((seed) =>
      Array.from({ length: grid.prepare.folds }, (_, fold) =>
        grid.models.flatMap((model) =>
          grid.samplers.map((sampler) =>
            plannedCell(grid, dataset, digest, { data: dataset.name, fold, seed, model, sampler }),
          ),
        ),
      ).flat(),
    );
  });
  // A data set may be named twice.
  return [...new Map(cells.map((cell) => [cell.id, cell])).values()];
}

/** Rows of the fold that `checkGrid` makes samplers for. */
const fewRows = 1000;

/**
 * Prepares a fold of each data set that `cells` need, and on the first one makes every model and sampler, so that what can't
 * run is told before hours of work. @throws UsageError as `prepare` and `configure`
 */
export function checkGrid({ prepare: preparation, backend }: Grid, cells: readonly PlannedCell[]): void {
  const ofDatasets = new Map(cells.map((cell) => [cell.dataset, cell]));
  const ofKinds = new Map(cells.map((cell) => [`${cell.key.model} ${cell.key.sampler}`, cell]));
  for (const [index, { dataset, key }] of [...ofDatasets.values()].entries()) {
    const data = prepare(dataset, { ...preparation, seed: key.seed, fold: key.fold });
    if (index > 0) continue;
    const rows = { ...data.rows, training: data.rows.training.subarray(0, fewRows) };
    for (const { settings } of ofKinds.values()) configure({ ...data, rows }, backend, settings);
  }
}

function plannedCell(grid: Grid, dataset: Dataset, digest: string, key: CellKey): PlannedCell {
  const { model, sampler, seed } = key;
  const settings: RunSettings = {
    ...grid.settings,
    model,
    sampler,
    seed,
    modelOptions: grid.modelOptions(model),
    samplerOptions: grid.samplerOptions(sampler),
  };
  const { modelOptions, samplerOptions } = settings;
  const stored = {
    ...grid.settings,
    modelOptions,
    samplerOptions,
    ...grid.prepare,
    fingerprint: digest,
    backend: grid.backend.name,
  };
  return { key, id: cellId(key, stored), dataset, settings, stored };
}
