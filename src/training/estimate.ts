/**
 * What a run will take, before any of it is taken: memory, and work in multiplications. The graph of a step is built
 * (which computes and allocates nothing) and its steps are counted; the rest is what loop, sampler and device hold
 * beside it.
 */
import { planMemory, shapeOf } from "../backends/memory.ts";
import { matmulTransposeLeftOp } from "../engine/ops/matmul.ts";
import { sparseMatmulOp, sparseRowsOp } from "../engine/ops/sparse.ts";
import type { Program } from "../engine/program.ts";
import { size } from "../engine/tensor.ts";
import { createModel } from "../models/create.ts";
import type { Model, ModelSetting } from "../models/model.ts";
import { type AdamOptions, adam } from "../nn/adam.ts";
import { Random } from "../random.ts";
import { predictionProgram } from "./prediction.ts";
import { trainingProgram } from "./step.ts";

/** The sizes of a data set as it is trained on. */
export interface RunSizes {
  readonly rows: number;
  readonly trainingRows: number;
  readonly features: number;
  readonly labels: number;
  /** How many values of the features are stored, where they are read without their zeros; else all are. */
  readonly entries?: number;
}

/** What of a run's settings decides its cost. */
export interface CostSettings {
  /** A name, or a maker of one's own. */
  readonly model: string | ((setting: ModelSetting) => Model);
  readonly modelOptions: Readonly<Record<string, unknown>>;
  readonly optimiser: Omit<AdamOptions, "warmUpSteps">;
  readonly epochs: number;
  readonly batchSize: number;
}

export interface RunEstimate {
  /** The most memory at one time, data set and program included. An estimate: within about a factor of two. */
  readonly bytes: number;
  /** Multiplications and other single operations of the whole run. */
  readonly operations: number;
  /** How many numbers are trained. */
  readonly parameters: number;
}

/** Node with this program and no data. */
const empty = 120 * 2 ** 20;
/** Rows that one run of the scoring program takes. */
const scoredRows = 256;

/** @throws UsageError for unknown or wrong options, or a parameter that is too large to be made */
export function estimateRun(sizes: RunSizes, settings: CostSettings): RunEstimate {
  const { rows, trainingRows, features, labels, entries } = sizes;
  const setting: ModelSetting = {
    features,
    labels,
    random: new Random(1),
    options: settings.modelOptions,
    labelCorrelation: new Float64Array(labels * labels),
    labelCounts: new Float64Array(labels),
  };
  const model = typeof settings.model === "string" ? createModel(settings.model, setting) : settings.model(setting);
  const optimiser = adam(model.parameters, settings.optimiser);
  // Shapes alone count, so the leaves hold no values.
  const none = new Uint8Array(0);
  const leaf = (name: string, columns: number) =>
    ({ kind: "data", name, shape: [rows, columns], values: none }) as const;
  const nothing = { offsets: new Uint32Array(0), indices: new Uint32Array(0), values: new Float32Array(0) };
  const stored = { kind: "sparse", name: "features", shape: [rows, features], ...nothing } as const;
  const dataset = {
    features: entries === undefined ? leaf("features", features) : stored,
    labels: leaf("labels", labels),
  };
  const batch = Math.min(settings.batchSize, trainingRows);
  const needs = ["rowLosses"] as const;
  const step = trainingProgram({ model, optimiser, dataset, batch, needs, weighted: false });
  const scoring = predictionProgram(model, dataset.features);

  const numbers = (leaves: readonly { readonly shape: readonly [number, number] }[]): number =>
    leaves.reduce((sum, { shape }) => sum + size(shape), 0);
  const parameters = numbers(model.parameters);
  const kept = parameters + numbers(model.buffers);
  const state = kept + numbers(optimiser.state);
  const slots = [step, scoring].map((built) => planMemory(built).slots.reduce((sum, slot) => sum + slot, 0));
  // On the device, as it began, and twice as it was read last; the best epoch's weights apart.
  const ofModel = 4 * (4 * state + 2 * kept);
  const ofSteps = 4 * (slots[0] + slots[1] + numbers(step.noise) + numbers(scoring.noise));
  // As it was read, as it was prepared, and on the device; the sampler looks at the training rows.
  const ofFeatures = (of: number): number =>
    of * (entries === undefined ? 4 * features : 4 + (8 * entries) / Math.max(1, rows));
  const ofData = 3 * ofFeatures(rows) + 6 * rows * labels + ofFeatures(trainingRows) + trainingRows * labels;
  const ofScores = 3 * 4 * rows * labels + 8 * labels * labels;
  const entriesOfRow = (entries ?? 0) / Math.max(1, rows);
  const steps = Math.ceil(trainingRows / batch) * settings.epochs;
  const looks = Math.ceil((rows - trainingRows) / scoredRows) * settings.epochs;
  return {
    bytes: empty + ofModel + ofSteps + ofData + ofScores,
    operations: steps * operationsOf(step, entriesOfRow) + looks * operationsOf(scoring, entriesOfRow),
    parameters,
  };
}

/**
 * Of one run of a program: products count each multiplication, everything else each number that it makes.
 * @param entriesOfRow stored values of a row of a sparse table
 */
function operationsOf(program: Program, entriesOfRow: number): number {
  return program.steps.reduce((sum, { op, family, inputs, shape }) => {
    if (family === "sparse" && op !== sparseRowsOp.name) {
      const [batch] = shapeOf(program, inputs[1]);
      return sum + batch * entriesOfRow * shape[1] + (op === sparseMatmulOp.name ? 0 : size(shape));
    }
    if (family !== "matmul") return sum + size(shape);
    const [rows, columns] = shapeOf(program, inputs[0]);
    return sum + size(shape) * (op === matmulTransposeLeftOp.name ? rows : columns);
  }, 0);
}
