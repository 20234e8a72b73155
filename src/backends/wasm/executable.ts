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
import type { PlacedProgram } from "./layout.ts";
import type { Kernels } from "./module.ts";
import type { WorkerPool } from "./workers.ts";

/** A program whose records begin at `start`: those that draw its noise, then `steps` that compute. */
interface Ready {
  readonly placed: PlacedProgram;
  readonly start: number;
  readonly noise: readonly (readonly number[])[];
  readonly steps: number;
}

type View = (address: number, count: number) => Float32Array;

export interface Parts {
  readonly description: string;
  readonly kernels: Kernels;
  readonly view: View;
  /** Writes what noise is drawn by. */
  setKey(key: NoiseKey): void;
  readonly runs: readonly (readonly [string, Ready])[];
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
    this.#runs = new Map(runs.map(([name, ready]) => [name, prepare(ready, parts)]));
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
    copy(names) {
      return copyState(
        new Map(
          names.flatMap((name) => {
            const values = state.get(name);
            return values ? [[name, values] as const] : [];
          }),
        ),
      );
    },
  };
}

/** The program as a function from feeds to outputs. */
function prepare({ placed, start, noise, steps }: Ready, { view, kernels, setKey }: Parts) {
  const { program, address } = placed;
  const fedOf = (kinds: readonly string[]) =>
    program.values.flatMap((value, id) =>
      value.kind === "input" || value.kind === "noise"
        ? kinds.includes(value.kind)
          ? [{ name: value.name, values: view(address(id), size(value.shape)) }]
          : []
        : [],
    );
  const [inputs, all] = [fedOf(["input"]), fedOf(["input", "noise"])];
  const results = program.outputs.map(({ name, value }) => {
    const values = view(address(value), size(program.values[value].shape));
    return { name, values, copy: new Float32Array(values.length) };
  });
  const outputs = Object.fromEntries(results.map(({ name, copy }) => [name, copy]));
  const behindNoise = start + 4 * noise.flat().length;
  return (feeds: Values, key?: NoiseKey): Values => {
    checkFeeds(program, feeds, key !== undefined);
    for (const { name, values } of key ? inputs : all) values.set(feeds[name]);
    if (key) {
      setKey(key);
      kernels.run(start, noise.length + steps);
    } else {
      kernels.run(behindNoise, steps);
    }
    for (const { values, copy } of results) copy.set(values);
    return outputs;
  };
}
