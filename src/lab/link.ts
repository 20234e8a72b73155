/** The page's end of its worker: sends, hears, and begins a new worker where the old one is in a long computation. */
import type { FromWorker, ToWorker } from "./messages.ts";

/** Milliseconds without an answer after which a worker is taken to compute what nobody waits for any more. */
const answerTime = 1500;

/**
 * @param hear takes every message
 * @param fail takes the words of a fault that the worker did not expect
 */
export function workerLink(hear: (message: FromWorker) => void, fail: (words: string) => void) {
  /** When the worker was asked to open or start runs, until it answers. */
  let asked: number | undefined;
  const begin = (): Worker => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      asked = undefined;
      hear(data);
    });
    worker.addEventListener("error", ({ message }) => fail(`the worker stopped: ${message}`));
    return worker;
  };
  let worker = begin();
  return (message: ToWorker): void => {
    if (message.kind === "open" && asked !== undefined && performance.now() - asked > answerTime) {
      worker.terminate();
      worker = begin();
    }
    if (message.kind === "open" || message.kind === "start") asked = performance.now();
    worker.postMessage(message);
  };
}
