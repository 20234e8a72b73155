/**
 * The plain JavaScript device: every kernel is a loop over typed arrays, and each run calls them in order. In Float64
 * it is the reference that the other devices are held to; in Float32, the default, it stores what they store.
 */

import { flow } from "../../kernels/js/flow.ts";
import type { Block, MakeKernel } from "../../kernels/js/kernel.ts";
import { likelihood } from "../../kernels/js/likelihood.ts";
import { map } from "../../kernels/js/map.ts";
import { matmul } from "../../kernels/js/matmul.ts";
import { reduce } from "../../kernels/js/reduce.ts";
import { rows } from "../../kernels/js/rows.ts";
import { sparse } from "../../kernels/js/sparse.ts";
import type { Program, ValueId } from "../engine/program.ts";
import { type Family, type Floats, type Leaf, size } from "../engine/tensor.ts";
import {
  type Backend,
  checkFeeds,
  checkState,
  copyState,
  type Executable,
  type NoiseKey,
  sharedLeaves,
  type Values,
} from "./backend.ts";
import { planMemory } from "./memory.ts";
import { noiseFeeds, readyNoise, withNoise } from "./noise.ts";

const kernels = { map, matmul, reduce, rows, sparse, flow, likelihood } satisfies Record<Family, MakeKernel>;

export interface JsOptions {
  /** Float width in bits; 64 is the reference. Default 32. */
  readonly precision?: 32 | 64;
  /** Why this device was taken and no faster one, for the description. */
  readonly reason?: string;
}

export function js({ precision = 32, reason }: JsOptions = {}): Backend {
  const create = (length: number): Floats => (precision === 64 ? new Float64Array(length) : new Float32Array(length));
  const filled = (values: Floats | Uint8Array): Floats => {
    const copy = create(values.length);
    copy.set(values);
    return copy;
  };

  return {
    name: precision === 64 ? "js:float64" : "js",
    async compile<Name extends string>(programs: Readonly<Record<Name, Program>>): Promise<Executable<Name>> {
      const shared = sharedLeaves(Object.values(programs));
      if (Object.values<Program>(programs).some(({ noise }) => noise.length > 0)) await readyNoise();
      const state = new Map([...shared.state].map(([name, leaf]) => [name, filled(leaf.initial)]));
      const data = new Map([...shared.data].map(([name, leaf]) => [name, filled(leaf.values)]));
      const storage = (leaf: Leaf): Floats => {
        if (leaf.kind === "constant") return filled(leaf.values);
        const kept = leaf.kind === "state" ? state.get(leaf.name) : data.get(leaf.name);
        return kept ?? create(size(leaf.shape));
      };
      const runs = new Map(
        Object.entries<Program>(programs).map(([name, program]) => [name, prepare(program, storage, create)]),
      );
      return {
        description: `js float${precision}${reason === undefined ? "" : ` (${reason})`}`,
        async run(name, feeds, noise) {
          const run = runs.get(name);
          if (!run) throw new Error(`js: the executable was disposed of or has no program ${name}`);
          return run(feeds, noise);
        },
        async read(into) {
          return copyState(state, into);
        },
        async write(values) {
          checkState(shared.state, values);
          for (const [name, each] of Object.entries(values)) state.get(name)?.set(each);
        },
        dispose() {
          runs.clear();
          state.clear();
          data.clear();
        },
      };
    },
  };
}

/** The program as a function from feeds to outputs over arrays of its own. */
function prepare(
  program: Program,
  storage: (leaf: Leaf) => Floats,
  create: (length: number) => Floats,
): (feeds: Values, noise?: NoiseKey) => Values {
  const plan = planMemory(program);
  const slots = plan.slots.map(create);
  const leaves = program.values.map((value) => (value.kind === "step" ? undefined : storage(value)));
  const block = (id: ValueId): Block => {
    const place = plan.places[id];
    const value = program.values[id];
    const [rows, columns] = value.shape;
    const values = place.kind === "slot" ? slots[place.slot].subarray(0, rows * columns) : leaves[place.leaf];
    if (!values) throw new Error(`js: value ${id} has no storage`);
    return { values, rows, columns, ...(value.kind === "sparse" && { compressed: value }) };
  };
  const blocks = program.values.map((_, id) => block(id));
  const calls = plan.steps.map(({ family, op, inputs, output, attributes }) =>
    kernels[family](
      op,
      inputs.map((id) => blocks[id]),
      blocks[output],
      attributes,
    ),
  );
  const fed = program.values.flatMap((value, id) =>
    value.kind === "input" || value.kind === "noise" ? [{ name: value.name, values: blocks[id].values }] : [],
  );
  const outputs = Object.fromEntries(program.outputs.map(({ name, value }) => [name, blocks[value].values]));
  const draw = noiseFeeds(program);
  return (given, noise) => {
    checkFeeds(program, given, noise !== undefined);
    const feeds = withNoise(draw, given, noise);
    for (const { name, values } of fed) values.set(feeds[name]);
    for (const call of calls) call();
    for (const { state, value } of plan.copies) blocks[state].values.set(blocks[value].values);
    return outputs;
  };
}
