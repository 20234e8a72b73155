/**
 * The most multiply-adds a second that this engine gets out of one core with the instructions of the kernels: a loop
 * over registers alone, without a load, in a module assembled here byte by byte. Which loop is fastest depends on
 * latencies, so there are several; the peak is the best of them.
 */
import { performance } from "node:perf_hooks";

export type Instructions = "plain" | "relaxed";

const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
};
const signed = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  while (true) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
};
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const get = (local: number): number[] => [0x20, ...unsigned(local)];
const set = (local: number): number[] => [0x21, ...unsigned(local)];
const multiply = simd(0xe6);
const add = simd(0xe4);
const relaxedMultiplyAdd = simd(0x105);
const one = [0x43, 0, 0, 0x80, 0x3f, ...simd(0x13)]; // f32.const 1, splat

interface Loop {
  /** Vectors that are summed into. */
  readonly sums: number;
  /** Other vectors, all 1. */
  readonly others: number;
  /** Multiplies and adds once for each sum; every sum grows by 1. */
  readonly body: readonly number[];
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const firstSum = 2; // after the count of rounds and the counter

/** s = s x + y: a chain of two latencies. */
const chain = (sums: number): Loop => ({
  sums,
  others: 2,
  body: range(sums).flatMap((i) => [
    ...get(firstSum + i),
    ...get(firstSum + sums),
    ...multiply,
    ...get(firstSum + sums + 1),
    ...add,
    ...set(firstSum + i),
  ]),
});

/** p = p x, s = s + p: two chains of one latency each. */
const pairs = (sums: number): Loop => ({
  sums,
  others: sums + 1,
  body: range(sums).flatMap((i) => [
    ...get(firstSum + sums + i),
    ...get(firstSum + 2 * sums),
    ...multiply,
    ...set(firstSum + sums + i),
    ...get(firstSum + i),
    ...get(firstSum + sums + i),
    ...add,
    ...set(firstSum + i),
  ]),
});

/** s = fused(x y + s). */
const fused = (sums: number): Loop => ({
  sums,
  others: 2,
  body: range(sums).flatMap((i) => [
    ...get(firstSum + sums),
    ...get(firstSum + sums + 1),
    ...get(firstSum + i),
    ...relaxedMultiplyAdd,
    ...set(firstSum + i),
  ]),
});

const loops = {
  plain: [chain(12), chain(13), pairs(6), pairs(7)],
  relaxed: [fused(8), fused(10), fused(12)],
} satisfies Record<Instructions, readonly Loop[]>;

const unroll = 4;

/** A function from rounds to the total of one lane of all sums. */
function assemble({ sums, others, body }: Loop): Uint8Array<ArrayBuffer> {
  const locals = vector([
    [1, 0x7f],
    [...unsigned(sums + others), 0x7b],
  ]);
  const code = [
    ...locals,
    ...range(others).flatMap((i) => [...one, ...set(firstSum + sums + i)]),
    ...[0x03, 0x40], // loop
    ...range(unroll).flatMap(() => body),
    ...[...get(1), 0x41, ...signed(1), 0x6a, 0x22, 1, ...get(0), 0x48, 0x0d, 0, 0x0b], // counter + 1 < rounds: again
    ...get(firstSum),
    ...range(sums - 1).flatMap((i) => [...get(firstSum + 1 + i), ...add]),
    ...[...simd(0x1f), 0], // lane 0
    0x0b,
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, 1, 0x7f, 1, 0x7d]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...sized([...Buffer.from("run")]), 0, 0]])),
    ...section(10, vector([sized(code)])),
  ]);
}

/** Calls of one loop: `run` does `operations` multiplications and additions. */
export interface PeakLoop {
  readonly run: () => void;
  readonly operations: number;
}

/** The fastest loop of these instructions, checked by its count, or undefined where the engine lacks them. */
export async function peakLoop(instructions: Instructions): Promise<PeakLoop | undefined> {
  const rounds = 50_000;
  let best: (PeakLoop & { readonly rate: number }) | undefined;
  for (const loop of loops[instructions]) {
    const bytes = assemble(loop);
    if (!WebAssembly.validate(bytes)) {
      if (instructions === "plain") throw new Error("peak: the module assembled for the benchmark is not valid");
      return undefined;
    }
    const { instance } = await WebAssembly.instantiate(bytes);
    const { run } = instance.exports;
    if (typeof run !== "function") throw new Error("peak: the module exports no function");
    const expected = rounds * unroll * loop.sums;
    const once = (): void => {
      const counted = run(rounds);
      if (counted !== expected) throw new Error(`peak: ${counted} multiply-adds a lane, expected ${expected}`);
    };
    let shortest = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < 60; turn++) {
      const start = performance.now();
      once();
      shortest = Math.min(shortest, performance.now() - start);
    }
    const operations = 8 * expected; // four lanes, two operations
    const rate = operations / shortest;
    if (!best || rate > best.rate) best = { run: once, operations, rate };
  }
  return best;
}

/** GFLOP/s of the loop on one core, at its best. @throws Error where this engine lacks the instructions */
export async function peakRate(simd: Instructions): Promise<number> {
  const loop = await peakLoop(simd);
  if (!loop) throw new Error(`peak: this engine has no ${simd} SIMD`);
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 100; i++) {
    const start = performance.now();
    loop.run();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return loop.operations / shortest / 1e6;
}
