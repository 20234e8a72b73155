/**
 * What is timed on a device, in Node or on a page: matrix products, what a kernel costs apart from its work, whole
 * training steps, compiling. Numbers are checked against js before they are timed. Medians of at least three, or the
 * one call that is longer than the budget.
 */
import type { Backend, Executable, Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { copy, negate } from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { data, input, type Leaf, size, type Tensor } from "../../src/engine/tensor.ts";
import { createModel } from "../../src/models/create.ts";
import { adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";
import { datasetLeaves, trainingProgram } from "../../src/training/step.ts";

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

export interface Measurement {
  /** What really ran. */
  readonly description: string;
  readonly figures: readonly Figure[];
}

export interface MeasureOptions {
  /** Milliseconds that one figure may take, if a single call does not take longer. */
  readonly budget: number;
  /** Largest matrix product. */
  readonly largest: number;
}

/** Hidden layers of the nets that are trained, with the features and labels of emotions and of CAL500. */
const nets = [
  { features: 72, hidden: [256, 512, 256], labels: 6 },
  { features: 68, hidden: [768, 768, 768], labels: 174 },
] as const;
const batch = 128;

export async function measure(backend: Backend, options: MeasureOptions): Promise<Measurement> {
  const figures: Figure[] = [];
  await launches(backend, figures, options);
  await products(backend, figures, options);
  const descriptions: string[] = [];
  for (const net of nets) descriptions.push(await training(backend, figures, options, net));
  return { description: descriptions[descriptions.length - 1], figures };
}

/** Median milliseconds of a call. */
async function median(budget: number, call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let spent = 0; times.length < 3 || (spent < budget && times.length < 200); ) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
    spent += times[times.length - 1];
    if (times.length === 1 && spent > budget) break;
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** A chain of kernels on one number: what is left of a kernel without work. */
async function launches(backend: Backend, figures: Figure[], { budget }: MeasureOptions): Promise<void> {
  const length = 200;
  const x = input("x", [1, 1]);
  const chain = Array.from({ length }).reduce<Tensor>((part) => negate(part), x);
  const executable = await backend.compile({ chain: program({ y: chain }), one: program({ y: copy(x) }) });
  const feeds = { x: Float32Array.of(3) };
  const { y } = await executable.run("chain", feeds);
  if (y[0] !== 3) throw new Error(`${backend.name}: 3 negated ${length} times is ${y[0]}`);
  const one = await median(budget, () => executable.run("one", feeds));
  const all = await median(budget, () => executable.run("chain", feeds));
  figures.push({ name: "a run of one kernel", value: one, unit: "ms" });
  figures.push({ name: "a further kernel", value: (1000 * (all - one)) / (length - 1), unit: "us" });
  executable.dispose();
}

/** Several products in a row, each of the last one's result, so that sending and reading do not count. */
async function products(backend: Backend, figures: Figure[], { budget, largest }: MeasureOptions): Promise<void> {
  const chain = 4;
  for (let n = 128; n <= largest; n *= 2) {
    const random = new Random(n);
    const matrix = (name: string): Leaf => {
      const values = new Float32Array(n * n);
      random.fillNormal(values);
      return data(
        name,
        [n, n],
        values.map((value) => value / Math.sqrt(n)),
      );
    };
    const [a, b] = [matrix("a"), matrix("b")];
    const product = Array.from({ length: chain }).reduce<Tensor>((part) => matmul(part, b), a);
    const built = program({ y: sum(sum(product, "rows"), "columns") });
    if (n === 128) await agree(backend, built, {}, `${chain} products of ${n}`);
    const executable = await backend.compile({ built });
    const ms = await median(budget, () => executable.run("built", {}));
    executable.dispose();
    figures.push({ name: `matrix product, ${n}`, value: (2 * chain * n ** 3) / ms / 1e6, unit: "GFLOP/s" });
    if (ms > budget) return;
  }
}

/** The outputs of one run are those of js. */
async function agree(backend: Backend, built: Program, feeds: Values, what: string): Promise<void> {
  const answers: Values[] = [];
  for (const each of [backend, js({ precision: 64 })]) {
    const executable = await each.compile({ built });
    answers.push(await executable.run("built", feeds));
    executable.dispose();
  }
  for (const [name, expected] of Object.entries(answers[1])) {
    let scale = 0;
    for (const value of expected) scale = Math.max(scale, Math.abs(value));
    const at = expected.findIndex((value, i) => !(Math.abs(answers[0][name][i] - value) <= 1e-3 * scale));
    if (at >= 0)
      throw new Error(`${backend.name}, ${what}: ${name}[${at}] is ${answers[0][name][at]}, expected ${expected[at]}`);
  }
}

/** The description of what stepped. */
async function training(
  backend: Backend,
  figures: Figure[],
  { budget }: MeasureOptions,
  net: (typeof nets)[number],
): Promise<string> {
  const { features, hidden, labels } = net;
  const title = [features, ...hidden, labels].join("-");
  const random = new Random(1);
  const rows = 1000;
  const values = new Float32Array(rows * features);
  random.fillNormal(values);
  const targets = Uint8Array.from({ length: rows * labels }, () => random.integer(2));
  const model = createModel("mlp", { features, labels, random: new Random(2), options: { hidden } });
  const optimiser = adam(model.parameters);
  const step = trainingProgram({
    model,
    optimiser,
    dataset: datasetLeaves(
      { kind: "dense", rows, columns: features, values },
      { rows, columns: labels, values: targets },
    ),
    batch,
    needs: ["rowLosses"],
    weighted: false,
  });
  const noise = noiseFeeds(step);
  let count = 0;
  const feeds = (): Values => ({
    rows: Float32Array.from({ length: batch }, () => random.integer(rows)),
    ...noise({ seed: random.seed, step: count }),
    ...optimiser.scalars(++count),
  });
  const timedCompile = async (): Promise<{ readonly executable: Executable<"step">; readonly ms: number }> => {
    const start = performance.now();
    const executable = await backend.compile({ step });
    return { executable, ms: performance.now() - start };
  };
  const first = await timedCompile();
  first.executable.dispose();
  const { executable, ms } = await timedCompile();
  if (net === nets[0]) await agree(backend, step, feeds(), `step of ${title}`);
  figures.push({ name: `${title}: compile`, value: first.ms, unit: "ms" });
  figures.push({ name: `${title}: compile again`, value: ms, unit: "ms" });
  figures.push({ name: `${title}: kernels a step`, value: step.steps.length, unit: "" });
  figures.push({
    name: `${title}: sent a step`,
    value: (4 * total([...step.inputs, ...step.noise])) / 1024,
    unit: "KiB",
  });
  const results = step.outputs.reduce((part, { value }) => part + size(step.values[value].shape), 0);
  figures.push({ name: `${title}: read back a step`, value: (4 * results) / 1024, unit: "KiB" });
  figures.push({ name: `${title}: state`, value: (4 * total(step.state)) / 1024, unit: "KiB" });
  const awaited = await median(budget, () => executable.run("step", feeds()));
  figures.push({ name: `${title}: a step`, value: awaited, unit: "ms" });
  const several = 8;
  const { runMany } = executable;
  if (runMany && several * awaited < budget) {
    // Noise is filled into the same arrays each time.
    const own = (): Values => Object.fromEntries(Object.entries(feeds()).map(([name, each]) => [name, each.slice()]));
    const runs = () => runMany("step", Array.from({ length: several }, own));
    const value = (await median(budget, runs)) / several;
    figures.push({ name: `${title}: a step, ${several} sent ahead`, value, unit: "ms" });
  }
  executable.dispose();
  return executable.description;
}

const total = (leaves: readonly Leaf[]): number => leaves.reduce((part, { shape }) => part + size(shape), 0);
