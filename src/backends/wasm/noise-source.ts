/**
 * The noise of devices that don't draw it themselves, by the kernels of the wasm device on this thread: the same bits
 * as the plain loop of kernels/noise.ts, several times faster.
 */
import type { fillNoise } from "../../../kernels/noise.ts";
import * as records from "../../../kernels/wasm/records.ts";
import { whyNoWasm } from "../host.ts";
import { createMemory, Layout, threadScratch } from "./layout.ts";
import { hasSimd, instantiateAtOnce, type Kernels, loadKernels } from "./module.ts";
import { keyBytes, noiseWords } from "./noise.ts";

/** A memory for so many numbers, and where things are in it. */
interface Room {
  readonly numbers: number;
  readonly kernels: Kernels;
  readonly floats: Float32Array;
  readonly words: Int32Array;
  readonly key: number;
  readonly record: number;
  readonly output: number;
}

function roomFor(numbers: number): Room {
  const layout = new Layout(threadScratch(1));
  const key = layout.allocate(keyBytes);
  const record = layout.allocate(4 * records.noiseWords);
  const output = layout.allocate(4 * numbers);
  const memory = createMemory(layout.bytes, false);
  const kernels = instantiateAtOnce("plain", memory);
  kernels.initialize(threadScratch(0), false, false);
  const [floats, words] = [new Float32Array(memory.buffer), new Int32Array(memory.buffer)];
  return { numbers, kernels, floats, words, key, record, output };
}

/** As `fillNoise`; undefined where this engine can't run the kernels. */
export async function noiseSource(): Promise<typeof fillNoise | undefined> {
  if (whyNoWasm() !== undefined || !hasSimd("plain")) return undefined;
  await loadKernels("plain");
  let room: Room | undefined;
  return (values, distribution, { seed, step }, leaf) => {
    if (!room || room.numbers < values.length) room = roomFor(values.length);
    const { kernels, floats, words, key, record, output } = room;
    words.set([seed, step], key / 4);
    words.set(noiseWords({ distribution, count: values.length, address: output, key, leaf }), record / 4);
    kernels.run(record, 1);
    values.set(floats.subarray(output / 4, output / 4 + values.length));
  };
}
