/**
 * Training steps of every model at its published sizes, in batches of 128 of synthetic rows with the shapes of public
 * data sets: milliseconds, the ratio of js to wasm, and how much of the backend's own matrix product rate (512^3,
 * measured in the same turns) the whole step reaches. A step fills its noise, runs, and reads back loss and row losses.
 * PyTorch takes its turns where it is installed (`apt install python3-torch libopenblas0-pthread`), with modules of our
 * own after the same formulas (bench/step/torch). Everybody's losses from the same weights, rows and noise are compared
 * with js in float64 first, on a batch small enough for it; whose differ is not timed.
 *
 * Flags: --models mlp,clif,...       default all
 *        --shapes emotions,cal500    which of emotions, yeast, cal500, Corel5k; default emotions
 *        --backends js,plain,relaxed default js and the better kind of wasm here
 *        --threads 1,2               thread counts of wasm and PyTorch, default 1
 *        --labels 119                another number of labels than the shape's
 *        --turns 9                   turns of each
 *        --limit 3                   seconds: backends that need longer a step, by their operations, are left out
 *        --python python3            an interpreter that has PyTorch, or none; default the first of python3 and
 *                                    /usr/bin/python3 that has it
 *        --out FILE                  also as JSON
 */
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import type { Backend } from "../src/backends/backend.ts";
import { createBackend } from "../src/backends/create.ts";
import { wasm } from "../src/backends/wasm.ts";
import { type ModelName, modelNames } from "../src/models/create.ts";
import { prepare, products } from "./kernels/cases.ts";
import type { Peer } from "./peers/process.ts";
import {
  checkedSizes,
  dataShapes,
  difference,
  losses,
  otherElements,
  productOperations,
  type Sizes,
  training,
} from "./step/cell.ts";
import { type LeftOut, type PytorchFigure, print, type StepFigure } from "./step/figures.ts";
import { findPython, startPytorch } from "./step/pytorch.ts";
import { type Candidate, calling, interleave, median, ratio, summary } from "./timing/interleave.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const { values: flags } = parseArgs({
  options: {
    models: { type: "string", default: modelNames.join(",") },
    shapes: { type: "string", default: "emotions" },
    backends: { type: "string", default: "js,wasm" },
    threads: { type: "string", default: "1" },
    labels: { type: "string" },
    turns: { type: "string", default: "9" },
    limit: { type: "string", default: "3" },
    python: { type: "string" },
    out: { type: "string" },
  },
});

/** A backend with a matrix product of 512^3 to hold its steps against. */
interface Contender {
  readonly backend: Backend;
  readonly threads: number;
  readonly description: string;
  readonly product: () => Promise<unknown>;
  /** Operations a millisecond, roughly, for estimates. */
  readonly rate: number;
}

const [largeProduct] = products(512, 512, 512);

async function contender(backend: Backend, threads: number): Promise<Contender> {
  const { description, run } = await prepare(backend, largeProduct);
  await run();
  const start = performance.now();
  await run();
  return { backend, threads, description, product: run, rate: largeProduct.work / (performance.now() - start) };
}

const threadCounts = flags.threads.split(",").map(Number);
const contenders: Contender[] = [];
for (const name of flags.backends.split(",")) {
  if (name === "js") contenders.push(await contender(await createBackend(name), 1));
  else if (name === "plain" || name === "relaxed" || name === "wasm") {
    for (const threads of threadCounts) {
      const backend = wasm({ threads, ...(name !== "wasm" && { simd: name }) });
      contenders.push(await contender(backend, threads));
    }
  } else throw new Error(`--backends ${name}: expected js, wasm, plain or relaxed`);
}
const oracle = await createBackend("js:float64");
const interpreters = flags.python === undefined ? ["python3", "/usr/bin/python3"] : [flags.python];
const python = flags.python === "none" ? undefined : findPython(interpreters);
const figures: StepFigure[] = [];
const pytorch: PytorchFigure[] = [];
const leftOut: LeftOut[] = [];

/** Who got as far as the turns. */
interface Ready {
  readonly contender: Contender;
  readonly compiling: number;
  readonly difference: number;
}

/** A process whose losses are right and whose steps are short enough. */
async function checkedPeer(
  interpreter: string,
  threads: number,
  model: ModelName,
  sizes: Sizes,
  expected: readonly number[],
) {
  const peer = await startPytorch(interpreter, threads, model, sizes, checkedSizes(model, sizes));
  try {
    const found = difference(peer.losses, expected);
    // The first step also makes room; where it was long, another tells whether all are.
    let { wall } = await peer.time(1);
    if (wall > 1000 * Number(flags.limit)) ({ wall } = await peer.time(1));
    if (wall > 1000 * Number(flags.limit)) throw new Error(`${(wall / 1000).toFixed(1)} s a step`);
    return { peer, threads, difference: found };
  } catch (error) {
    peer.stop();
    throw error;
  }
}

async function measure(model: ModelName, shape: string, sizes: Sizes): Promise<void> {
  const own = training(model, sizes);
  const { program, building } = own;
  const operations = productOperations(program);
  const elements = otherElements(program);
  const about = { model, shape, features: sizes.features, labels: sizes.labels };
  const skip = (backend: string, error: unknown): void => {
    leftOut.push({ model, shape, backend, why: error instanceof Error ? error.message : String(error) });
  };
  const taken = contenders.filter(({ rate, description, backend }) => {
    const seconds = (operations / rate + elements * (backend.name === "js" ? 1e-5 : 1e-6)) / 1000;
    if (seconds <= Number(flags.limit)) return true;
    skip(description, `about ${seconds.toFixed(0)} s a step`);
    return false;
  });
  const checked = checkedSizes(model, sizes);
  const expected = await losses(model, checked, oracle);
  const ready: Ready[] = [];
  const candidates: Candidate[] = [];
  const ends: (() => void)[] = [];
  for (const each of taken) {
    try {
      const found = difference(await losses(model, checked, each.backend), expected);
      const { program: same, step } = training(model, sizes);
      const start = performance.now();
      const executable = await each.backend.compile({ step: same });
      ready.push({ contender: each, compiling: performance.now() - start, difference: found });
      let count = 0;
      candidates.push(calling(each.description, () => step(executable, ++count)));
      candidates.push(calling(`${each.description} product`, each.product));
      ends.push(() => executable.dispose());
    } catch (error) {
      skip(each.description, error);
    }
  }
  const peers: { readonly peer: Peer; readonly threads: number; readonly difference: number }[] = [];
  if (python !== undefined) {
    for (const threads of threadCounts) {
      try {
        const found = await checkedPeer(python, threads, model, sizes, expected);
        candidates.push({ name: found.peer.description, time: (count) => found.peer.time(count) });
        ends.push(() => found.peer.stop());
        peers.push(found);
      } catch (error) {
        skip(`PyTorch, ${threads} thread${threads === 1 ? "" : "s"}`, error);
      }
    }
  }
  const timings = await interleave(candidates, { turns: Number(flags.turns), turn: 10, budget: 12_000 });
  for (const end of ends) end();
  const noise = median(Array.from({ length: 9 }, (_, i) => noiseTime(() => own.noise(i + 1))));
  const js = timings[contenders.find(({ backend }) => backend.name === "js")?.description ?? ""];
  for (const { contender: each, compiling, difference } of ready) {
    const { description, threads } = each;
    const step = timings[description];
    const product = timings[`${description} product`];
    const clock = threads === 1 ? "processor" : "wall";
    const peer = timings[peers.find((other) => other.threads === threads)?.peer.description ?? ""];
    figures.push({
      ...about,
      backend: description,
      threads,
      wall: summary(step.wall),
      processor: summary(step.processor),
      noise,
      building,
      compiling,
      operations,
      share: (ratio(product[clock], step[clock]) * operations) / largeProduct.work,
      difference,
      ...(js && each.backend.name !== "js" && { jsRatio: ratio(js[clock], step[clock]) }),
      ...(peer && { pytorchRatio: ratio(step[clock], peer[clock]) }),
    });
    print(figures[figures.length - 1]);
  }
  for (const { peer, threads, difference } of peers) {
    const { wall, processor } = timings[peer.description];
    const times = { wall: summary(wall), processor: summary(processor) };
    pytorch.push({ ...about, backend: peer.description, threads, ...times, difference });
    print(pytorch[pytorch.length - 1]);
  }
}

function noiseTime(fill: () => void): number {
  const before = process.cpuUsage();
  fill();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

console.log(describeMachine(machine()));
if (python === undefined) {
  const why = flags.python === "none" ? "as asked" : `no torch in ${interpreters.join(", ")}; --python names another`;
  console.log(`PyTorch is left out: ${why}`);
}
for (const name of flags.shapes.split(",")) {
  const found = Object.entries(dataShapes).find(([each]) => each === name);
  if (!found) throw new Error(`--shapes ${name}: expected ${Object.keys(dataShapes).join(", ")}`);
  const [, { features, labels }] = found;
  const sizes = { features, labels: flags.labels === undefined ? labels : Number(flags.labels), batch: 128 };
  for (const model of flags.models.split(",")) {
    const known = modelNames.find((modelName) => modelName === model);
    if (!known) throw new Error(`--models ${model}: expected ${modelNames.join(", ")}`);
    await measure(known, name, sizes);
  }
}
for (const { model, shape, backend, why } of leftOut) console.log(`${model} ${shape} on ${backend}: left out: ${why}`);
record(flags.out, { figures, pytorch, leftOut });
