/** The ends of what models have to take: losses, gradients, steps and predictions stay finite. */
import { describe, expect, it } from "vitest";
import { normalCdf } from "../../kernels/scalar.ts";
import { js } from "../../src/backends/js.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { add, square } from "../../src/engine/ops/map.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { program } from "../../src/engine/program.ts";
import type { Tensor } from "../../src/engine/tensor.ts";
import { bound } from "../../src/models/mpvae.ts";
import { adam } from "../../src/nn/adam.ts";
import { batchOf, feedsOf } from "./laws.ts";
import { everyModel, type Sizes, type Trial, trialOf } from "./tiny.ts";

type Options = Readonly<Record<string, unknown>>;

interface Edge extends Sizes {
  readonly title: string;
  /** Label j of row i; random where absent. */
  readonly label?: (row: number, label: number) => number;
  readonly feature?: (row: number, feature: number) => number;
}

const edges: readonly Edge[] = [
  { title: "one of everything", features: 1, labels: 1, batch: 1 },
  { title: "one label", features: 4, labels: 1, batch: 6 },
  { title: "one feature", features: 1, labels: 5, batch: 6 },
  { title: "a batch of one", features: 6, labels: 4, batch: 1 },
  {
    title: "a label without positives",
    features: 4,
    labels: 3,
    batch: 6,
    label: (row, label) => (label === 1 ? 0 : row % 2),
  },
  { title: "rows without labels", features: 4, labels: 3, batch: 4, label: () => 0 },
  { title: "rows with all labels", features: 4, labels: 3, batch: 4, label: () => 1 },
  { title: "features that are all zero", features: 4, labels: 3, batch: 4, feature: () => 0 },
  { title: "equal rows", features: 4, labels: 3, batch: 4, feature: () => 0.7, label: (_row, label) => label % 2 },
  { title: "374 labels, as Corel5k has", features: 3, labels: 374, batch: 4 },
];

function trialAt(name: (typeof everyModel)[number], edge: Edge, options: Options, start: number): Trial {
  const trial = trialOf(name, edge, options, start);
  const filled = (values: Float64Array, columns: number, value: Edge["label"]) =>
    value ? values.map((_, i) => value(Math.floor(i / columns), i % columns)) : values;
  return {
    ...trial,
    features: filled(trial.features, edge.features, edge.feature),
    labels: filled(trial.labels, edge.labels, edge.label),
  };
}

/** Two steps and a prediction in float32; everything that comes out. */
async function lived(trial: Trial): Promise<readonly number[]> {
  const { model } = trial;
  const { loss, logits, perEntry, perRow, updates } = model.objective(batchOf(trial));
  const gradients = gradient(loss, model.parameters);
  const norm: Tensor = gradients.map((g) => sum(square(g))).reduce((a, b) => add(a, b));
  const optimiser = adam(model.parameters, { learningRate: 0.01 });
  const programs = {
    step: program({ loss, logits, perEntry, perRow, norm }, [...optimiser.updates(gradients), ...updates]),
    predict: program({ scores: model.predict(batchOf(trial).features) }),
  };
  const executable = await js().compile(programs);
  const seen: number[] = [];
  const collect = (values: Awaited<ReturnType<typeof executable.run>>) => {
    for (const each of Object.values(values)) for (const value of each) seen.push(value);
  };
  try {
    for (const step of [1, 2]) {
      collect(await executable.run("step", { ...feedsOf(programs.step, trial), ...optimiser.scalars(step) }));
    }
    collect(await executable.read());
    const { scores } = await executable.run("predict", feedsOf(programs.predict, trial));
    collect({ scores });
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    return seen;
  } finally {
    executable.dispose();
  }
}

describe.each(everyModel)("%s", (name) => {
  it.each(edges)("$title", async (edge) => {
    for (const start of edge.labels > 100 ? [1] : [1, 2]) {
      const seen = await lived(trialAt(name, edge, {}, start));
      expect(seen.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("options at their ends", () => {
  it.each<[(typeof everyModel)[number], Options]>([
    ["paca", { latent: 12, flowHidden: 4 }],
    ["paca", { latent: 1, flowHidden: 1, flowUnits: 1 }],
    ["dela", { gates: "hard" }],
    ["dela", { gates: "hard", leastGate: 0.01, latent: 1 }],
    ["mpvae", { draws: 1, rank: 1, latent: 1, prediction: "sampled", testDraws: 1 }],
    ["c2ae", { latent: 1 }],
    ["clif", { graphHidden: 1, featureLayers: 1, gate: true }],
  ])("%s with %o", async (name, options) => {
    const seen = await lived(trialAt(name, { title: "", features: 5, labels: 3, batch: 5 }, options, 3));
    expect(seen.every(Number.isFinite)).toBe(true);
  });
});

describe("mpvae", () => {
  it("clamps where the normal distribution passes its margin", () => {
    expect(Math.abs(normalCdf(-bound) / 5e-7 - 1)).toBeLessThan(1e-10);
    expect(Math.abs(normalCdf(-1.0001 * bound) / 5e-7 - 1)).toBeGreaterThan(1e-4);
  });
});
