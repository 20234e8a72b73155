/**
 * A grid of runs: every data set, seed, fold, model and arm once, in an order that prepares each fold once. Plans and
 * checks them; running them is in run-grid.ts.
 */
import type { Backend } from "../backends/backend.ts";
import type { Dataset } from "../data/dataset.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { type PrepareOptions, prepare } from "../data/preparation/prepare.ts";
import { UsageError } from "../errors.ts";
import { type ConfigureSettings, configure, type ModelMaker, type SamplerMaker } from "../training/configure.ts";
import {
  checkSettings,
  defaultPreparation,
  type GivenSettings,
  preparationOf,
  type RunSettings,
  runSettingsOf,
} from "../training/settings.ts";
import { type Arm, type CellKey, cellId } from "./cell.ts";

/** A data set of a grid. */
export interface GridData {
  /** In the grid, and in its results: no other data set has it. */
  readonly name: string;
  /** The data set for a seed; the same for each, unless it is made afresh. */
  readonly of: (seed: number) => Dataset;
  /** What is different for this data set. */
  readonly settings?: GivenSettings;
}

/** A model or sampler that somebody brought. */
export interface Own<Maker> {
  readonly make: Maker;
  /** Of its source text: what makes results of another version other cells. */
  readonly sha256: string;
}

/** A model of a grid. */
export interface GridModel {
  readonly name: string;
  readonly options?: RunSettings["modelOptions"];
  readonly own?: Own<ModelMaker>;
}

/** What is compared: a sampler with its options and whatever else of a run is set for it alone. */
export interface GridArm {
  readonly name: string;
  /** What it is there for, in words. */
  readonly why?: string;
  /** `sampler` names it; default adaptive. */
  readonly settings: GivenSettings;
  readonly own?: Own<SamplerMaker>;
}

/** What is to be compared, as `planGrid` takes it. */
export interface Grid {
  /** The question that it is to answer, in words. */
  readonly why?: string;
  readonly datasets: readonly GridData[];
  readonly models: readonly GridModel[];
  /** The first is the baseline of the report. */
  readonly arms: readonly GridArm[];
  readonly seeds: readonly number[];
  /** The test folds to run, from 0; default all. */
  readonly onlyFolds?: readonly number[];
  /** The arms to run, by name; each keeps its place among all. Default all. */
  readonly onlyArms?: readonly string[];
  /** What all runs have in common; data sets and arms come before it. */
  readonly settings: GivenSettings;
  readonly backend: Backend;
}

/** A cell that is to be run. */
export interface PlannedCell {
  readonly key: CellKey;
  readonly id: string;
  readonly dataset: Dataset;
  readonly prepare: PrepareOptions;
  readonly settings: ConfigureSettings & Pick<RunSettings, "epochs" | "batchSize" | "optimiser">;
  /** What it is called among the cells that it is compared with. */
  readonly arm: Arm;
  /** What decides the result besides the key; stored with the cell. */
  readonly stored: Readonly<Record<string, unknown>>;
}

/** More cells than anybody runs: a slip in an option, such as the number of folds. */
const mostCells = 1_000_000;

/**
 * Every cell of the grid once, in running order.
 * @throws UsageError for settings that are wrong or that a file can't hold, and for more folds than a data set has rows
 */
export function planGrid(grid: Grid): PlannedCell[] {
  const { datasets, models, seeds, onlyFolds } = grid;
  const arms = chosenArms(grid);
  const cells: PlannedCell[] = [];
  for (const data of datasets) {
    const digests = new Map<Dataset, string>();
    for (const seed of seeds) {
      const dataset = data.of(seed);
      const digest = digests.get(dataset) ?? fingerprint(dataset);
      digests.set(dataset, digest);
      const lines = models.flatMap((model) => arms.map((placed) => line(grid, data, model, placed)));
      const folds = Math.max(...lines.map((own) => foldsOf(own.given, dataset)));
      if (folds * lines.length * seeds.length * datasets.length > mostCells) {
        throw new UsageError(`a grid of more than ${mostCells} cells; choose fewer folds, seeds or arms`);
      }
      for (let fold = 0; fold < folds; fold++) {
        if (onlyFolds && !onlyFolds.includes(fold)) continue;
        for (const own of lines) {
          if (fold < foldsOf(own.given, dataset)) cells.push(planned(grid, own, dataset, digest, { fold, seed }));
        }
      }
    }
  }
  const wrong = onlyFolds?.find((fold) => !cells.some(({ key }) => key.fold === fold));
  if (wrong !== undefined) throw new UsageError(`fold ${wrong}: no data set of the grid has it; folds count from 0`);
  // A data set or an arm may be named twice.
  return [...new Map(cells.map((cell) => [cell.id, cell])).values()];
}

/** @throws UsageError for a name that no arm has, or several have */
function chosenArms({ arms, onlyArms }: Grid): readonly PlacedArm[] {
  const placed = arms.map((arm, place) => ({ arm, place }));
  for (const name of onlyArms ?? []) {
    const found = arms.filter((arm) => arm.name === name).length;
    if (found === 1) continue;
    const names = arms.map((arm) => arm.name).join(", ");
    throw new UsageError(
      `arm ${JSON.stringify(name)}: ${found === 0 ? "there is none of that name" : `${found} arms are called so`}; expected some of ${names}`,
    );
  }
  return placed.filter(({ arm }) => onlyArms === undefined || onlyArms.includes(arm.name));
}

interface PlacedArm {
  readonly arm: GridArm;
  /** Among all arms of the grid. */
  readonly place: number;
}

/** One data set, model and arm, with all that is given for it. */
interface Line extends PlacedArm {
  readonly data: GridData;
  readonly model: GridModel;
  readonly given: GivenSettings;
}

function line({ settings }: Grid, data: GridData, model: GridModel, { arm, place }: PlacedArm): Line {
  const merged = [data.settings ?? {}, arm.settings].reduce(mergedSettings, settings);
  const { modelOptions, samplerOptions = {}, ...others } = merged;
  const given: GivenSettings = { ...others, modelOptions: { ...model.options, ...modelOptions }, samplerOptions };
  const { model: _, sampler, ...ofRun } = given;
  checkSettings({
    ...ofRun,
    // What a person's own model or sampler takes, it says itself.
    ...(model.own ? { modelOptions: {} } : { model: model.name }),
    ...(arm.own ? { samplerOptions: {} } : sampler !== undefined && { sampler }),
  });
  return { data, model, arm, place, given };
}

/** The later ones before the earlier; groups of options are merged one by one. */
export function mergedSettings(earlier: GivenSettings, later: GivenSettings): GivenSettings {
  const merged = (["optimiser", "modelOptions", "samplerOptions"] as const).flatMap((group) => {
    const both = { ...earlier[group], ...later[group] };
    return Object.keys(both).length > 0 ? [[group, both] as const] : [];
  });
  return { ...earlier, ...later, ...Object.fromEntries(merged) };
}

function foldsOf({ folds = defaultPreparation.folds }: GivenSettings, { name, labels, split }: Dataset): number {
  if (split) return split.tests.length;
  if (folds <= labels.rows) return folds;
  throw new UsageError(`${folds} folds of ${labels.rows} rows of ${name}: expected at most as many folds as rows`);
}

function planned(
  { backend }: Grid,
  { data, model, arm, place, given }: Line,
  dataset: Dataset,
  digest: string,
  { fold, seed }: { readonly fold: number; readonly seed: number },
): PlannedCell {
  const { model: _m, sampler, modelOptions, samplerOptions, seed: _s, ...run } = runSettingsOf(given);
  const { fold: _f, ...preparation } = defaultPreparation;
  const { seed: _seed, ...prepared } = preparationOf(given);
  const kept = Object.fromEntries(
    Object.entries({ ...preparation, ...prepared }).filter(([, value]) => value !== undefined),
  );
  const key = { data: data.name, fold, seed, model: model.name, sampler: arm.own ? arm.name : sampler };
  const own = { ...(model.own && { model: model.own.sha256 }), ...(arm.own && { sampler: arm.own.sha256 }) };
  const stored = {
    ...run,
    modelOptions,
    samplerOptions,
    ...kept,
    ...(dataset.split && { folds: dataset.split.tests.length, split: dataset.split.method }),
    fingerprint: digest,
    backend: backend.name,
    ...(Object.keys(own).length > 0 && { own }),
  };
  return {
    key,
    id: cellId(key, stored),
    dataset,
    prepare: { ...preparationOf(given), folds: given.folds ?? defaultPreparation.folds, seed, fold },
    settings: {
      ...run,
      model: model.own?.make ?? model.name,
      modelOptions,
      sampler: arm.own?.make ?? sampler,
      samplerOptions,
      seed,
    },
    arm: { name: arm.name, place },
    stored,
  };
}

/** Rows of the fold that `checkGrid` makes samplers for. */
const fewRows = 200;

/**
 * Prepares a fold of each data set that `cells` need, and on the first one makes every model and sampler, so that what
 * can't run is said before hours of work. @throws UsageError as `prepare` and `configure`
 */
export function checkGrid({ backend }: Grid, cells: readonly PlannedCell[]): void {
  const ofDatasets = new Map(cells.map((cell) => [cell.dataset, cell]));
  const ofKinds = new Map(cells.map((cell) => [`${cell.key.model} ${cell.arm.place}`, cell]));
  for (const [index, { dataset, prepare: preparation }] of [...ofDatasets.values()].entries()) {
    const data = prepare(dataset, preparation);
    if (index > 0) continue;
    const rows = { ...data.rows, training: data.rows.training.subarray(0, fewRows) };
    for (const { settings } of ofKinds.values()) configure({ ...data, rows }, backend, settings);
  }
}
