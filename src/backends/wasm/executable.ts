/**
 * Programs that stand ready in linear memory: a run copies feeds in, makes one call, and copies outputs out, allocating
 * nothing that grows with their sizes. Disposed of, it holds no memory, whoever still holds it.
 */
import type { StateLeaf } from "../../engine/tensor.ts";
import { size } from "../../engine/tensor.ts";
import {
  checkFeeds,
  checkState,
  copyState,
  type Executable,
  type NoiseKey,
  type StateAtHand,
  type Values,
} from "../backend.ts";
import { type Ahead, noiseAhead, type Variant } from "./ahead.ts";
import type { Kernels } from "./module.ts";
import type { WorkerPool } from "./workers.ts";

type View = (address: number, count: number) => Float32Array;

export interface Parts {
  readonly description: string;
  readonly kernels: Kernels;
  readonly view: View;
  /** Writes what noise is drawn by to an address. */
  setKey(at: number, key: NoiseKey): void;
  /** Of each program one variant, or two where the noise of the next step may be drawn ahead. */
  readonly runs: readonly (readonly [string, readonly Variant[]])[];
  readonly state: ReadonlyMap<string, Float32Array>;
  readonly leaves: ReadonlyMap<string, StateLeaf>;
  /** Absent where one thread does all. */
  readonly workers: WorkerPool | undefined;
}

export class WasmExecutable<Name extends string> implements Executable<Name> {
  readonly description: string;
  readonly #runs: Map<string, (feeds: Values, noise?: NoiseKey) => Values>;
  readonly #state: Map<string, Float32Array>;
  readonly #leaves: ReadonlyMap<string, StateLeaf>;
  #stateAtHand: StateAtHand | undefined;
  #workers: WorkerPool | undefined;

  constructor(parts: Parts) {
    const { description, runs, state, leaves, workers } = parts;
    this.description = description;
    const ahead = noiseAhead(parts.kernels, parts.setKey);
    this.#runs = new Map(runs.map(([name, variants]) => [name, prepare(variants, ahead, parts)]));
    this.#state = new Map(state);
    this.#stateAtHand = stateAtHand(this.#state, parts.kernels);
    this.#leaves = leaves;
    this.#workers = workers;
  }

  async run(name: Name, feeds: Values, noise?: NoiseKey): Promise<Values> {
    const run = this.#runs.get(name);
    if (!run) throw new Error(`wasm: the executable was disposed of or has no program ${name}`);
    return run(feeds, noise);
  }

  get stateAtHand(): StateAtHand | undefined {
    return this.#stateAtHand;
  }

  async read(into?: Values): Promise<Values> {
    return copyState(this.#state, into);
  }

  async write(values: Values): Promise<void> {
    checkState(this.#leaves, values);
    for (const [name, each] of Object.entries(values)) this.#state.get(name)?.set(each);
  }

  dispose(): void {
    this.#runs.clear();
    this.#state.clear();
    this.#stateAtHand = undefined;
    this.#workers?.dispose();
    this.#workers = undefined;
  }
}

function stateAtHand(state: ReadonlyMap<string, Float32Array>, { allFinite }: Kernels): StateAtHand {
  return {
    firstNonFinite() {
      return [...state].find(([, { byteOffset, length }]) => !allFinite(byteOffset, length))?.[0];
    },
    copy(names, into) {
      return copyState(
        new Map(
          names.flatMap((name) => {
            const values = state.get(name);
            return values ? [[name, values] as const] : [];
          }),
        ),
        into,
      );
    },
  };
}

/** The program as a function from feeds to outputs. */
function prepare(variants: readonly Variant[], ahead: Ahead, { view, kernels }: Parts) {
  const { program } = variants[0].placed;
  const copies = program.outputs.map(({ value }) => new Float32Array(size(program.values[value].shape)));
  const outputs = Object.fromEntries(program.outputs.map(({ name }, i) => [name, copies[i]]));
  const ready = new Map(variants.map((variant) => [variant, viewsOf(variant, view)]));
  let last: NoiseKey | undefined;
  return (feeds: Values, key?: NoiseKey): Values => {
    checkFeeds(program, feeds, key !== undefined);
    let [variant] = variants;
    if (key) variant = ahead.draw(variants, key);
    else ahead.stop();
    // Only who asks for one step after another will probably ask for the next.
    const other = variants.find((each) => each !== variant);
    if (other && key && last?.seed === key.seed && last.step + 1 === key.step) {
      ahead.begin(other, { seed: key.seed, step: key.step + 1 });
    }
    last = key;
    const { inputs, noise, results, steps } = ready.get(variant) ?? viewsOf(variant, view);
    for (const { name, values } of key ? inputs : [...inputs, ...noise]) values.set(feeds[name]);
    kernels.run(steps, variant.steps.length);
    results.forEach((values, i) => {
      copies[i].set(values);
    });
    return outputs;
  };
}

/** Where a variant reads and writes, and where its steps begin. */
function viewsOf({ placed: { program, address }, start, noise }: Variant, view: View) {
  const leaves = (kind: "input" | "noise") =>
    program.values.flatMap((value, id) =>
      value.kind === kind ? [{ name: value.name, values: view(address(id), size(value.shape)) }] : [],
    );
  return {
    inputs: leaves("input"),
    noise: leaves("noise"),
    results: program.outputs.map(({ value }) => view(address(value), size(program.values[value].shape))),
    steps: start + 4 * noise.flat().length,
  };
}
