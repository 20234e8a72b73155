/**
 * Gradients against central differences along one random direction, in double precision on the js device. Where the
 * function has kinks, the caller keeps away from them.
 */
import type { Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { add, multiply } from "../../src/engine/ops/map.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { program } from "../../src/engine/program.ts";
import { constant, type InputLeaf, type StateLeaf, size, type Tensor } from "../../src/engine/tensor.ts";
import type { Random } from "../../src/random.ts";

/** A leaf that a gradient is wanted by. */
export type Variable = InputLeaf | StateLeaf;

export interface Point {
  /** Every input and noise leaf of the graph; those wanted too. */
  readonly feeds: Values;
  /** Every state that isn't at its initial value. */
  readonly state?: Values;
}

const relative = 1e-5;
const absolute = 1e-7;
const step = 6e-6;

/** sum over entries of x times fixed random weights: a loss that looks at each entry differently. */
export function weighted(x: Tensor, random: Random): Tensor {
  const count = size(x.shape);
  const weights = Float64Array.from({ length: count }, () => random.normal() / Math.sqrt(count));
  return sum(multiply(x, constant(x.shape, weights)));
}

/** @throws Error where the gradient of `loss` by `variables` disagrees with the loss itself around the point */
export async function gradientAgrees(
  loss: Tensor,
  variables: readonly Variable[],
  { feeds, state = {} }: Point,
  random: Random,
): Promise<void> {
  const slopes = gradient(loss, variables);
  const named = Object.fromEntries(slopes.map((slope, i) => [variables[i].name, slope]));
  const programs = { value: program({ loss }), slope: program(named) };
  const executable = await js({ precision: 64 }).compile(programs);
  const at = async <Name extends "value" | "slope">(name: Name, feeds: Values, state: Values) => {
    const { inputs, noise, state: states } = programs[name];
    await executable.write(Object.fromEntries(states.map((leaf) => [leaf.name, state[leaf.name] ?? leaf.initial])));
    return executable.run(name, Object.fromEntries([...inputs, ...noise].map((leaf) => [leaf.name, feeds[leaf.name]])));
  };
  const start = variables.map((leaf) => Float64Array.from(feeds[leaf.name] ?? state[leaf.name] ?? initial(leaf)));
  const direction = start.map((values) =>
    values.map(() => (random.integer(2) === 0 ? 1 : -1) * (0.5 + random.uniform() / 2)),
  );
  const moved = (sign: number) =>
    start.map((values, v) => values.map((x, i) => x + sign * step * Math.max(1, Math.abs(x)) * direction[v][i]));
  const lossAt = async (values: readonly Float64Array[]): Promise<number> => {
    const place = (kind: Variable["kind"]) =>
      Object.fromEntries(variables.flatMap((leaf, i) => (leaf.kind === kind ? [[leaf.name, values[i]]] : [])));
    return (await at("value", { ...feeds, ...place("input") }, { ...state, ...place("state") })).loss[0];
  };
  try {
    const [high, low] = [moved(1), moved(-1)];
    const measured = (await lossAt(high)) - (await lossAt(low));
    const slope = await at("slope", feeds, state);
    let predicted = 0;
    variables.forEach((leaf, v) => {
      // The step that was really made, after rounding.
      high[v].forEach((x, i) => {
        predicted += slope[leaf.name][i] * (x - low[v][i]);
      });
    });
    const scale = 2 * step;
    const tolerance = absolute + (relative * Math.max(Math.abs(predicted), Math.abs(measured))) / scale;
    if (Math.abs(predicted - measured) / scale <= tolerance) return;
    throw new Error(
      `along a direction the loss changes by ${measured / scale}, the gradient says ${predicted / scale}`,
    );
  } finally {
    executable.dispose();
  }
}

/** The law for a gradient, and for the gradient of that gradient. */
export async function gradientsAgree(
  loss: Tensor,
  variables: readonly Variable[],
  point: Point,
  random: Random,
): Promise<void> {
  await gradientAgrees(loss, variables, point, random);
  const slopes = gradient(loss, variables).map((slope) => weighted(slope, random));
  await gradientAgrees(
    slopes.reduce((part, slope) => add(part, slope)),
    variables,
    point,
    random,
  );
}

const initial = (leaf: Variable): ArrayLike<number> => (leaf.kind === "state" ? leaf.initial : []);
