/** Small grids for the tests of this folder. */
import type { Backend } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import type { Grid } from "../../src/experiment/grid.ts";
import { defaultSettings, type GivenSettings, type RunSettings } from "../../src/training/settings.ts";

const { model: _m, sampler: _s, seed: _d, modelOptions: _mo, samplerOptions: _so, ...others } = defaultSettings;

export const common = others;

export const one = synthetic({ rows: 60, features: 5, labels: 4, imbalance: 3 }, 1);
export const two = synthetic({ rows: 50, features: 5, labels: 4, imbalance: 3 }, 2);

/** A grid in which arms are plain samplers. */
export interface SmallGrid {
  readonly datasets: readonly Dataset[];
  readonly models: readonly string[];
  readonly samplers: readonly string[];
  readonly seeds: readonly number[];
  readonly onlyFolds?: readonly number[];
  readonly onlyArms?: readonly string[];
  readonly prepare: GivenSettings;
  readonly settings: GivenSettings;
  readonly modelOptions: (model: string) => RunSettings["modelOptions"];
  readonly samplerOptions: (sampler: string) => RunSettings["samplerOptions"];
  readonly backend: Backend;
}

export function gridOf(more: Partial<SmallGrid> = {}): Grid {
  const { datasets, models, samplers, prepare, settings, modelOptions, samplerOptions, ...rest }: SmallGrid = {
    datasets: [one],
    models: ["mlp"],
    samplers: ["uniform", "adaptive"],
    seeds: [1],
    prepare: { folds: 2, dropLabelsAtMost: 1 },
    settings: { ...common, epochs: 3, batchSize: 8 },
    modelOptions: (model) => (model === "mlp" ? { hidden: [4] } : {}),
    samplerOptions: (sampler) => (sampler === "uniform" ? {} : { warmUp: 1 }),
    backend: js(),
    ...more,
  };
  return {
    ...rest,
    datasets: datasets.map((dataset) => ({ name: dataset.name, of: () => dataset })),
    models: models.map((name) => ({ name, options: modelOptions(name) })),
    arms: samplers.map((sampler) => ({
      name: sampler,
      settings: { sampler, samplerOptions: samplerOptions(sampler) },
    })),
    settings: { ...prepare, ...settings },
  };
}
