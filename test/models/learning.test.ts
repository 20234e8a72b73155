/** Every model learns what can be learnt: labels that are linear in the features. The same seed gives the same bits. */
import { describe, expect, it } from "vitest";
import { js } from "../../src/backends/js.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";
import { createModel, type ModelName } from "../../src/models/create.ts";
import { adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";
import { everyModel } from "./tiny.ts";

const [rows, features, labels, batch, steps] = [90, 5, 3, 30, 160];

/** Rows uniform on the unit cube; label j is on one side of a plane through its centre, with a margin. */
function separable(random: Random) {
  const planes = Array.from({ length: labels }, () => Array.from({ length: features }, () => random.normal()));
  const [x, y]: [number[], number[]] = [[], []];
  while (y.length < rows * labels) {
    const row = Array.from({ length: features }, () => random.uniform());
    const sides = planes.map((plane) => plane.reduce((total, each, k) => total + each * (row[k] - 0.5), 0));
    if (sides.some((side) => Math.abs(side) < 0.1)) continue;
    x.push(...row);
    y.push(...sides.map((side) => Number(side > 0)));
  }
  return { x: Float32Array.from(x), y: Float32Array.from(y) };
}

const small: Readonly<Record<ModelName, Readonly<Record<string, unknown>>>> = {
  mlp: { hidden: [16, 16] },
  clif: { hidden: 24, graph: "identity" },
  dela: { encoder: [16, 16], decoder: [16, 16] },
  paca: {
    encoder: [16, 16],
    decoder: [16],
    labelEncoder: [16],
    labelDecoder: [16],
    map: [16],
    flowHidden: 16,
    flowUnits: 4,
  },
  mpvae: { labelEncoder: [16], featureEncoder: [16], decoder: [16], draws: 10 },
  c2ae: { featureEncoder: [32], labelEncoder: [32], decoder: [32] },
};

/** The model's scores of its training rows after some Adam steps. */
async function trained(name: ModelName, learningRate: number): Promise<{ scores: Float32Array; y: Float32Array }> {
  const { x, y } = separable(new Random(7));
  const model = createModel(name, { features, labels, random: new Random(11), options: small[name] });
  const objective = model.objective({ features: input("x", [batch, features]), labels: input("y", [batch, labels]) });
  const optimiser = adam(model.parameters, { learningRate });
  const updates = [...optimiser.updates(gradient(objective.loss, model.parameters)), ...objective.updates];
  const programs = {
    step: program({ loss: objective.loss }, updates),
    predict: program({ scores: model.predict(input("x", [rows, features])) }),
  };
  const executable = await js().compile(programs);
  try {
    const noise = noiseFeeds(programs.step);
    for (let step = 1; step <= steps; step++) {
      const first = ((step * batch) % rows) * features;
      const feeds = {
        x: x.subarray(first, first + batch * features),
        y: y.subarray((first / features) * labels, (first / features + batch) * labels),
      };
      await executable.run("step", { ...feeds, ...noise({ seed: 3, step }), ...optimiser.scalars(step) });
    }
    const { scores } = await executable.run("predict", { x });
    return { scores: Float32Array.from(scores), y };
  } finally {
    executable.dispose();
  }
}

/**
 * The share of pairs of a present and an absent label of a row that are in order; about 1/2 for the label prior here.
 */
function orderedPairs(scores: ArrayLike<number>, y: ArrayLike<number>): number {
  let [ordered, pairs] = [0, 0];
  for (let first = 0; first < y.length; first += labels) {
    for (let k = first; k < first + labels; k++) {
      for (let l = first; l < first + labels; l++) {
        if (y[k] !== 1 || y[l] !== 0) continue;
        pairs++;
        ordered += scores[k] > scores[l] ? 1 : 0;
      }
    }
  }
  return ordered / pairs;
}

describe.each(everyModel)("%s", (name) => {
  it("learns a separable toy set, the same way again from the same seed", async () => {
    const { scores, y } = await trained(name, 0.01);
    expect(orderedPairs(scores, y)).toBeGreaterThan(0.9);
    expect((await trained(name, 0.01)).scores).toEqual(scores);
  });
});

it("a learning rate of 0 is caught", async () => {
  const { scores, y } = await trained("mlp", 0);
  expect(orderedPairs(scores, y)).toBeLessThan(0.8);
});
