/**
 * What in a row a score comes from, feature by feature: the gradient of the score times the feature, and integrated
 * gradients, which add up to what the score is above that of a baseline. Features are as the model sees them, scaled.
 */
import type { Backend, Executable, Values } from "../backends/backend.ts";
import { gradient } from "../engine/gradient.ts";
import { multiply } from "../engine/ops/map.ts";
import { sum } from "../engine/ops/reduce.ts";
import { type Program, program } from "../engine/program.ts";
import { input } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";
import type { Model } from "../models/model.ts";

/** For which labels features are judged, and along which path. */
export interface AttributionOptions {
  /** Which labels, by their places. */
  readonly labels: readonly number[];
  /** Points on the way from the baseline to the row; default 256. */
  readonly steps?: number;
  /** `[features]`, scaled; by default zeros, the smallest values of training where features are scaled to [0, 1]. */
  readonly baseline?: Float32Array;
}

/** How much each feature adds to the score of one label. */
export interface Attribution {
  readonly label: number;
  readonly score: number;
  readonly baselineScore: number;
  /** `[features]` x_j times the slope of the score by x_j, at the row. */
  readonly gradientTimesInput: Float64Array;
  /**
   * `[features]` (x_j - b_j) times the mean slope of the score by x_j along the straight way from b to x, by the
   * midpoint rule. Sundararajan, Taly and Yan 2017.
   */
  readonly integratedGradients: Float64Array;
  /** The sum of the integrated gradients less (score - baselineScore): 0 but for the rule's steps and rounding. */
  readonly completenessError: number;
}

/** Points that one run takes. */
const block = 64;
const points = "points";
const chosen = "chosen";

/** Scores of a block of points, and the slopes of the chosen label's score by every feature of its own point. */
function slopesProgram(model: Model): Program {
  const x = input(points, [block, model.features]);
  const scores = model.predict(x);
  const [slopes] = gradient(sum(multiply(scores, input(chosen, [1, model.labels]))), [x]);
  return program({ scores, slopes });
}

/**
 * One attribution for each of the labels.
 * @param values parameters and buffers by name
 * @param row `[features]`, scaled
 * @throws UsageError for a model that draws random numbers to predict, sizes that don't fit, or scores that are not
 * finite
 */
export async function attribute(
  model: Model,
  values: Values,
  row: Float32Array,
  backend: Backend,
  { labels, steps = 256, baseline = new Float32Array(model.features) }: AttributionOptions,
): Promise<readonly Attribution[]> {
  check(model, row, baseline, labels, steps);
  const slopes = slopesProgram(model);
  const drawn = slopes.noise[0];
  if (drawn) {
    throw new UsageError(
      `the ${model.name} model draws random numbers to predict (${drawn.name}), so its slopes are not those of a score; mpvae draws none with prediction=exact`,
    );
  }
  const executable = await backend.compile({ slopes });
  try {
    const used = new Set(slopes.state.map(({ name }) => name));
    await executable.write(Object.fromEntries(Object.entries(values).filter(([name]) => used.has(name))));
    const found: Attribution[] = [];
    for (const label of labels) found.push(await ofLabel(executable, label, { model, row, baseline, steps }));
    return found;
  } finally {
    executable.dispose();
  }
}

interface Path {
  readonly model: Model;
  readonly row: Float32Array;
  readonly baseline: Float32Array;
  readonly steps: number;
}

async function ofLabel(executable: Executable<"slopes">, label: number, path: Path): Promise<Attribution> {
  const { model, row, baseline, steps } = path;
  const { features } = model;
  const only = new Float32Array(model.labels).fill(1, label, label + 1);
  /** Runs the points at these shares of the way, at most a block of them; the rest of the block is dropped. */
  const run = async (shares: readonly number[]): Promise<Values> => {
    const at = new Float32Array(block * features);
    shares.forEach((share, i) => {
      for (let j = 0; j < features; j++) at[i * features + j] = baseline[j] + share * (row[j] - baseline[j]);
    });
    return executable.run("slopes", { [points]: at, [chosen]: only });
  };
  const ends = await run([1, 0]);
  const [score, baselineScore] = [ends.scores[label], ends.scores[model.labels + label]];
  if (!Number.isFinite(score) || !Number.isFinite(baselineScore)) {
    throw new UsageError("the scores are not finite: the features lie too far outside those of training");
  }
  // Adding 0 makes 0 of -0.
  const gradientTimesInput = Float64Array.from(row, (value, j) => value * ends.slopes[j] + 0);
  const total = new Float64Array(features);
  for (let from = 0; from < steps; from += block) {
    const count = Math.min(block, steps - from);
    const { slopes } = await run(Array.from({ length: count }, (_, i) => (from + i + 0.5) / steps));
    for (let i = 0; i < count * features; i++) total[i % features] += slopes[i];
  }
  const integratedGradients = total.map((slope, j) => (slope / steps) * (row[j] - baseline[j]) + 0);
  const completenessError = integratedGradients.reduce((a, b) => a + b, 0) - (score - baselineScore);
  return { label, score, baselineScore, gradientTimesInput, integratedGradients, completenessError };
}

function check(
  { features, labels: count }: Model,
  row: Float32Array,
  baseline: Float32Array,
  labels: readonly number[],
  steps: number,
): void {
  if (row.length !== features || baseline.length !== features) {
    throw new UsageError(`a row of ${row.length} and a baseline of ${baseline.length} features: expected ${features}`);
  }
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= count);
  if (wrong !== undefined) throw new UsageError(`label ${wrong}: expected a whole number from 0 to ${count - 1}`);
  if (!Number.isInteger(steps) || steps < 1) {
    throw new UsageError(`${steps} steps: expected a whole number of at least 1`);
  }
}
