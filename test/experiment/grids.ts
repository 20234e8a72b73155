/** Small grids for the tests of this folder. */
import { js } from "../../src/backends/js.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import type { Grid } from "../../src/experiment/grid.ts";
import { defaultSettings } from "../../src/training/settings.ts";

const { model: _m, sampler: _s, seed: _d, modelOptions: _mo, samplerOptions: _so, ...others } = defaultSettings;

export const common = others;

export const one = synthetic({ rows: 60, features: 5, labels: 4, imbalance: 3 }, 1);
export const two = synthetic({ rows: 50, features: 5, labels: 4, imbalance: 3 }, 2);

export const gridOf = (more: Partial<Grid> = {}): Grid => ({
  datasets: [one],
  models: ["mlp"],
  samplers: ["uniform", "adaptive"],
  seeds: [1],
  prepare: { folds: 2, dropLabelsAtMost: 1 },
  settings: { ...common, epochs: 3, batchSize: 8 },
  modelOptions: () => ({ hidden: [4] }),
  samplerOptions: (sampler) => (sampler === "uniform" ? {} : { warmUp: 1 }),
  backend: js(),
  ...more,
});
