import { describe, expect, test } from "vitest";
import { nearestNeighbours } from "../../src/data/imbalance/neighbours.ts";
import {
  globalImbalance,
  imbalanceWeights,
  symmetricConditionalProbability,
} from "../../src/data/imbalance/weights.ts";
import { evidenceOf } from "../../src/laws/trial.ts";
import { Random } from "../../src/random.ts";
import { adaptiveSampler } from "../../src/samplers/adaptive.ts";
import { adaptiveChainSampler } from "../../src/samplers/adaptive-chain.ts";
import { createSampler, isSamplerName, samplerNames as names, type SamplerName } from "../../src/samplers/create.ts";
import { d2aceSampler } from "../../src/samplers/rivals/d2ace.ts";
import type { Sampler } from "../../src/samplers/sampler.ts";
import { closeTo } from "./close-to.ts";
import { columns, drive, features, labels, request, rows } from "./small.ts";

describe("createSampler", () => {
  test.each(names)("%s by name, with its defaults, for 15 epochs", (name) => {
    const sampler = createSampler(name, request());
    expect(sampler.name).toBe(name);
    expect(drive(sampler, 15 * sampler.batchesPerEpoch).length).toBe(75);
    expect(sampler.epoch).toBe(15);
    expect(sampler.trace()?.epoch).toBe(14);
    const everyLabel = sampler.trace()?.drawsPerLabel ?? [];
    expect(everyLabel.length).toBe(columns);
  });

  test("names exactly these", () => {
    expect(names).toEqual([
      "uniform",
      "sequential",
      "balanced",
      "onlineBatch",
      "activeBias",
      "recencyBias",
      "adaptive",
      "adaptiveChain",
      "reweighted",
      "uncertainty",
      "d2ace",
    ]);
  });

  test("works out weights, correlation and neighbours as when they are given", () => {
    const { minority } = globalImbalance(labels);
    const setup = () => ({ labels, minority, batchSize: 8, random: new Random(5), epochs: 20 });
    const { weights } = imbalanceWeights(features, labels);
    const correlation = symmetricConditionalProbability(labels);
    const neighbours = nearestNeighbours(features, { k: 6 }).indices;
    expect(Math.max(...weights)).toBeGreaterThan(1);
    const pairs: [SamplerName, Sampler][] = [
      ["adaptive", adaptiveSampler(setup(), { weights })],
      ["adaptiveChain", adaptiveChainSampler(setup(), { weights, correlation })],
      ["d2ace", d2aceSampler(setup(), { neighbours })],
    ];
    for (const [name, byHand] of pairs) {
      const byName = createSampler(name, request());
      expect(drive(byName, 70)).toEqual(drive(byHand, 70));
      expect(byName.trace()).toEqual(byHand.trace());
    }
  });

  test("the four weightings differ, and none of them needs more than it says", () => {
    const { features: _, ...bare } = request();
    const draws = (["imbalance", "local", "global", "none"] as const).map((weighting) =>
      drive(
        createSampler("adaptive", { ...request(), options: { weighting, weightScale: 20, warmUp: 1, pressure: 1e6 } }),
        60,
      ).join(),
    );
    expect(new Set(draws).size).toBe(4);
    expect(createSampler("adaptive", { ...bare, options: { weighting: "none" } }).rows).toBe(rows);
    expect(createSampler("adaptive", { ...bare, options: { weighting: "global" } }).rows).toBe(rows);
    expect(() => createSampler("adaptive", bare)).toThrow(
      /adaptive with weighting "imbalance" needs the training features/,
    );
    expect(() => createSampler("d2ace", bare)).toThrow(/d2ace needs the training features/);
  });
});

describe("what is refused, and how it is said", () => {
  const adaptive = (options: object) => () => createSampler("adaptive", { ...request(), options });
  const withBatch = (batchSize: number) => () => createSampler("uniform", { ...request(), batchSize });
  const named = (name: string): SamplerName => (isSamplerName(name) ? name : JSON.parse(JSON.stringify(name)));

  test.each([
    [
      "a batch above the rows",
      withBatch(41),
      "batch size 41: a batch has distinct rows, and there are only 40; choose 40 or fewer",
    ],
    ["an empty batch", withBatch(0), "batch size 0: expected a whole number, 1 or more"],
    ["a broken batch size", withBatch(2.5), "batch size 2.5: expected a whole number"],
    [
      "an unknown name",
      () => createSampler(named("adaptve"), request()),
      'sampler "adaptve" (did you mean adaptive?): expected one of uniform, sequential',
    ],
    [
      "an option of another sampler",
      adaptive({ kappa: 1 }),
      "sampler adaptive has no option kappa; it has pressure, weighting",
    ],
    ["pressure below 1", adaptive({ pressure: 0.5 }), "option pressure is 0.5, expected a number of at least 1"],
    ["pressure NaN", adaptive({ pressure: Number.NaN }), "option pressure is NaN, expected a number"],
    ["a negative warm-up", adaptive({ warmUp: -1 }), "option warmUp is -1, expected a whole number of at least 0"],
    [
      "an unknown refresh",
      adaptive({ refresh: "never" }),
      'option refresh is "never", expected one of epoch, batch, full',
    ],
    [
      "an unknown schedule",
      adaptive({ schedule: "step" }),
      'option schedule is "step", expected one of constant, exponential, linear',
    ],
    [
      "an unknown warm-up order",
      adaptive({ warmUpOrder: "sorted" }),
      'option warmUpOrder is "sorted", expected one of shuffled, sequential',
    ],
    ["weights of another length", adaptive({ weights: new Float64Array(3) }), "3 instance weights for 40 rows"],
    [
      "a weight of 0",
      adaptive({ weights: new Float64Array(40) }),
      "instance weight 0 of row 0: expected a finite number above 0",
    ],
    [
      "a falling pressure without an end",
      () => createSampler("onlineBatch", { labels, batchSize: 8, random: new Random(1) }),
      'schedule "exponential" with epochs undefined: it needs the number of epochs of the run',
    ],
    [
      "an unbiased chain",
      () => createSampler("adaptiveChain", { ...request(), options: { unbiased: true } }),
      "adaptiveChain can't be unbiased",
    ],
    [
      "a chain without end",
      () => createSampler("adaptiveChain", { ...request(), options: { kappa: 1e9 } }),
      "option kappa is 1000000000, expected a number from 0 to 100",
    ],
    [
      "neighbours of other rows",
      () => createSampler("d2ace", { ...request(), options: { neighbours: new Int32Array(3) } }),
      "neighbours: 3 entries; expected the same number for each of 40 rows",
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ name: "UsageError", message: expect.stringContaining(message) }));
  });

  test("evidence: the row, the value and what was expected", () => {
    const sampler = createSampler("d2ace", request());
    const batch = sampler.next();
    const good = evidenceOf(1, 8, columns, false);
    const scores = good.scores.slice();
    scores[5] = 1.5;
    expect(() => sampler.observe(batch, { ...good, scores })).toThrow(
      `observe: "scores" of row ${batch[1]}, column 1 is 1.5; expected a number in [0, 1]`,
    );
    expect(() => sampler.observe(batch, { scores: good.scores })).toThrow(
      'needs the evidence "entryLosses", which is missing',
    );
  });
});

describe("extremes through the adaptive sampler", () => {
  const bare = (count: number) => ({ rows: count, columns: 1, values: new Uint8Array(count) });

  test("one row", () => {
    const sampler = adaptiveSampler(
      { labels: bare(1), batchSize: 1, random: new Random(1) },
      { warmUp: 1, unbiased: true },
    );
    for (let t = 0; t < 5; t++) {
      const batch = sampler.next();
      expect([...batch]).toEqual([0]);
      expect([...(sampler.importanceWeights?.(batch) ?? [])]).toEqual([1]);
      sampler.observe(batch, { rowLosses: Float32Array.from([t]) });
      expect([...sampler.probabilities()]).toEqual([1]);
    }
  });

  test.each([
    ["all zero", () => 0],
    ["the smallest positive", () => 1.4e-45],
    ["the largest", () => 3.4e38],
    ["both ends", (row: number) => (row % 2 === 0 ? 1.4e-45 : 3.4e38)],
  ])("losses: %s; s = 1e6, weights from 1e-300 to 1e269", (_, loss) => {
    const weights = Float64Array.from({ length: 30 }, (__, i) => 10 ** (569 * (i / 29) - 300));
    const setup = { labels: bare(30), batchSize: 30, random: new Random(1) };
    const sampler = adaptiveSampler(setup, { warmUp: 1, pressure: 1e6, weights, unbiased: true });
    for (let epoch = 0; epoch < 3; epoch++) {
      const batch = sampler.next();
      sampler.observe(batch, { rowLosses: Float32Array.from(batch, (row) => loss(row)) });
      const p = sampler.probabilities();
      expect(Math.abs(p.reduce((sum, each) => sum + each, 0) - 1)).toBeLessThan(1e-12);
      expect(Math.max(...p) / Math.min(...p)).toBeLessThanOrEqual(1e6 * (1 + 1e-12));
    }
  });

  test("a product of weight and loss beyond the largest double is refused", () => {
    const setup = { labels: bare(2), batchSize: 2, random: new Random(1) };
    const sampler = adaptiveSampler(setup, { weights: Float64Array.from([1e300, 1]) });
    const batch = sampler.next();
    const before = structuredClone(sampler.state());
    expect(() => sampler.observe(batch, { rowLosses: Float32Array.from([3e38, 3e38]) })).toThrow(
      /weight 1e\+300 times loss .* of row 0 is beyond the largest double/,
    );
    expect(sampler.state()).toEqual(before);
  });

  test("pressure 1 is uniform", () => {
    const sampler = createSampler("adaptive", { ...request(), options: { pressure: 1, warmUp: 0 } });
    drive(sampler, 30);
    closeTo(sampler.probabilities(), new Array<number>(rows).fill(1 / rows), 1e-14);
  });
});
