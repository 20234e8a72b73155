/**
 * What every sampler must satisfy. A law takes the module under test and a row of the candidates' table, and throws where
 * it doesn't hold; a sampler for which a law makes no promise passes it by returning at once.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { Evidence, Sampler } from "../../src/samplers/sampler.ts";
import type { Table } from "../../src/samplers/table.ts";
import { runs, seed } from "../arbitraries.ts";
import type { Candidate, Subject, TableCandidate } from "./candidates.ts";
import { alpha, chiSquare } from "./chi-square.ts";
import { closeTo, commands, runModel } from "./model.ts";
import { evidenceOf, type Trial, trials } from "./trial.ts";

export type Law = (subject: Subject, candidate: Candidate) => void;

const small = trials({ rows: [1, 12] });

/** Draws and observes `batches` batches; returns them. */
function drive(sampler: Sampler, trial: Trial, batches: number, evidenceSeed: number): Int32Array[] {
  return Array.from({ length: batches }, (_, t) => {
    const rows = sampler.next();
    sampler.observe(rows, evidenceOf(evidenceSeed + t, rows.length, trial.labels.columns, false));
    return rows;
  });
}

const probabilitiesOf = ({ tree }: Table): number[] => Array.from(tree.weights, (weight) => weight / tree.total);

/** A random set of distinct rows. */
function subset(subject: Subject, rows: number, subsetSeed: number): Int32Array {
  const random = new subject.Random(subsetSeed);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  random.shuffle(all);
  return all.subarray(0, 1 + random.integer(rows));
}

/** Probabilities, batches and traces are those of the formulas, through any sequence of draws, saves and restores. */
export const model: Law = (_, candidate) => {
  fc.assert(
    fc.property(small, commands(), (trial, list) => runModel(candidate, trial, list)),
    runs(40),
  );
};

/** p sums to 1, every row has a chance, and no chance is more than s times another; equal where s = 1 or nothing is known. */
export const distribution: Law = (_, candidate) => {
  fc.assert(
    fc.property(trials({ rows: [1, 60] }), seed(), fc.nat(20), (trial, evidenceSeed, batches) => {
      const sampler = candidate.make(trial);
      drive(sampler, trial, batches, evidenceSeed);
      const p = [...sampler.probabilities()];
      const [least, most] = [Math.min(...p), Math.max(...p)];
      expect(Math.abs(p.reduce((sum, each) => sum + each, 0) - 1)).toBeLessThan(1e-12);
      expect(least).toBeGreaterThan(0);
      const bound = candidate.kind === "pass" ? 1 : trial.pressure;
      expect(most / least).toBeLessThanOrEqual(bound * (1 + 1e-12));
      expect(most * p.length).toBeLessThanOrEqual(bound * (1 + 1e-12));
      expect(least * p.length * bound).toBeGreaterThanOrEqual(1 - 1e-12);
    }),
    runs(60),
  );
};

/** The same evidence for every row gives every row the same chance. */
export const equality: Law = (_, candidate) => {
  if (candidate.kind === "pass") return;
  fc.assert(
    fc.property(small, seed(), (given, evidenceSeed) => {
      const { rows, columns } = given.labels;
      const trial = {
        ...given,
        weights: new Float64Array(rows).fill(1),
        labels: { ...given.labels, values: new Uint8Array(rows * columns) },
      };
      const table = candidate.table(trial);
      const all = Int32Array.from({ length: rows }, (_, i) => i);
      for (let visit = 0; visit < 3; visit++) {
        const one = evidenceOf(evidenceSeed + visit, 1, columns, true);
        const repeat = (values: Float32Array): Float32Array =>
          Float32Array.from({ length: rows * values.length }, (_, e) => values[e % values.length]);
        table.observe(all, {
          rowLosses: repeat(one.rowLosses),
          entryLosses: repeat(one.entryLosses),
          scores: repeat(one.scores),
        });
      }
      table.begin(trial.warmUp);
      closeTo(probabilitiesOf(table), new Array<number>(rows).fill(1 / rows), 1e-12);
    }),
    runs(60),
  );
};

/** Evidence of one label of a row at `level` in [0, 1] of whatever this sampler calls hard. */
function harder(
  candidate: TableCandidate,
  level: number,
  visit: number,
): { readonly loss: number; readonly score: number } {
  const loss = 3 * level;
  if (candidate.name === "activeBias") return { loss, score: 0.5 + (visit % 2 === 0 ? level : -level) / 2 };
  if (candidate.name === "recencyBias") return { loss, score: visit < Math.floor(2.99 * level) ? 0.9 : 0.1 };
  return { loss, score: level / 2 };
}

/** Of two rows that differ in nothing else, the harder one never has the smaller chance, and the hardest has more than the easiest. */
export const monotony: Law = (_, candidate) => {
  if (candidate.kind === "pass") return;
  const levels = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(small, levels, (given, steps) => {
      const [rows, columns] = [steps.length, given.labels.columns];
      const level = steps.map((step) => step / 20).sort((a, b) => a - b);
      const trial: Trial = {
        ...given,
        pressure: 8,
        batchSize: 1,
        labels: { rows, columns, values: new Uint8Array(rows * columns).fill(1) },
        weights: new Float64Array(rows).fill(1),
        neighbours: Int32Array.from({ length: rows }, (_, i) => (i + 1) % rows),
      };
      const table = candidate.table(trial);
      const all = Int32Array.from({ length: rows }, (_, i) => i);
      for (let visit = 0; visit < 5; visit++) {
        const seen = level.map((each) => harder(candidate, each, visit));
        const perEntry = (value: (row: number) => number): Float32Array =>
          Float32Array.from({ length: rows * columns }, (_, e) => value(Math.floor(e / columns)));
        table.observe(all, {
          rowLosses: Float32Array.from(seen, ({ loss }) => loss),
          entryLosses: perEntry((row) => seen[row].loss),
          scores: perEntry((row) => seen[row].score),
        });
      }
      table.begin(trial.warmUp);
      const p = probabilitiesOf(table);
      for (let i = 1; i < rows; i++) expect(p[i]).toBeGreaterThanOrEqual(p[i - 1]);
      if (level[rows - 1] - level[0] > 0.5) expect(p[rows - 1]).toBeGreaterThan(p[0]);
    }),
    runs(60),
  );
};

/** Numbering the rows otherwise, with all that belongs to them, numbers the probabilities otherwise. */
export const equivariance: Law = (subject, candidate) => {
  if (candidate.kind === "pass") return;
  fc.assert(
    fc.property(small, fc.array(seed(), { minLength: 1, maxLength: 8 }), (trial, seeds) => {
      const { rows, columns } = trial.labels;
      const to = Int32Array.from({ length: rows }, (_, i) => i);
      new subject.Random(trial.seed).shuffle(to);
      const moved = permuted(trial, to);
      const [first, second] = [candidate.table(trial), candidate.table(moved)];
      for (const each of seeds) {
        const batch = subset(subject, rows, each);
        const evidence = evidenceOf(each, batch.length, columns, false);
        first.observe(batch, evidence);
        second.observe(
          batch.map((row) => to[row]),
          evidence,
        );
      }
      first.begin(trial.warmUp);
      second.begin(trial.warmUp);
      const p = probabilitiesOf(second);
      closeTo(
        probabilitiesOf(first),
        Array.from(to, (row) => p[row]),
        1e-12,
      );
    }),
    runs(60),
  );
};

/** The trial with row i moved to place `to[i]`. */
function permuted(trial: Trial, to: Int32Array): Trial {
  const { rows, columns, values } = trial.labels;
  const width = trial.neighbours.length / rows;
  const labels = new Uint8Array(values.length);
  const weights = new Float64Array(rows);
  const neighbours = new Int32Array(trial.neighbours.length);
  to.forEach((place, i) => {
    labels.set(values.subarray(i * columns, (i + 1) * columns), place * columns);
    weights[place] = trial.weights[i];
    neighbours.set(
      trial.neighbours.subarray(i * width, (i + 1) * width).map((row) => to[row]),
      place * width,
    );
  });
  return { ...trial, labels: { rows, columns, values: labels }, weights, neighbours };
}

/** Losses in another unit (a power of two, so that it is exact) give the same probabilities. */
export const scaling: Law = (subject, candidate) => {
  if (candidate.kind === "pass" || !candidate.scaleFree) return;
  fc.assert(
    fc.property(
      small,
      fc.array(seed(), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: -90, max: 90 }),
      (trial, seeds, power) => {
        const [first, second] = [candidate.table(trial), candidate.table(trial)];
        for (const each of seeds) {
          const batch = subset(subject, trial.labels.rows, each);
          const { rowLosses } = evidenceOf(each, batch.length, 1, false);
          first.observe(batch, { rowLosses });
          second.observe(batch, { rowLosses: rowLosses.map((loss) => loss * 2 ** power) });
        }
        first.begin(trial.warmUp);
        second.begin(trial.warmUp);
        expect(probabilitiesOf(second)).toEqual(probabilitiesOf(first));
      },
    ),
    runs(60),
  );
};

/** Rows that are never seen keep the order of the others and, where promised, their ratios to within one quantum. */
export const unseenRows: Law = (_, candidate) => {
  if (candidate.kind === "pass" || candidate.unseen === "none") return;
  fc.assert(
    fc.property(trials({ rows: [2, 12] }), fc.integer({ min: 1, max: 10 }), seed(), (given, more, evidenceSeed) => {
      const { rows, columns } = given.labels;
      const trial: Trial = { ...given, neighbours: new Int32Array(0), pressure: 64, schedule: "constant" };
      const wider: Trial = {
        ...trial,
        labels: {
          rows: rows + more,
          columns,
          values: Uint8Array.from([...trial.labels.values, ...new Uint8Array(more * columns)]),
        },
        weights: Float64Array.from([...trial.weights, ...new Float64Array(more).fill(1)]),
      };
      const all = Int32Array.from({ length: rows }, (_, i) => i);
      const [p, wide] = [trial, wider].map((each) => {
        const table = candidate.table(each);
        for (let visit = 0; visit < 3; visit++)
          table.observe(all, evidenceOf(evidenceSeed + visit, rows, columns, false));
        table.begin(trial.warmUp);
        return probabilitiesOf(table);
      });
      const slack = Math.log(64) * (1 / rows + 1 / (rows + more)) + 1e-9;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < rows; j++) {
          if (p[i] < p[j]) expect(wide[i]).toBeLessThanOrEqual(wide[j]);
          const change = Math.abs(Math.log(wide[i] / wide[j]) - Math.log(p[i] / p[j]));
          if (candidate.unseen === "ratio") expect(change).toBeLessThanOrEqual(slack);
        }
      }
    }),
    runs(60),
  );
};

/** The same seed gives the same batches; another seed, others. */
export const determinism: Law = (_, candidate) => {
  fc.assert(
    fc.property(trials({ rows: [40, 60] }), seed(), (given, evidenceSeed) => {
      const trial = { ...given, batchSize: 20 };
      const batches = (each: Trial): number[][] =>
        drive(candidate.make(each), each, 9, evidenceSeed).map((rows) => [...rows]);
      expect(batches(trial)).toEqual(batches(trial));
      if (candidate.name !== "sequential")
        expect(batches({ ...trial, seed: trial.seed ^ 1 })).not.toEqual(batches(trial));
    }),
    runs(8),
  );
};

/** From any point, a snapshot continues as the original does, in every respect; it is a copy, and nothing that comes later changes it. */
export const restoring: Law = (_, candidate) => {
  fc.assert(
    fc.property(small, fc.nat(15), fc.boolean(), seed(), (trial, batches, pending, evidenceSeed) => {
      const make = candidate.kind === "table" ? (candidate.makeUnbiased ?? candidate.make) : candidate.make;
      const sampler = make(trial);
      drive(sampler, trial, batches, evidenceSeed);
      const rows = pending ? sampler.next() : undefined;
      const state = sampler.state();
      const copy = structuredClone(state);
      const twin = make({ ...trial, seed: trial.seed ^ 1 });
      drive(twin, trial, 3, evidenceSeed + 1000);
      twin.restore(state);
      expect(twin.state()).toEqual(copy);
      for (const each of [sampler, twin]) {
        if (rows !== undefined) each.observe(rows, evidenceOf(evidenceSeed, rows.length, trial.labels.columns, false));
      }
      for (let t = 0; t < 2 * sampler.batchesPerEpoch; t++) {
        const [one] = drive(sampler, trial, 1, evidenceSeed + t);
        const [other] = drive(twin, trial, 1, evidenceSeed + t);
        expect([...other]).toEqual([...one]);
        expect(twin.importanceWeights?.(other)).toEqual(sampler.importanceWeights?.(one));
        expect(twin.probabilities()).toEqual(sampler.probabilities());
        expect(twin.trace()).toEqual(sampler.trace());
      }
      expect(state).toEqual(copy);
    }),
    runs(25),
  );
};

/** Evidence that is missing, of the wrong length, NaN, infinite, negative or out of range, or for other rows, is refused and changes nothing. */
export const refusal: Law = (_, candidate) => {
  fc.assert(
    fc.property(small, fc.nat(5), seed(), fc.nat(11), fc.nat(3), (trial, batches, evidenceSeed, place, fault) => {
      const sampler = candidate.make(trial);
      drive(sampler, trial, batches, evidenceSeed);
      const rows = sampler.next();
      const good = evidenceOf(evidenceSeed, rows.length, trial.labels.columns, false);
      const before = structuredClone(sampler.state());
      const spoilt = (values: Float32Array): Float32Array => {
        if (fault === 3) return values.subarray(1);
        return values.map((value, k) => (k === place % values.length ? [Number.NaN, Infinity, -1][fault] : value));
      };
      const bad: { rows: Int32Array; evidence: Evidence }[] = [
        { rows: rows.subarray(1), evidence: good },
        { rows: rows.map((row) => row + 1), evidence: good },
        ...sampler.needs.map((kind) => ({ rows, evidence: { ...good, [kind]: spoilt(good[kind]) } })),
        ...sampler.needs.map((kind) => {
          const { [kind]: _, ...others } = good;
          return { rows, evidence: others };
        }),
      ];
      for (const { rows: given, evidence } of bad) {
        expect(() => sampler.observe(given, evidence)).toThrow(expect.objectContaining({ name: "UsageError" }));
        expect(sampler.state()).toEqual(before);
      }
      sampler.observe(rows, good);
      expect(() => sampler.observe(rows, good)).toThrow(expect.objectContaining({ name: "UsageError" }));
    }),
    runs(25),
  );
};

/** Weights of a batch: sum p_i v_i = batch / rows, all in [1/s, s], 1 in the warm-up and where p is uniform. */
export const importance: Law = (_, candidate) => {
  if (candidate.kind === "pass" || candidate.makeUnbiased === undefined) return;
  const { makeUnbiased } = candidate;
  fc.assert(
    fc.property(trials({ rows: [1, 40] }), fc.integer({ min: 1, max: 30 }), seed(), (trial, batches, evidenceSeed) => {
      expect(candidate.make(trial).importanceWeights).toBeUndefined();
      const sampler = makeUnbiased(trial);
      for (let t = 0; t < batches; t++) {
        const p = sampler.probabilities();
        const drawn = sampler.epoch >= trial.warmUp;
        const rows = sampler.next();
        const weights = sampler.importanceWeights?.(rows);
        if (weights === undefined) throw new Error("made with unbiased, but without importance weights");
        if (!drawn) expect([...weights]).toEqual(new Array(rows.length).fill(1));
        else {
          const total = rows.reduce((sum, row, k) => sum + p[row] * weights[k], 0);
          expect(Math.abs((total * p.length) / rows.length - 1)).toBeLessThan(1e-6);
          const ratio = Math.max(...p) / Math.min(...p);
          for (const weight of weights) {
            expect(weight).toBeLessThanOrEqual(ratio * (1 + 1e-6));
            expect(weight).toBeGreaterThanOrEqual((1 - 1e-6) / ratio);
          }
        }
        sampler.observe(rows, evidenceOf(evidenceSeed + t, rows.length, trial.labels.columns, false));
      }
    }),
    runs(40),
  );
};

/**
 * Ordered batches of 2 of 5 rows come as often as their exact probabilities say, and the first rows of two batches in a row (of
 * two epochs in a row, where an epoch is a pass) are independent; both at alpha = 1e-6.
 */
export const frequencies: Law = (_, candidate) => {
  if (candidate.kind === "pass" && !candidate.shuffled) return;
  const labels = { rows: 5, columns: 3, values: Uint8Array.from([1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1]) };
  const trial: Trial = {
    labels,
    minority: new Int32Array(0),
    batchSize: 2,
    seed: 20240319,
    epochs: 1e6,
    // D2ACE's mixture moves until epoch 70.
    warmUp: 75,
    pressure: 64,
    schedule: "constant",
    weights: Float64Array.from([1, 2, 1, 1.5, 1]),
    neighbours: Int32Array.from([1, 2, 3, 4, 0]),
    correlation: Float64Array.from([0, 0.9, 0.1, 0.9, 0, 0.5, 0.1, 0.5, 0]),
  };
  const sampler = candidate.make(trial);
  drive(sampler, trial, 75 * sampler.batchesPerEpoch, 77);
  const p = [...sampler.probabilities()];
  const [order, first] = [new Array<number>(25).fill(0), new Array<number>(25).fill(0)];
  let before = 0;
  for (let t = 0; t < 20_000; t++) {
    const [i, j] = sampler.next();
    order[5 * i + j]++;
    if (t % 2 === 1) first[5 * before + i]++;
    before = i;
    if (candidate.kind === "pass") for (let rest = 1; rest < sampler.batchesPerEpoch; rest++) sampler.next();
  }
  const exact = (i: number, j: number): number =>
    candidate.kind === "pass" ? 1 / 20 : candidate.order(trial, p, [i, j]);
  const cells = p.flatMap((_, i) => p.map((_, j) => [i, j] as const));
  expect(
    chiSquare(
      order,
      cells.map(([i, j]) => (i === j ? 0 : exact(i, j))),
    ),
  ).toBeGreaterThan(alpha);
  expect(
    chiSquare(
      first,
      cells.map(([i, j]) => p[i] * p[j]),
    ),
  ).toBeGreaterThan(alpha);
};

export const laws: Readonly<Record<string, Law>> = {
  model,
  distribution,
  equality,
  monotony,
  equivariance,
  scaling,
  unseenRows,
  determinism,
  restoring,
  refusal,
  importance,
  frequencies,
};
