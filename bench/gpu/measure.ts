/**
 * What is tried and timed on a device, in Node or on a page: the laws of a device, matrix products, what a kernel costs
 * apart from its work, whole training steps, compiling. Numbers are checked against js before they are timed. Medians
 * of at least three, or the one call that is longer than the budget.
 */
import type { Backend } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { copy, negate } from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { program } from "../../src/engine/program.ts";
import { data, input, type Leaf, type Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { failing, shaderLaws } from "../../test/gpu/shaders.ts";
import { difference, trainingRun } from "../../test/gpu/training.ts";
import { agree, median } from "./judge.ts";
import { cases, training } from "./steps.ts";

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

export interface Measurement {
  /** What really ran. */
  readonly description: string;
  /** Laws of a device that were tried first, with the self-test and a whole training run beside js, and those broken. */
  readonly laws?: { readonly tried: number; readonly broken: readonly string[] };
  readonly figures: readonly Figure[];
}

export interface MeasureOptions {
  /** Milliseconds that one figure may take, if a single call does not take longer. */
  readonly budget: number;
  /** Largest matrix product. */
  readonly largest: number;
  /** Random inputs for each law of a device, tried before anything is timed; 0 leaves the laws out. */
  readonly laws: number;
}

export async function measure(backend: Backend, options: MeasureOptions): Promise<Measurement> {
  const figures: Figure[] = [];
  const laws = options.laws > 0 ? await tryLaws(backend, options.laws) : undefined;
  await launches(backend, figures, options);
  await products(backend, figures, options);
  const descriptions: string[] = [];
  for (const kind of cases) descriptions.push(await training(backend, figures, options, kind));
  return { description: descriptions[descriptions.length - 1], ...(laws && { laws }), figures };
}

/** The laws that hold for shaders, then a whole training run with the adaptive sampler beside js in float64. */
async function tryLaws(backend: Backend, runs: number): Promise<Measurement["laws"]> {
  const checks = shaderLaws(backend, runs, true);
  const broken = await failing(checks);
  const differing = difference(await trainingRun(backend), await trainingRun(js({ precision: 64 })));
  return { tried: checks.length + 1, broken: [...broken, ...(differing ? [`a training run: ${differing}`] : [])] };
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
