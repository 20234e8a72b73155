/**
 * The workers that share large steps: each runs the kernels' own loop over the shared memory of one executable, and
 * does nothing but chunks. Workers of executables that are gone serve later ones, as starting one takes tens of
 * milliseconds; none keeps a process alive. Who does which chunk is settled in kernels/wasm/threads.ts.
 */
import type { Worker as NodeWorker } from "node:worker_threads";
import { signalAt, stopAt } from "../../../kernels/wasm/records.ts";
import { UsageError } from "../../errors.ts";
import { inNode, noBlobWorkers } from "../host.ts";
import { nodeWorker, pageWorker } from "./worker-program.ts";

/** What a worker is sent: the kernels, the memory, and the address of its own scratch in it. */
interface Order {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly scratch: number;
}

/** The workers of one executable. */
export interface WorkerPool {
  /** Stops the workers and releases their memory. */
  dispose(): void;
}

/** A worker, in Node or on a page. */
interface Worker {
  post(order: Order): void;
  /** Called with each answer, or with the error that ended the worker. */
  answered: (answer: unknown) => void;
  /** Whether the process waits for it before it ends. */
  keepProcess(waits: boolean): void;
  end(): void;
  /** Bytes of the memories it has served. */
  served: number;
}

/** A worker that has served this much ends: idle, it may keep the last memories from being given back. */
const enoughServed = 2 ** 25;

const idle: Worker[] = [];

/** The machine's threads, or 1 where memory can't be shared. */
export async function defaultThreads(): Promise<number> {
  if (whyNoSharing() !== undefined) return 1;
  if (typeof navigator !== "undefined" && navigator.hardwareConcurrency) return navigator.hardwareConcurrency;
  if (!inNode()) return 1;
  const { availableParallelism } = await import("node:os");
  return availableParallelism();
}

/** Why this place has no shared memory; undefined where it has. */
export function whyNoSharing(): string | undefined {
  if (typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated !== false) return undefined;
  return "this page is not cross-origin isolated (headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy)";
}

/** Whether the calling thread may sleep; the main thread of a page may not. */
export function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * One worker for each scratch, all of them ready.
 * @param script where a page has the worker's script; without, it is made from text
 * @throws UsageError where one can't be started
 */
export async function startWorkers(
  scratches: readonly number[],
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  script?: string | URL,
): Promise<WorkerPool> {
  const started = await Promise.allSettled(scratches.map((scratch) => serve({ module, memory, scratch }, script)));
  const workers = started.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const pool = {
    dispose() {
      const words = new Int32Array(memory.buffer);
      Atomics.store(words, stopAt / 4, 1);
      // A worker about to sleep on the old signal must find a new one.
      Atomics.add(words, signalAt / 4, 1);
      Atomics.notify(words, signalAt / 4);
      for (const worker of workers.splice(0)) {
        if (worker.served > enoughServed) worker.end();
        else idle.push(worker);
      }
    },
  };
  const failed = started.find((answer) => answer.status === "rejected");
  if (!failed) return pool;
  pool.dispose();
  const reason = failed.reason instanceof Error ? failed.reason.message : String(failed.reason);
  throw new UsageError(`wasm: a thread could not be started (${reason}): ask for fewer threads, or for one`);
}

async function serve(order: Order, script: string | URL | undefined): Promise<Worker> {
  const worker = idle.pop() ?? (await start(script));
  worker.served += order.memory.buffer.byteLength;
  const ready = new Promise<void>((resolve, reject) => {
    worker.answered = (answer) => (answer === true ? resolve() : reject(answer));
  });
  worker.keepProcess(true);
  try {
    worker.post(order);
    await ready;
  } catch (error) {
    worker.end();
    throw error;
  } finally {
    worker.keepProcess(false);
  }
  return worker;
}

async function start(script: string | URL | undefined): Promise<Worker> {
  return inNode() ? startInNode() : startOnPage(script);
}

async function startInNode(): Promise<Worker> {
  const { Worker } = await import("node:worker_threads");
  const inner: NodeWorker = new Worker(nodeWorker, { eval: true, execArgv: [], name: "hardbatch wasm" });
  const worker: Worker = {
    post: (order) => inner.postMessage(order),
    answered() {},
    keepProcess: (waits) => (waits ? inner.ref() : inner.unref()),
    end: () => void inner.terminate(),
    served: 0,
  };
  inner.on("message", (answer) => worker.answered(answer));
  inner.on("error", (error) => worker.answered(error));
  inner.on("exit", () => {
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    worker.answered("it ended");
  });
  return worker;
}

function startOnPage(script: string | URL | undefined): Worker {
  const address = script ?? URL.createObjectURL(new Blob([pageWorker], { type: "text/javascript" }));
  const inner = new globalThis.Worker(address);
  const worker: Worker = {
    post: (order) => inner.postMessage(order),
    answered() {},
    keepProcess() {},
    end: () => inner.terminate(),
    served: 0,
  };
  const release = (): void => {
    if (script === undefined) URL.revokeObjectURL(String(address));
  };
  inner.onmessage = ({ data }) => {
    release();
    worker.answered(data);
  };
  // What a policy or the network refuses comes as an event without a message.
  inner.onerror = ({ message }) => {
    release();
    worker.answered(message || whyRefused(script));
  };
  return worker;
}

const whyRefused = (script: string | URL | undefined): string =>
  script === undefined
    ? `${noBlobWorkers}, or give the address of the script hardbatch/wasm-worker.js as workerScript`
    : `no worker from ${script}: expected an address where the script hardbatch/wasm-worker.js is served, and that the page's ` +
      "worker-src allows";
