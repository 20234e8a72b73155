/**
 * What runs inside a worker of the wasm device, as the text of a classic script. The build also writes it to
 * `dist/wasm-worker.js`, for pages whose policy allows workers from addresses only.
 */
import { brokenAt, doneAt } from "../../../kernels/wasm/records.ts";

/** Its answers: true when ready, else what went wrong. `port` is an expression: where it hears and answers. */
const workerProgram = (port: string): string => `
const port = ${port};
port.onmessage = ({ data: { module, memory, scratch } }) => {
  try {
    const clock = { now: () => performance.now() };
    const { initialize, work } = new WebAssembly.Instance(module, { env: { memory }, clock }).exports;
    initialize(scratch, true, false);
    port.postMessage(true);
    work();
  } catch (error) {
    const words = new Int32Array(memory.buffer);
    Atomics.store(words, ${brokenAt / 4}, 1);
    Atomics.notify(words, ${doneAt / 4});
    port.postMessage(String(error));
  }
};`;

export const nodeWorker = workerProgram('require("node:worker_threads").parentPort');
export const pageWorker = workerProgram("globalThis");
