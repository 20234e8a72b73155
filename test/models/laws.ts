/**
 * What must hold of every model, whatever its formula: the arithmetic of an objective, gradients that agree with
 * differences, predictions row by row. Each law takes a trial and throws where it fails, so that planted errors go
 * through the same gate.
 */
import { expect } from "vitest";
import type { Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { input, type StateLeaf, type Tensor } from "../../src/engine/tensor.ts";
import type { Batch, Objective } from "../../src/models/model.ts";
import type { Trial } from "./tiny.ts";

/** The batch of a trial as inputs, with or without importance weights. */
export function batchOf({ model, batch }: Trial, weighted = false): Batch {
  return {
    features: input("features", [batch, model.features]),
    labels: input("labels", [batch, model.labels]),
    ...(weighted && { weights: input("weights", [batch, 1]) }),
  };
}

/** Values of all inputs and noise that the program has. */
export function feedsOf(program: Program, { features, labels, batch }: Trial, extra: Values = {}): Values {
  // By name, so that programs which share noise see the same.
  const noise = Object.fromEntries(
    program.noise.map((leaf) => [
      leaf.name,
      noiseFeeds({ ...program, noise: [leaf] })({ seed: 5, step: 0 })[leaf.name],
    ]),
  );
  const all: Values = { features, labels, weights: new Float64Array(batch).fill(1), ...noise, ...extra };
  return Object.fromEntries([...program.inputs, ...program.noise].map(({ name }) => [name, all[name]]));
}

async function valuesOf(outputs: Readonly<Record<string, Tensor>>, trial: Trial, extra: Values = {}): Promise<Values> {
  const one = program(outputs);
  const executable = await js({ precision: 64 }).compile({ one });
  try {
    return await executable.run("one", feedsOf(one, trial, extra));
  } finally {
    executable.dispose();
  }
}

const close = (actual: number, expected: number, tolerance = 1e-9): void => {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.max(1, Math.abs(expected)),
  );
};

/** Loss = sum of its parts; per entry the cross-entropy of the logits; per row its mean; all finite. */
export async function objectiveAddsUp(
  trial: Trial,
  objective: Objective = trial.model.objective(batchOf(trial)),
): Promise<void> {
  const { model, labels, batch } = trial;
  const { loss, logits, perEntry, perRow, parts } = objective;
  const results = await valuesOf({ loss, logits, perEntry, perRow, ...parts }, trial);
  close(
    Object.keys(parts).reduce((total, name) => total + results[name][0], 0),
    results.loss[0],
  );
  expect(Number.isFinite(results.loss[0])).toBe(true);
  expect(results.logits.length).toBe(batch * model.labels);
  results.logits.forEach((f, i) => {
    close(results.perEntry[i], Math.max(f, 0) - f * labels[i] + Math.log1p(Math.exp(-Math.abs(f))));
  });
  results.perRow.forEach((mean, row) => {
    const own = results.perEntry.subarray(row * model.labels, (row + 1) * model.labels);
    close(mean, Array.from(own).reduce((total, each) => total + each, 0) / model.labels);
  });
}

/** Weights of 1 change nothing; the loss is affine in the weights (unless rows meet in it). */
export async function weightsCountRows(trial: Trial, affine: boolean): Promise<void> {
  const { model, batch } = trial;
  const plain = await valuesOf({ loss: model.objective(batchOf(trial)).loss }, trial);
  const { loss } = model.objective(batchOf(trial, true));
  const at = async (weights: Float64Array) => (await valuesOf({ loss }, trial, { weights })).loss[0];
  close(await at(new Float64Array(batch).fill(1)), plain.loss[0]);
  if (!affine) return;
  const [u, w] = [0, 1].map(() => Float64Array.from({ length: batch }, () => 2 * trial.random.uniform()));
  const sum = u.map((each, i) => each + w[i]);
  close((await at(u)) + (await at(w)), (await at(sum)) + (await at(new Float64Array(batch))), 1e-8);
}

/** Predictions lie in [0, 1], and a row's are the same alone as among others. */
export async function predictsRowByRow(trial: Trial): Promise<void> {
  const { model, batch, features } = trial;
  const together = await valuesOf({ scores: model.predict(batchOf(trial).features) }, trial);
  expect(together.scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  for (let row = 0; row < batch; row++) {
    const alone = {
      ...trial,
      batch: 1,
      features: features.subarray(row * model.features, (row + 1) * model.features),
    };
    const { scores } = await valuesOf({ scores: model.predict(batchOf(alone).features) }, alone);
    scores.forEach((score, j) => {
      close(score, together.scores[row * model.labels + j]);
    });
  }
}

const relative = 1e-5;
const absolute = 1e-7;
/** The second is for losses that bend within the first, as normalisation of two rows that are almost equal does. */
const steps = [6e-6, 6e-8];

/**
 * The gradient of the loss against a central difference along a random direction of all the given parameters.
 * Rectifiers have kinks that can't be kept away from; where a step goes over one, its mean slope only has to lie
 * between those at its ends.
 */
export async function gradientAgrees(
  trial: Trial,
  parameters: readonly StateLeaf[] = trial.model.parameters,
  loss: Tensor = trial.model.objective(batchOf(trial)).loss,
): Promise<void> {
  const { random } = trial;
  const slopes = gradient(loss, parameters);
  const programs = { value: program({ loss }), slope: program(Object.fromEntries(slopes.map((g, i) => [`${i}`, g]))) };
  const executable = await js({ precision: 64 }).compile(programs);
  const known = await executable.read();
  const feeds = { value: feedsOf(programs.value, trial), slope: feedsOf(programs.slope, trial) };
  // Not where weights begin: biases of 0 after silent units would stand on a kink.
  const start = parameters.map(({ initial }) => Float64Array.from(initial, (x) => x + 0.1 * (random.uniform() - 0.5)));
  const direction = start.map((values) =>
    values.map(() => (random.uniform() < 0.5 ? -1 : 1) * (0.5 + random.uniform())),
  );
  const at = async (name: keyof typeof programs, values: readonly Float64Array[]): Promise<Values> => {
    const states = parameters.flatMap((leaf, i) => (leaf.name in known ? [[leaf.name, values[i]] as const] : []));
    await executable.write(Object.fromEntries(states));
    return executable.run(name, feeds[name]);
  };
  const fault = async (step: number): Promise<string | undefined> => {
    const moved = (by: number) =>
      start.map((values, p) => values.map((x, i) => x + by * step * Math.max(1, Math.abs(x)) * direction[p][i]));
    const [low, high] = [moved(-1), moved(1)];
    // The step that was really made, after rounding.
    const change = high.map((values, p) => values.map((x, i) => (x - low[p][i]) / (2 * step)));
    const slopeAt = async (values: readonly Float64Array[]) => {
      const found = await at("slope", values);
      return change.reduce((total, each, p) => each.reduce((sum, d, i) => sum + d * found[`${p}`][i], total), 0);
    };
    const measured = ((await at("value", high)).loss[0] - (await at("value", low)).loss[0]) / (2 * step);
    const around = [await slopeAt(low), await slopeAt(start), await slopeAt(high)];
    const [before, middle, after] = around;
    const tolerance = absolute + relative * Math.max(Math.abs(measured), Math.abs(middle));
    const bent = Math.abs(before - 2 * middle + after) > tolerance;
    const least = bent ? Math.min(...around) : middle;
    const most = bent ? Math.max(...around) : middle;
    if (measured >= least - tolerance && measured <= most + tolerance) return undefined;
    return `along a direction the loss changes by ${measured}, the gradient says ${around.join(", ")}`;
  };
  try {
    const faults: string[] = [];
    for (const step of steps) {
      const found = await fault(step);
      if (!found) return;
      faults.push(found);
    }
    throw new Error(faults.join("; "));
  } finally {
    executable.dispose();
  }
}
