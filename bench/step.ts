/**
 * Training steps of every model at its published sizes, in batches of 128 of synthetic rows with the shapes of public data
 * sets: milliseconds, the ratio of js to wasm, and how much of the backend's own matrix product rate (512^3, measured in the
 * same turns) the whole step reaches. A step fills its noise, runs, and reads back loss and row losses. Losses are compared
 * with js in float64 first, on a batch small enough for it.
 *
 * Flags: --models mlp,clif,...       default all
 *        --shapes emotions,cal500    which of emotions, yeast, cal500, Corel5k; default emotions
 *        --backends js,plain,relaxed default js and the better kind of wasm here
 *        --threads 1,2               thread counts of wasm, default 1
 *        --labels 119                another number of labels than the shape's
 *        --turns 9                   turns of each
 *        --limit 3                   seconds: backends that need longer a step, by their count of operations, are left out
 *        --out FILE                  also as JSON
 */
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import type { Backend } from "../src/backends/backend.ts";
import { createBackend } from "../src/backends/create.ts";
import { wasm } from "../src/backends/wasm.ts";
import { type ModelName, modelNames } from "../src/models/create.ts";
import { prepare, products } from "./kernels/cases.ts";
import { check, dataShapes, otherElements, productOperations, type Sizes, training } from "./step/cell.ts";
import { calling, interleave, median, ratio, type Summary, summary } from "./timing/interleave.ts";
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

export interface StepFigure {
  readonly model: string;
  readonly shape: string;
  readonly features: number;
  readonly labels: number;
  /** What really ran. */
  readonly backend: string;
  readonly threads: number;
  readonly wall: Summary;
  readonly processor: Summary;
  /** Milliseconds of a step that go into filling noise on the host. */
  readonly noise: number;
  /** Milliseconds to build the graph and to compile it. */
  readonly building: number;
  readonly compiling: number;
  /** Operations of the matrix products. */
  readonly operations: number;
  /** Their rate over that of the backend's 512^3, as if nothing else were in the step. */
  readonly share: number;
  /** Largest relative difference of a loss from js in float64. */
  readonly difference: number;
  /** Time of js over this, by processor time for one thread. */
  readonly jsRatio?: number;
}

const [largeProduct] = products(512, 512, 512);

async function contender(backend: Backend, threads: number): Promise<Contender> {
  const { description, run } = await prepare(backend, largeProduct);
  await run();
  const start = performance.now();
  await run();
  return { backend, threads, description, product: run, rate: largeProduct.work / (performance.now() - start) };
}

const contenders: Contender[] = [];
for (const name of flags.backends.split(",")) {
  if (name === "js") contenders.push(await contender(await createBackend(name), 1));
  else if (name === "plain" || name === "relaxed" || name === "wasm") {
    for (const threads of flags.threads.split(",").map(Number)) {
      const backend = wasm({ threads, ...(name !== "wasm" && { simd: name }) });
      contenders.push(await contender(backend, threads));
    }
  } else throw new Error(`--backends ${name}: expected js, wasm, plain or relaxed`);
}
const oracle = await createBackend("js:float64");
const figures: StepFigure[] = [];
const leftOut: { readonly model: string; readonly shape: string; readonly backend: string; readonly why: string }[] =
  [];

async function measure(model: ModelName, shape: string, sizes: Sizes): Promise<void> {
  const own = training(model, sizes);
  const { program, building } = own;
  const operations = productOperations(program);
  const elements = otherElements(program);
  const taken = contenders.filter(({ rate, description, backend }) => {
    const seconds = (operations / rate + elements * (backend.name === "js" ? 1e-5 : 1e-6)) / 1000;
    if (seconds <= Number(flags.limit)) return true;
    leftOut.push({ model, shape, backend: description, why: `about ${seconds.toFixed(0)} s a step` });
    return false;
  });
  const ready: { readonly contender: Contender; readonly compiling: number; readonly difference: number }[] = [];
  const candidates = [];
  const ends: (() => void)[] = [];
  for (const each of taken) {
    try {
      const difference = await check(model, sizes, each.backend, oracle);
      const { program: same, step } = training(model, sizes);
      const start = performance.now();
      const executable = await each.backend.compile({ step: same });
      ready.push({ contender: each, compiling: performance.now() - start, difference });
      let count = 0;
      candidates.push(calling(each.description, () => step(executable, ++count)));
      candidates.push(calling(`${each.description} product`, each.product));
      ends.push(() => executable.dispose());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      leftOut.push({ model, shape, backend: each.description, why });
    }
  }
  const timings = await interleave(candidates, { turns: Number(flags.turns), turn: 10, budget: 12_000 });
  for (const end of ends) end();
  const noise = median([1, 2, 3].map((count) => noiseTime(() => own.noise(count))));
  const js = timings[contenders.find(({ backend }) => backend.name === "js")?.description ?? ""];
  for (const { contender: each, compiling, difference } of ready) {
    const step = timings[each.description];
    const product = timings[`${each.description} product`];
    const clock = each.threads === 1 ? "processor" : "wall";
    figures.push({
      model,
      shape,
      features: sizes.features,
      labels: sizes.labels,
      backend: each.description,
      threads: each.threads,
      wall: summary(step.wall),
      processor: summary(step.processor),
      noise,
      building,
      compiling,
      operations,
      share: (ratio(product[clock], step[clock]) * operations) / largeProduct.work,
      difference,
      ...(js && each.backend.name !== "js" && { jsRatio: ratio(js[clock], step[clock]) }),
    });
    print(figures[figures.length - 1]);
  }
}

function noiseTime(fill: () => void): number {
  const before = process.cpuUsage();
  fill();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function print(figure: StepFigure): void {
  const number = (value: number): string => value.toPrecision(3).padStart(7);
  const { model, shape, backend, wall, processor, noise, compiling, share, jsRatio, operations, difference } = figure;
  console.log(
    `${`${model} ${shape}`.padEnd(16)} ${backend.padEnd(28)} median ${number(wall.median)} min ${number(wall.min)}` +
      ` processor ${number(processor.median)} (noise ${number(noise)}) ms,${number(operations / 1e9)} GFLOP at ${(100 * share).toFixed(0)}%` +
      `  compiled in ${number(compiling)} ms, within ${difference.toExponential(0)}${jsRatio === undefined ? "" : `, js ${jsRatio.toFixed(1)} times that`}`,
  );
}

console.log(describeMachine(machine()));
for (const name of flags.shapes.split(",")) {
  const found = Object.entries(dataShapes).find(([each]) => each === name);
  if (!found) throw new Error(`--shapes ${name}: expected ${Object.keys(dataShapes).join(", ")}`);
  const [, { features, labels }] = found;
  const sizes = { features, labels: flags.labels === undefined ? labels : Number(flags.labels), batch: 128 };
  for (const model of flags.models.split(",")) {
    const known = modelNames.find((each) => each === model);
    if (!known) throw new Error(`--models ${model}: expected ${modelNames.join(", ")}`);
    await measure(known, name, sizes);
  }
}
for (const { model, shape, backend, why } of leftOut) console.log(`${model} ${shape} on ${backend}: left out: ${why}`);
record(flags.out, { figures, leftOut });
