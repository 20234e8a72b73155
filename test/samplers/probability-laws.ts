/**
 * What every sampler's probabilities must satisfy, whatever was drawn and observed: a law throws where it doesn't hold, and
 * passes a sampler for which it makes no promise.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { Table } from "../../src/samplers/frame/table.ts";
import { runs, seed } from "../arbitraries.ts";
import type { Law, Subject, TableCandidate } from "./candidates.ts";
import { closeTo } from "./model.ts";
import { drive, evidenceOf, type Trial, trials } from "./trial.ts";

const small = trials({ rows: [1, 12] });

const probabilitiesOf = ({ tree }: Table): number[] => Array.from(tree.weights, (weight) => weight / tree.total);

/** A random set of distinct rows. */
function subset(subject: Subject, rows: number, subsetSeed: number): Int32Array {
  const random = new subject.Random(subsetSeed);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  random.shuffle(all);
  return all.subarray(0, 1 + random.integer(rows));
}

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
