/**
 * The contract of every device: compile programs over one set of state and data, run them, read and write the state.
 * Devices choose where things live; nobody above them mentions a buffer.
 */

import type { Program } from "../engine/program.ts";
import { type DataLeaf, type Floats, type SparseLeaf, type StateLeaf, size } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";

/** Values by the name of their leaf or output. */
export type Values = Readonly<Record<string, Floats>>;

/** What the noise leaves of a run are drawn by. */
export interface NoiseKey {
  /** 32 bits. */
  readonly seed: number;
  /** A whole number below 2^32; each step of a training run its own. */
  readonly step: number;
}

export interface Backend {
  /** As asked for: "js", "wasm", "gpu:webgpu". */
  readonly name: string;
  /**
   * Programs that share state and data by leaf name, ready to run.
   * @throws UsageError where two programs mean different leaves by one name, or the device can't hold them
   */
  compile<Name extends string>(programs: Readonly<Record<Name, Program>>): Promise<Executable<Name>>;
  /**
   * Dot products between rows of a `[rows, columns]` matrix that `fill` writes, row-major, over zeros. Absent where the
   * device does not offer them faster than a plain loop. @throws UsageError where the device can't hold the matrix
   */
  rowProducts?(rows: number, columns: number, fill: (values: Float32Array) => void): RowProducts;
}

/** Products of some rows of a matrix with a run of them, in float32. */
export interface RowProducts {
  /** The most rows on either side. */
  readonly leftRows: number;
  readonly rightRows: number;
  /** `[queries, end - start]`: row queries[i] times row start + j. The answer is overwritten by the next call. */
  compute(queries: Int32Array, start: number, end: number): Float32Array;
}

export interface Executable<Name extends string> {
  /** What really runs, for reports: "js float32", "wasm relaxed-simd, 2 threads". */
  readonly description: string;
  /**
   * One run of a program: `feeds` holds every input by name, and every noise leaf unless these are to be drawn by
   * `noise`. The arrays of the answer may be overwritten by the next run; copy what is to be kept.
   * @throws UsageError where a feed is missing, unknown or of the wrong length.
   */
  run(program: Name, feeds: Values, noise?: NoiseKey): Promise<Values>;
  /**
   * Several runs one after the other, sent together and answered together: for feeds known ahead, where the device is
   * otherwise idle while an answer travels. The arrays of the answers are all kept. Absent where nothing is gained.
   */
  runMany?(program: Name, feeds: readonly Values[]): Promise<readonly Values[]>;
  /** A copy of every state. An earlier answer that is needed no more may be given `into`, to take its arrays again. */
  read(into?: Values): Promise<Values>;
  /** Absent where the host sees nothing of the state but by reading all of it. */
  readonly stateAtHand?: StateAtHand | undefined;
  /** Overwrites the named states. @throws UsageError for an unknown name or a wrong length. */
  write(values: Values): Promise<void>;
  /** Gives all memory back. Nothing may be called afterwards. */
  dispose(): void;
}

/** State that lies where the host looks at parts of it as they are between two runs. */
export interface StateAtHand {
  /** The name of the first state that holds a NaN or an infinity. */
  firstNonFinite(): string | undefined;
  /** Copies of those of the named states that there are, in the arrays of `into` where it has them. */
  copy(names: readonly string[], into?: Values): Values;
}

/**
 * State and data leaves of several programs, each once. @throws UsageError where one name stands for different leaves.
 */
export function sharedLeaves(programs: readonly Program[]): {
  readonly state: ReadonlyMap<string, StateLeaf>;
  readonly data: ReadonlyMap<string, DataLeaf | SparseLeaf>;
} {
  const state = new Map<string, StateLeaf>();
  const data = new Map<string, DataLeaf | SparseLeaf>();
  const collect = <L extends StateLeaf | DataLeaf | SparseLeaf>(into: Map<string, L>, leaf: L): void => {
    const known = into.get(leaf.name);
    if (known && known !== leaf) {
      throw new UsageError(
        `${leaf.kind} ${leaf.name}: the programs mean different leaves by this name, expected one shared leaf`,
      );
    }
    into.set(leaf.name, leaf);
  };
  for (const program of programs) {
    for (const leaf of program.state) collect(state, leaf);
    for (const leaf of program.data) collect(data, leaf);
  }
  return { state, data };
}

/** A copy of every state, in the arrays of `into` where it has them. */
export function copyState(state: ReadonlyMap<string, Floats>, into: Values = {}): Values {
  const copy = (name: string, values: Floats): Floats => {
    const known = into[name];
    if (!known) return values.slice();
    known.set(values);
    return known;
  };
  return Object.fromEntries([...state].map(([name, values]) => [name, copy(name, values)]));
}

/** @throws UsageError where `feeds` is not exactly the inputs and, unless it is drawn, the noise of the program */
export function checkFeeds(program: Program, feeds: Values, drawn = false): void {
  let count = 0;
  const wanted = drawn ? [program.inputs] : [program.inputs, program.noise];
  for (const leaves of wanted) {
    for (const leaf of leaves) {
      const values = feeds[leaf.name];
      if (!values) throw new UsageError(`run: ${leaf.kind} ${leaf.name} is missing`);
      checkLength(`${leaf.kind} ${leaf.name}`, values.length, size(leaf.shape));
      count++;
    }
  }
  const given = Object.keys(feeds);
  if (given.length === count) return;
  const known = new Set(wanted.flat().map((leaf) => leaf.name));
  throw new UsageError(
    `run: the program has no input ${given.find((name) => !known.has(name))}; it has ${[...known].join(", ")}`,
  );
}

/** @throws UsageError where `values` names a state that is not there or has the wrong length */
export function checkState(state: ReadonlyMap<string, StateLeaf>, values: Values): void {
  for (const [name, value] of Object.entries(values)) {
    const leaf = state.get(name);
    if (!leaf) throw new UsageError(`write: no state is named ${name}; there are ${[...state.keys()].join(", ")}`);
    checkLength(`state ${name}`, value.length, size(leaf.shape));
  }
}

function checkLength(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new UsageError(`${what}: ${actual} values, expected ${expected}`);
}
