/**
 * A model's training step on synthetic rows of a data set's shape: made, checked against js in float64, ready to be
 * timed.
 */
import { performance } from "node:perf_hooks";
import type { Backend, Executable, NoiseKey, Values } from "../../src/backends/backend.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { symmetricConditionalProbability } from "../../src/data/imbalance/weights.ts";
import type { Program } from "../../src/engine/program.ts";
import { size } from "../../src/engine/tensor.ts";
import { createModel, type ModelName } from "../../src/models/create.ts";
import type { Model } from "../../src/models/model.ts";
import { adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";
import { datasetLeaves, rowsInput, trainingProgram } from "../../src/training/step.ts";

/** Features and labels of public data sets, before any label is left out. */
export const dataShapes = {
  emotions: { features: 72, labels: 6 },
  yeast: { features: 103, labels: 14 },
  cal500: { features: 68, labels: 174 },
  Corel5k: { features: 499, labels: 374 },
} as const;

export interface Sizes {
  readonly features: number;
  readonly labels: number;
  readonly batch: number;
}

/** Rows in the table; few, so that the largest shapes stay small. */
const tableRows = 256;

export interface Training {
  readonly model: Model;
  /** `[256, features]`, `[256, labels]`: the rows that batches are taken from. */
  readonly values: Float32Array;
  readonly targets: Uint8Array;
  /** Which rows are in the batch, at every step. */
  readonly rows: Float32Array;
  readonly program: Program;
  /** Milliseconds to build the graph. */
  readonly building: number;
  /** One step, counted from 1, to its loss. */
  step(executable: Executable<"step">, count: number): Promise<number>;
  /** The noise of a step by name, filled on the host as at every step; overwritten by the next. */
  noise(count: number): Values;
}

/** The same weights, rows and noise at every call. Features are uniform, a fifth of the labels is positive. */
export function training(name: ModelName, { features, labels, batch }: Sizes): Training {
  const random = new Random(1);
  const values = Float32Array.from({ length: tableRows * features }, () => random.uniform());
  const targets = Uint8Array.from({ length: tableRows * labels }, () => (random.uniform() < 0.2 ? 1 : 0));
  const start = performance.now();
  const labelMatrix = { rows: tableRows, columns: labels, values: targets };
  const model = createModel(name, {
    features,
    labels,
    random: new Random(2),
    labelCorrelation: symmetricConditionalProbability(labelMatrix),
  });
  const optimiser = adam(model.parameters);
  const program = trainingProgram({
    model,
    optimiser,
    dataset: datasetLeaves({ kind: "dense", rows: tableRows, columns: features, values }, labelMatrix),
    batch,
    needs: ["rowLosses"],
    weighted: false,
  });
  const building = performance.now() - start;
  const rows = Float32Array.from({ length: batch }, (_, i) => (i * 7) % tableRows);
  const fill = noiseFeeds(program);
  const noiseKey = (step: number): NoiseKey => ({ seed: 3, step });
  return {
    model,
    values,
    targets,
    rows,
    program,
    building,
    async step(executable, count) {
      const feeds = { ...optimiser.scalars(count), [rowsInput]: rows };
      return (await executable.run("step", feeds, noiseKey(count))).loss[0];
    },
    noise: (count) => fill(noiseKey(count)),
  };
}

/** Multiplications and additions of the program's matrix products. */
export function productOperations({ steps, values }: Program): number {
  return steps
    .filter(({ family }) => family === "matmul")
    .reduce((total, { op, shape, inputs, attributes: { classes } }) => {
      const left = values[inputs[0]].shape;
      // Half of a matrix lies right of its staircase.
      const counted = classes === undefined ? 1 : 0.5;
      return total + 2 * counted * size(shape) * (op.endsWith("TransposeLeft") ? left[0] : left[1]);
    }, 0);
}

/** Elements that all other steps write. */
export function otherElements({ steps }: Program): number {
  return steps.filter(({ family }) => family !== "matmul").reduce((total, { shape }) => total + size(shape), 0);
}

/** Operations of matrix products that a step of a check may take. */
const checkedOperations = 5e8;
/** Steps whose losses are compared. */
export const checkedSteps = 3;

/** The sizes with a batch that is small enough for js in float64. */
export function checkedSizes(name: ModelName, sizes: Sizes): Sizes {
  const perRow = productOperations(training(name, { ...sizes, batch: 4 }).program) / 4;
  return { ...sizes, batch: Math.min(sizes.batch, Math.max(2, Math.floor(checkedOperations / perRow))) };
}

/** Losses of the first steps. */
export async function losses(name: ModelName, sizes: Sizes, backend: Backend): Promise<readonly number[]> {
  const { program, step } = training(name, sizes);
  const executable = await backend.compile({ step: program });
  const found: number[] = [];
  for (let count = 1; count <= checkedSteps; count++) found.push(await step(executable, count));
  executable.dispose();
  return found;
}

/**
 * Single precision leaves 1e-7 of the first loss and mostly 1e-6 of the later ones. Where a rectifier flips or Adam
 * divides a gradient that is next to nothing by its own size, these drift: that much is let through.
 */
const allowed = (step: number): number => (step === 0 ? 1e-5 : 1e-3);

/** @returns the largest relative difference. @throws Error where that is more than single precision explains */
export function difference(actual: readonly number[], expected: readonly number[]): number {
  const differences = expected.map((loss, i) => Math.abs(actual[i] - loss) / Math.abs(loss));
  if (differences.every((difference, step) => difference < allowed(step))) return Math.max(...differences);
  throw new Error(`losses ${actual.join(", ")} instead of ${expected.join(", ")}`);
}
