/**
 * Training steps on a device: an MLP on the features and labels of emotions and of CAL500, DELA for its noise, and an
 * MLP on as many columns as bibtex has, with its zeros and without. Each is checked against js before it is timed.
 */
import type { Backend, Executable, Values } from "../../src/backends/backend.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import type { Matrix } from "../../src/data/dataset.ts";
import { type Leaf, size } from "../../src/engine/tensor.ts";
import { createModel, type ModelName } from "../../src/models/create.ts";
import { adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";
import { datasetLeaves, trainingProgram } from "../../src/training/step.ts";
import { agree, median } from "./judge.ts";
import type { Figure, MeasureOptions } from "./measure.ts";

export interface StepCase {
  readonly title: string;
  readonly model: ModelName;
  readonly features: number;
  readonly labels: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** Share of the features that are not 0; a matrix without its zeros where `sparse`. */
  readonly filled: number;
  readonly sparse: boolean;
}

const mlp = (features: number, hidden: readonly number[], labels: number): StepCase => ({
  title: [features, ...hidden, labels].join("-"),
  ...{ model: "mlp", features, labels, options: { hidden }, filled: 1, sparse: false },
});
const wide: StepCase = { ...mlp(1836, [512, 256], 159), filled: 0.04 };

export const cases: readonly StepCase[] = [
  mlp(72, [256, 512, 256], 6),
  mlp(68, [768, 768, 768], 174),
  { ...mlp(72, [], 6), title: "dela, 72 features, 6 labels", model: "dela", options: {} },
  { ...wide, title: `${wide.title}, 4 % filled, dense` },
  { ...wide, title: `${wide.title}, 4 % filled, sparse`, sparse: true },
];
const batch = 128;
const rows = 1000;

/** The description of what stepped. */
export async function training(
  backend: Backend,
  figures: Figure[],
  { budget }: MeasureOptions,
  { title, model: name, features, labels, options, filled, sparse }: StepCase,
): Promise<string> {
  const random = new Random(1);
  const targets = Uint8Array.from({ length: rows * labels }, () => random.integer(2));
  const model = createModel(name, { features, labels, random: new Random(2), options });
  const optimiser = adam(model.parameters);
  const step = trainingProgram({
    model,
    optimiser,
    dataset: datasetLeaves(matrix(features, filled, sparse), { rows, columns: labels, values: targets }),
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
  await agree(backend, step, feeds(), `step of ${title}`);
  const figure = (what: string, value: number, unit: string): void => {
    figures.push({ name: `${title}: ${what}`, value, unit });
  };
  figure("compile", first.ms, "ms");
  figure("compile again", ms, "ms");
  figure("kernels a step", step.steps.length, "");
  figure("sent a step", (4 * total([...step.inputs, ...step.noise])) / 1024, "KiB");
  const results = step.outputs.reduce((part, { value }) => part + size(step.values[value].shape), 0);
  figure("read back a step", (4 * results) / 1024, "KiB");
  figure("state", (4 * total(step.state)) / 1024, "KiB");
  const awaited = await median(budget, () => executable.run("step", feeds()));
  figure("a step", awaited, "ms");
  const several = 8;
  const { runMany } = executable;
  if (runMany && several * awaited < budget) {
    // Noise is filled into the same arrays each time.
    const own = (): Values => Object.fromEntries(Object.entries(feeds()).map(([name, each]) => [name, each.slice()]));
    const runs = () => runMany("step", Array.from({ length: several }, own));
    figure(`a step, ${several} sent ahead`, (await median(budget, runs)) / several, "ms");
  }
  figure("its noise, drawn by the host", await median(budget / 4, async () => feeds()), "ms");
  executable.dispose();
  return executable.description;
}

/** Normal numbers in the given share of places, the same ones with and without the zeros between. */
function matrix(columns: number, filled: number, sparse: boolean): Matrix {
  const random = new Random(3);
  const dense = new Float32Array(rows * columns);
  random.fillNormal(dense);
  if (filled === 1) return { kind: "dense", rows, columns, values: dense };
  const offsets = new Uint32Array(rows + 1);
  const indices: number[] = [];
  for (const at of dense.keys()) {
    if (random.uniform() < filled) indices.push(at % columns);
    else dense[at] = 0;
    offsets[Math.floor(at / columns) + 1] = indices.length;
  }
  if (!sparse) return { kind: "dense", rows, columns, values: dense };
  return { kind: "sparse", rows, columns, offsets, indices: Uint32Array.from(indices), values: dense.filter(Boolean) };
}

const total = (leaves: readonly Leaf[]): number => leaves.reduce((part, { shape }) => part + size(shape), 0);
