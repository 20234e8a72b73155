/**
 * Our model put through the experiment of a golden file: parameters loaded by the documented names, one forward and
 * backward pass, three Adam steps, all on a given backend; and the comparison with what the file has of each.
 */
import { expect } from "vitest";
import type { Backend, Executable, Values } from "../../src/backends/backend.ts";
import { createBackend } from "../../src/backends/create.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";
import type { Model } from "../../src/models/model.ts";
import { adam } from "../../src/nn/adam.ts";
import { fromPytorch, type Stored, toPytorch } from "../../src/saved/pytorch.ts";
import type { Golden } from "./golden.ts";
import type { GoldenCase } from "./golden-cases.ts";

/** The devices that run here, by name. */
export async function backendsHere(): Promise<Backend[]> {
  const backends: Backend[] = [];
  for (const name of ["js:float64", "js", "wasm", "gpu:webasm", "gpu:cpu"]) {
    try {
      backends.push(await createBackend(name));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
  return backends;
}

export interface Replay {
  readonly outputs: Values;
  readonly gradients: Values;
  readonly after1: Values;
  readonly after3: Values;
  readonly losses: readonly number[];
  /** Predictions of the trained model on the same rows. */
  readonly predictions: Floats;
}

type Floats = Values[string];
const copied = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.slice()]));

/** The golden file's experiment, by our model. */
export async function replay(
  model: Model,
  golden: Golden,
  backend: Backend,
  { noise = {} }: GoldenCase,
): Promise<Replay> {
  const features = input("features", [golden.batch, golden.features]);
  const labels = input("labels", [golden.batch, golden.labels]);
  const objective = model.objective({ features, labels });
  const { loss, logits, perEntry, perRow, parts } = objective;
  const gradients = gradient(loss, model.parameters);
  const optimiser = adam(model.parameters, { learningRate: 1e-3, weightDecay: 1e-4 });
  const named = Object.fromEntries(model.parameters.map(({ name }, i) => [`gradient ${name}`, gradients[i]]));
  const programs = {
    inspect: program({ loss, logits, perEntry, perRow, ...parts, ...named }),
    step: program({ loss }, [...optimiser.updates(gradients), ...objective.updates]),
    predict: program({ scores: model.predict(features) }),
  };
  const executable: Executable<keyof typeof programs> = await backend.compile(programs);
  try {
    const start = new Map([...golden.under("param/"), ...golden.under("buffer_before/")]);
    await executable.write(fromPytorch(model, start, golden.title));
    const x = { features: golden.numbers("input/x") };
    const feeds: Values = {
      ...x,
      labels: golden.numbers("input/y"),
      ...Object.fromEntries(Object.entries(noise).map(([ours, theirs]) => [ours, golden.numbers(`noise/${theirs}`)])),
    };
    const outputs = copied(await executable.run("inspect", feeds));
    const losses: number[] = [];
    const states: Values[] = [];
    for (const step of [1, 2, 3]) {
      const { loss } = await executable.run("step", { ...feeds, ...optimiser.scalars(step) });
      losses.push(loss[0]);
      states.push(await executable.read());
    }
    return {
      outputs,
      gradients: Object.fromEntries(model.parameters.map(({ name }) => [name, outputs[`gradient ${name}`]])),
      after1: states[0],
      after3: states[2],
      losses,
      predictions: (await executable.run("predict", x)).scores.slice(),
    };
  } finally {
    executable.dispose();
  }
}

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((m, each) => Math.max(m, Math.abs(each)), 0);

interface Nearness {
  /** Of the largest expected number. */
  readonly relative: number;
  /** What is left where all numbers are rounding error, such as gradients that are zero by symmetry. */
  readonly absolute?: number;
  /** The entries that are compared; all unless told. */
  readonly where?: (i: number) => boolean;
}

function expectNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  { relative, absolute = 1e-9, where = () => true }: Nearness,
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  const scale = largest(expected);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    if (where(i))
      worst = Math.max(worst, Number.isNaN(actual[i]) ? Number.POSITIVE_INFINITY : Math.abs(actual[i] - expected[i]));
  }
  expect(worst, `${what}: largest difference, of numbers up to ${scale}`).toBeLessThanOrEqual(
    relative * scale + absolute,
  );
}

/** Everything the file has of a forward and backward pass and of three steps. */
export function expectGolden(model: Model, golden: Golden, run: Replay, given: GoldenCase): void {
  const { placeholders = [], parts } = given;
  const outputs: readonly (readonly [ours: string, theirs: string])[] = [
    ["loss", "loss"],
    ["logits", "logits"],
    ["perEntry", "bce_per_entry"],
    ["perRow", "bce_per_sample"],
  ];
  for (const [ours, theirs] of outputs) {
    if (!placeholders.includes(ours))
      expectNear(run.outputs[ours], golden.numbers(`out/${theirs}`), ours, { relative: 2e-5 });
  }
  for (const [name, value] of Object.entries(parts?.(run.outputs, golden) ?? {})) {
    expectNear([value], golden.numbers(`out/${name}`), name, { relative: 2e-5 });
  }
  expectNear(run.losses, golden.numbers("out/loss_trajectory"), "losses of three steps", { relative: 2e-5 });

  const buffers = Object.fromEntries(model.buffers.map(({ name, initial }) => [name, initial]));
  const gradients = toPytorch(model, { ...run.gradients, ...buffers });
  const wanted = golden.under("grad/");
  expect(wanted.size).toBeGreaterThan(0);
  const rounding = 1e-7 * Math.max(...[...wanted.values()].map(({ values }) => largest(numbers(values))));
  for (const [name, { values }] of wanted) {
    const nearness = { relative: 1e-4, absolute: rounding };
    expectNear(numbersOf(gradients, name), numbers(values), `gradient ${name}`, nearness);
  }
  for (const [prefix, states] of [
    ["after1/", run.after1],
    ["after3/", run.after3],
  ] as const) {
    const after = toPytorch(model, states);
    for (const [name, { values }] of golden.under(prefix)) {
      const g = wanted.get(name);
      if (!g) continue;
      // Adam's first steps divide by |gradient|: where it is all rounding error, so is the step.
      const scale = largest(numbers(g.values));
      const clear = numbers(g.values).map((number) =>
        Number(Math.abs(number) > Math.max(1e-3 * scale, 100 * rounding)),
      );
      const nearness = { relative: 1e-4, where: (i: number) => clear[i] === 1 };
      expectNear(numbersOf(after, name), numbers(values), `${prefix}${name}`, nearness);
    }
  }
  const statistics = toPytorch(model, run.after3);
  for (const [name, { values }] of golden.under("buffer_after3/")) {
    if (!name.endsWith("num_batches_tracked"))
      expectNear(numbersOf(statistics, name), numbers(values), name, { relative: 1e-4 });
  }
  const predictions = golden.under("out/predict_after3").get("");
  if (predictions)
    expectNear(run.predictions, numbers(predictions.values), "predictions after three steps", { relative: 1e-4 });
}

const numbers = (values: Stored["values"]): Float64Array => Float64Array.from(values, Number);

function numbersOf(dict: ReadonlyMap<string, Stored>, name: string): Float64Array {
  const found = dict.get(name);
  if (!found) throw new Error(`our state dict has no tensor ${name}`);
  return numbers(found.values);
}
