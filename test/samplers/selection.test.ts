/** What `selectionOf` says of a row, against everything that was drawn and observed, looked up and computed anew. */
import { describe, expect, test } from "vitest";
import { mean, type Observation, observation, visitsOf } from "../../src/laws/naive/observations.ts";
import { activeBiasScores, recencyBiasScores, uncertainty } from "../../src/laws/naive/rivals.ts";
import { adaptiveParts } from "../../src/laws/naive/tables.ts";
import type { Trial } from "../../src/laws/subject.ts";
import { evidenceOf } from "../../src/laws/trial.ts";
import { Random } from "../../src/random.ts";
import { createSampler, type SamplerName, samplerDescriptions, samplerNames } from "../../src/samplers/create.ts";

const rows = 23;
const columns = 3;
const random = new Random(4);
const labels = {
  rows,
  columns,
  values: Uint8Array.from({ length: rows * columns }, (_, e) => (random.uniform() < [0.6, 0.5, 0.2][e % 3] ? 1 : 0)),
};
const features = {
  kind: "dense" as const,
  rows,
  columns: 3,
  values: Float32Array.from({ length: rows * 3 }, () => random.uniform()),
};
const weights = Float64Array.from({ length: rows }, () => 1 + random.uniform());

/** A sampler after some batches, with all that happened to it. */
function history(name: SamplerName, batches: number, options: Readonly<Record<string, unknown>> = {}) {
  const known = samplerDescriptions
    .find((kind) => kind.name === name)
    ?.options.some((option) => option.name === "warmUp");
  const sampler = createSampler(name, {
    labels,
    features,
    batchSize: 5,
    epochs: 20,
    random: new Random(7),
    options: { ...(known && { warmUp: 1 }), ...options },
  });
  const draws = new Array<number>(rows).fill(0);
  const observedAt = new Array<number>(rows).fill(0);
  const observations: Observation[] = [];
  for (let batch = 1; batch <= batches; batch++) {
    const { epoch } = sampler;
    const drawn = sampler.next();
    const evidence = evidenceOf(batch, drawn.length, columns, false);
    sampler.observe(drawn, evidence);
    for (const row of drawn) {
      draws[row]++;
      observedAt[row] = batch;
    }
    observations.push(observation(epoch, drawn, evidence, columns));
  }
  return { sampler, draws, ages: observedAt.map((at) => batches - at), observations };
}

const everyRow = Array.from({ length: rows }, (_, row) => row);

describe.each(samplerNames)("%s", (name) => {
  test.each([0, 3, 17, 41])("after %d batches: probability, draws and age", (batches) => {
    const { sampler, draws, ages } = history(name, batches);
    const before = structuredClone(sampler.state());
    const probabilities = sampler.probabilities();
    for (const row of everyRow) {
      const selection = sampler.selectionOf(row);
      expect(selection).toMatchObject({ probability: probabilities[row], draws: draws[row], age: ages[row] });
      expect(Object.values(selection).every(Number.isFinite)).toBe(true);
    }
    expect(sampler.state()).toEqual(before);
  });

  test("a row that is not there is refused", () => {
    const { sampler } = history(name, 1);
    for (const row of [-1, rows, 0.5, Number.NaN])
      expect(() => sampler.selectionOf(row)).toThrow(`selectionOf: row ${row}`);
  });
});

const trial: Trial = {
  labels,
  weights,
  batchSize: 5,
  seed: 7,
  epochs: 20,
  warmUp: 1,
  pressure: 8,
  schedule: "exponential",
  neighbours: new Int32Array(0),
  labelCorrelation: new Float64Array(columns ** 2),
  unbiased: false,
};

describe("the terms of each sampler", () => {
  test.each(["epoch", "batch", "full"] as const)("adaptive, refresh %s: l, w, z, max z and Q", (refresh) => {
    const { sampler, observations } = history("adaptive", 33, { weights, refresh });
    const z = new Array<number>(rows).fill(0);
    const index = new Array<number>(rows).fill(0);
    for (const { rows: drawn, visits } of observations) {
      drawn.forEach((row, k) => {
        z[row] = weights[row] * visits[k].loss;
      });
      const largest = Math.max(...z);
      for (const row of refresh === "full" ? everyRow : drawn) index[row] = adaptiveParts.index(z[row], largest, rows);
    }
    for (const row of everyRow) {
      const { loss, weight, adaptiveLoss, maximum, index: found } = sampler.selectionOf(row);
      expect({ weight, adaptiveLoss, maximum, index: found }).toEqual({
        weight: weights[row],
        adaptiveLoss: z[row],
        maximum: Math.max(...z),
        index: index[row],
      });
      expect(loss).toBeCloseTo(z[row] / weights[row], 12);
    }
  });

  test("onlineBatch: the last loss and its rank, ties sharing the mean", () => {
    const { sampler, observations } = history("onlineBatch", 6);
    const losses = visitsOf(trial, observations).map((visits) => visits.at(-1)?.loss ?? 0);
    const ordered = [...losses].sort((a, b) => b - a);
    for (const row of everyRow) {
      const ranks = ordered.flatMap((loss, place) => (loss === losses[row] ? [place + 1] : []));
      expect(sampler.selectionOf(row)).toMatchObject({ loss: losses[row], rank: mean(ranks) });
    }
  });

  test.each(["activeBias", "recencyBias"] as const)("%s: the score, and of how many outputs it is", (name) => {
    const { sampler, observations } = history(name, 41);
    const naive = { activeBias: activeBiasScores(), recencyBias: recencyBiasScores() }[name];
    const visits = visitsOf(trial, observations);
    const scores = naive(trial, visits);
    for (const row of everyRow) {
      const { score, outputs } = sampler.selectionOf(row);
      expect(outputs).toBe(name === "recencyBias" ? Math.min(5, visits[row].length) : visits[row].length);
      expect(score).toBeCloseTo(scores[row], 9);
    }
  });

  test.each(["uncertainty", "d2ace"] as const)("%s: the mean uncertainty", (name) => {
    const { sampler, observations } = history(name, 41);
    const visits = visitsOf(trial, observations);
    for (const row of everyRow) {
      const expected = mean([0, 1, 2].map((label) => uncertainty(visits[row], label)));
      expect(sampler.selectionOf(row).uncertainty).toBeCloseTo(expected, 12);
    }
  });
});
