/**
 * One whole training run on a device, for comparing devices: a small net with dropout, Adam with decay and warm-up, the
 * published sampler on imbalanced data. Equal seeds mean equal weights, noise and rows as long as losses agree. Loads
 * in a browser, too.
 */
import type { Backend } from "../../src/backends/backend.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import { configure } from "../../src/training/configure.ts";
import { type TrainOptions, train } from "../../src/training/train.ts";

export interface TrainingResult {
  /** What really ran. */
  readonly description: string;
  /** Of every step. */
  readonly losses: readonly number[];
  /** Scores of the test rows by the best weights. */
  readonly scores: readonly number[];
}

export function trainingOptions(
  backend: Backend,
  samplerOptions: Readonly<Record<string, unknown>> = {},
): TrainOptions {
  const data = prepare(synthetic({ rows: 200, features: 12, labels: 5 }, 3), { seed: 1, dropLabelsAtMost: 5 });
  return configure(data, backend, {
    sampler: "adaptive",
    samplerOptions,
    modelOptions: { hidden: [16, 8] },
    optimiser: { learningRate: 1e-2, weightDecay: 1e-4 },
    batchSize: 24,
    epochs: 6,
    learningRateWarmUp: 2,
    seed: 5,
  });
}

export async function trainingRun(
  backend: Backend,
  samplerOptions: Readonly<Record<string, unknown>> = {},
): Promise<TrainingResult> {
  const losses: number[] = [];
  let description = "";
  let scores: number[] = [];
  for await (const event of train(trainingOptions(backend, samplerOptions))) {
    if (event.kind === "start") description = event.backend;
    if (event.kind === "step") losses.push(event.loss);
    if (event.kind === "end") scores = [...event.testScores];
  }
  return { description, losses, scores };
}

/** Why two runs are not the same up to single precision, piled up over the steps; undefined where they are. */
export function difference(actual: TrainingResult, expected: TrainingResult): string | undefined {
  if (actual.losses.length !== expected.losses.length) return `${actual.losses.length} steps`;
  for (const what of ["losses", "scores"] as const) {
    const at = expected[what].findIndex(
      (value, i) => !(Math.abs(actual[what][i] - value) <= 1e-3 * Math.max(1, value)),
    );
    if (at >= 0) return `${what}[${at}] is ${actual[what][at]}, expected ${expected[what][at]}`;
  }
  return undefined;
}
