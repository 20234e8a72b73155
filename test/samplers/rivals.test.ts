/** Small cases of every sampler worked out by hand. */
import { describe, expect, test } from "vitest";
import type { LabelMatrix } from "../../src/data/dataset.ts";
import { Random } from "../../src/random.ts";
import { adaptiveTable } from "../../src/samplers/adaptive.ts";
import { rowCorrelation } from "../../src/samplers/adaptive-chain.ts";
import type { Refresh } from "../../src/samplers/adaptive-table.ts";
import { pressureSchedule } from "../../src/samplers/draw/schedule.ts";
import { labelLists } from "../../src/samplers/frame/label-lists.ts";
import { scoreTable } from "../../src/samplers/frame/rows-by-score.ts";
import type { WeightTable } from "../../src/samplers/frame/table.ts";
import { predictionVariance } from "../../src/samplers/rivals/active-bias.ts";
import { D2aceTable } from "../../src/samplers/rivals/d2ace.ts";
import { correlatedScores, correlationScratch, neighbourLabels } from "../../src/samplers/rivals/local-correlation.ts";
import { MutualInformation } from "../../src/samplers/rivals/mutual-information.ts";
import { onlineBatchTable } from "../../src/samplers/rivals/online-batch.ts";
import { PredictionWindow } from "../../src/samplers/rivals/prediction-window.ts";
import { recentDisagreement } from "../../src/samplers/rivals/recency-bias.ts";
import { correlatedUncertainty } from "../../src/samplers/rivals/uncertainty.ts";
import { closeTo } from "./close-to.ts";

const matrix = (lines: readonly (readonly number[])[]): LabelMatrix => ({
  rows: lines.length,
  columns: lines[0].length,
  values: Uint8Array.from(lines.flat()),
});
const empty = (rows: number, columns = 1): LabelMatrix => ({ rows, columns, values: new Uint8Array(rows * columns) });
const setup = (labels: LabelMatrix) => ({ labels, batchSize: 1, random: new Random(1) });
const rows = (...list: number[]): Int32Array => Int32Array.from(list);
const floats = (...list: number[]): Float32Array => Float32Array.from(list);
const constant = (pressure: number) => ({ pressure, schedule: "constant" as const });
const probabilities = ({ tree }: WeightTable): number[] => Array.from(tree.weights, (weight) => weight / tree.total);

describe("adaptive: w = (1, 1, 2), s = 8, z = (1, 2, -), then row 2 with z = 8, then row 2 with z = 0", () => {
  const after = (refresh: Refresh) => {
    const options = { ...constant(8), weights: Float64Array.from([1, 1, 2]), refresh };
    const table = adaptiveTable("adaptive", setup(empty(3)), options, 0);
    const weights = (): number[] => [...table.tree.weights];
    table.begin(0);
    table.observe(rows(0, 1), { rowLosses: floats(1, 2) });
    const first = weights();
    table.observe(rows(2), { rowLosses: floats(4) });
    const second = weights();
    table.observe(rows(2), { rowLosses: floats(0) });
    const third = weights();
    table.begin(1);
    return [first, second, third, weights()];
  };

  // s^(Q/n) = 2^Q. D = 2/3: Q = (2, 3, 0). D = 8/3: Q = (1, 1, 3) where recomputed. D = 2/3 again: Q = (2, 3, 0).
  const expected: Readonly<Record<Refresh, number[][]>> = {
    full: [
      [4, 8, 1],
      [2, 2, 8],
      [4, 8, 1],
      [4, 8, 1],
    ],
    batch: [
      [4, 8, 1],
      [4, 8, 8],
      [4, 8, 1],
      [4, 8, 1],
    ],
    epoch: [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
      [4, 8, 1],
    ],
  };
  test.each(["full", "batch", "epoch"] as const)("refresh %s", (refresh) => {
    after(refresh).forEach((weights, k) => {
      closeTo(weights, expected[refresh][k], 1e-14);
    });
  });

  test("an entry keeps the quantum of its time: z = (1, 2) at D = 2/3, then row 0 alone rises to 4 and D to 4/3", () => {
    const table = adaptiveTable("adaptive", setup(empty(3)), { ...constant(8), refresh: "batch" }, 0);
    table.begin(0);
    table.observe(rows(0, 1), { rowLosses: floats(1, 2) });
    table.observe(rows(0), { rowLosses: floats(4) });
    closeTo(table.tree.weights, [8, 8, 1], 1e-14);
  });
});

test("adaptiveChain: Y = ({0, 1}, {1, 2}, {}), a(0, 1) is the mean of A_01, A_02, A_11 = 0, A_12; rows without labels have 0", () => {
  const lists = labelLists(
    matrix([
      [1, 1, 0],
      [0, 1, 1],
      [0, 0, 0],
    ]),
  );
  const correlation = Float64Array.from([0, 0.2, 0.4, 0.2, 0, 0.6, 0.4, 0.6, 0]);
  expect(rowCorrelation(lists, correlation, 0, 1)).toBeCloseTo((0.2 + 0.4 + 0 + 0.6) / 4, 15);
  expect(rowCorrelation(lists, correlation, 0, 2)).toBe(0);
});

test("onlineBatch: losses (0.2, 1, 0.2), s = 8: 2^-r is 1/2 for rank 1, and ranks 2 and 3 share (1/4 + 1/8) / 2", () => {
  const table = onlineBatchTable(setup(empty(3)), constant(8), 0);
  table.observe(rows(2, 0, 1), { rowLosses: floats(0.2, 0.2, 1) });
  table.begin(1);
  closeTo(probabilities(table), [3 / 14, 4 / 7, 3 / 14], 1e-14);
});

test("activeBias: outputs (.2, .8), (.5, .5), (.4, .6): variances .18, 0, .02, deviations .461, 0, .143, so Q = (1, 3, 3)", () => {
  const scores = predictionVariance(3, 1);
  const table = scoreTable(setup(empty(3)), scores, constant(8), 0);
  table.observe(rows(0, 1, 2), { scores: floats(0.2, 0.5, 0.4) });
  table.observe(rows(0, 1, 2), { scores: floats(0.8, 0.5, 0.6) });
  closeTo(scores.scores, [Math.sqrt(0.18 + 0.18 ** 2), 0, Math.sqrt(0.02 + 0.02 ** 2)], 1e-6);
  table.begin(1);
  closeTo(probabilities(table), [2 / 3, 1 / 6, 1 / 6], 1e-14);
});

test("recencyBias: of the last five of six outputs 2, 5 and 4 are above 0.5: entropies .971, 0, .722, so Q = (1, 3, 1)", () => {
  const table = scoreTable(setup(empty(3)), recentDisagreement(3, 1), constant(8), 0);
  for (const [first, last] of [
    [0.9, 0.9],
    [0.1, 0.9],
    [0.9, 0.9],
    [0.1, 0.9],
    [0.9, 0.9],
    [0.1, 0.1],
  ]) {
    table.observe(rows(0, 1, 2), { scores: floats(first, 0.9, last) });
  }
  table.begin(1);
  closeTo(probabilities(table), [4 / 9, 1 / 9, 4 / 9], 1e-14);
});

describe("uncertainty", () => {
  test("u: undecided (.5, .5) and switching (0, 1) both give (d + e) / 2 = .5; the fifth visit back drops out", () => {
    const window = new PredictionWindow(2, 1);
    window.add(0, floats(0.5), 0);
    window.add(0, floats(0.5), 0);
    for (const score of [0, 1]) window.add(1, floats(score), 0);
    expect([...window.uncertainty]).toEqual([0.5, 0.5]);
    // The window of row 1 is now 1, 1, 1, 1, .75 : d = .25 / 4, and the jump from 0 to 1 is forgotten.
    for (const score of [1, 1, 1, 0.75]) window.add(1, floats(score), 0);
    const e = -(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25));
    expect(window.uncertainty[1]).toBeCloseTo((0.0625 + e) / 2, 15);
  });

  test("without correlation: w = 2 (u_1 + u_2) = 2, 2, 0, so Q = (1, 1, 3)", () => {
    const table = scoreTable(setup(empty(3, 2)), correlatedUncertainty(3, 2, "none"), constant(8), 0);
    table.observe(rows(0, 1, 2), { scores: floats(0.5, 0.5, 0, 1, 0, 0) });
    table.observe(rows(0, 1, 2), { scores: floats(0.5, 0.5, 1, 0, 0, 0) });
    table.begin(1);
    closeTo(probabilities(table), [4 / 9, 4 / 9, 1 / 9], 1e-14);
  });

  test("mutual information: equal halves ln 2, independent halves 0, five equal levels ln 5, which scales its rows", () => {
    const measured = (columns: number, values: readonly number[]): Float64Array => {
      const information = new MutualInformation(values.length / columns, columns);
      for (let row = 0; row * columns < values.length; row++) information.change(row, Float64Array.from(values));
      const target = new Float64Array(columns * columns);
      information.measure(target);
      return target;
    };
    closeTo(
      measured(3, [0, 0.1, 0, 0, 0, 0.9, 1, 0.5, 0, 1, 0.5, 0.9]),
      [1, Math.LN2, 0, Math.LN2, 1, 0, 0, 0, 1],
      1e-15,
    );
    const levels = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((level) => [level, 1 - level]);
    closeTo(measured(2, levels), [1 / Math.log(5), 1, 1, 1 / Math.log(5)], 1e-15);
  });

  test("w is u times the row sums of C, not its column sums: labels 0 and 1 tied (ln 4), label 2 told by either", () => {
    const scores = correlatedUncertainty(4, 3);
    const outputs = [0, 0, 0.4, 0.1, 0.1, 0, 0.25, 0.25, 0, 0.4, 0.4, 0];
    scores.observe(rows(0, 1, 2, 3), { scores: new Float32Array(12) });
    scores.observe(rows(0, 1, 2, 3), { scores: floats(...outputs) });
    scores.refresh?.();
    // u = (b + H(b)) / 2 of the second output b: 0, .28, .53, .69, each in a bin of its own.
    const u = outputs.map((b) => (b === 0 ? 0 : (b - b * Math.log2(b) - (1 - b) * Math.log2(1 - b)) / 2));
    const h = 0.25 * Math.log(4) + 0.75 * Math.log(4 / 3); // entropy of label 2, below 1
    const tied = (1 + Math.log(4) + h) / Math.log(4);
    const expected = [0, 1, 2, 3].map((i) => (u[3 * i] + u[3 * i + 1]) * tied + u[3 * i + 2] * (1 + 2 * h));
    closeTo(scores.scores, expected, 1e-6);
  });
});

describe("d2ace", () => {
  const labels = matrix([
    [1, 1],
    [1, 0],
  ]);
  const values = Float64Array.from([0.5, 0.5, 0.5, 0]);
  const v = Math.exp(0.25); // mean .5, deviation 0; mean .25, deviation .25

  test("scores: neighbours of each other, so Z is full, each row of C sums to 1 and S = 1", () => {
    const lists = labelLists(labels);
    const scores = new Float64Array(2);
    correlatedScores(values, lists, neighbourLabels(lists, rows(1, 0)), correlationScratch(2), scores);
    closeTo(scores, [2 * v, v], 1e-14);
  });

  test("scores without neighbours: the second row's S is C_11 / (C_11 + C_12), the cosine being 1 / sqrt 2", () => {
    const lists = labelLists(labels);
    const scores = new Float64Array(2);
    correlatedScores(values, lists, neighbourLabels(lists, rows()), correlationScratch(2), scores);
    closeTo(scores, [2 * v, 0.5 * v * (1 + 1 / (1 + Math.SQRT1_2))], 1e-14);
  });

  const table = (hardnessRange: "bounded" | "published", epochs = 1): number[] => {
    const given = { ...constant(4), neighbours: rows(1, 0), hardnessRange };
    const made = new D2aceTable(setup(empty(2)), labelLists(empty(2)), given, 0);
    made.observe(rows(0, 1), { scores: floats(0.5, 0), entryLosses: floats(0, 100) });
    made.begin(epochs);
    return probabilities(made);
  };

  test("mixture: row 0 uncertain, row 1 hard, s = 4: tables (2/3, 1/3) and (1/3, 2/3), beta .7, .5 at epoch 40, .3 from 70 on", () => {
    closeTo(table("bounded"), [0.7 * (2 / 3) + 0.3 / 3, 0.7 / 3 + 0.3 * (2 / 3)], 1e-14);
    closeTo(table("published"), [0.7 * (2 / 3) + 0.3 / 3, 0.7 / 3 + 0.3 * (2 / 3)], 1e-14);
    closeTo(table("bounded", 40), [0.5, 0.5], 1e-14);
    closeTo(table("bounded", 99), [0.3 * (2 / 3) + 0.7 / 3, 0.3 / 3 + 0.7 * (2 / 3)], 1e-14);
  });

  test("hardness falls by the smoothed flips: .7 |change| and then .3 of that, against a steady row of loss ln 2", () => {
    const given = { ...constant(4), neighbours: rows(1, 0) };
    const made = new D2aceTable(setup(empty(2)), labelLists(empty(2)), given, 0);
    const visit = (score: number, loss: number): void =>
      made.observe(rows(0, 1), { scores: floats(score, 0), entryLosses: floats(loss, Math.LN2) });
    const hard = (): number[] => {
      made.begin(70);
      const [p0] = probabilities(made);
      // Both rows end at certain outputs; what differs beside h is only the window's d.
      return [p0];
    };
    visit(0, 100);
    visit(1, 100); // h = (1 - F) = 1 - .7 = .3 < .5 = 1 - 1/2 of the steady row
    const flipped = hard();
    for (let k = 0; k < 6; k++) visit(1, 100); // F = .7 * .3^6, the window has forgotten the flip
    const calm = hard();
    expect(flipped[0]).toBeCloseTo(0.3 * (2 / 3) + 0.7 / 3, 12);
    expect(calm[0]).toBeCloseTo(0.3 / 2 + 0.7 * (2 / 3), 12);
  });
});

test("schedules: s = 8 from epoch 2 to 1 at the last of 5", () => {
  const at = (schedule: "constant" | "exponential" | "linear"): number[] => {
    const pressure = pressureSchedule({ pressure: 8, schedule, warmUp: 2, epochs: 5 });
    return [0, 1, 2, 3, 4, 5].map(pressure);
  };
  expect(at("constant")).toEqual([8, 8, 8, 8, 8, 8]);
  expect(at("linear")).toEqual([8, 8, 8, 4.5, 1, 1]);
  closeTo(at("exponential"), [8, 8, 8, Math.sqrt(8), 1, 1], 1e-15);
});
