/**
 * Random trials for the laws, evidence made from a seed, and how to drive a sampler with it.
 */
import type { Arbitrary } from "fast-check";
import { Random } from "../random.ts";
import type { Evidence } from "../samplers/sampler.ts";
import type { FC } from "./explore.ts";
import type { TestedSampler, Trial } from "./subject.ts";

export interface TrialLimits {
  readonly rows: readonly [number, number];
  readonly labels?: readonly [number, number];
  /** Largest batch. */
  readonly batch?: number;
}

/** A seed for `Random`. */
export const seeds = (fc: FC): Arbitrary<number> => fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Trials within the limits; everything that has no arbitrary of its own comes from a seeded stream. */
export function trials(fc: FC, { rows: [fewest, most], labels = [1, 4], batch }: TrialLimits): Arbitrary<Trial> {
  return fc
    .record({
      rows: fc.integer({ min: fewest, max: most }),
      columns: fc.integer({ min: labels[0], max: labels[1] }),
      fill: fc.constantFrom(0, 0.3, 0.5, 1),
      // Not fc.double, which is mostly near 0: batches would be of one row.
      share: fc.integer({ min: 0, max: 64 }).map((part) => part / 64),
      seed: seeds(fc),
      // A falling pressure is gone by the last epoch: long runs keep the table in play.
      epochs: fc.constantFrom(1, 2, 5, 8, 30, 100),
      warmUp: fc.integer({ min: 0, max: 2 }),
      pressure: fc.constantFrom(1, 2, 4, 8, 16, 64, 1e3, 1e6),
      schedule: fc.constantFrom("constant" as const, "exponential" as const, "linear" as const),
      equalWeights: fc.boolean(),
    })
    .map(({ rows, columns, fill, share, equalWeights, ...rest }): Trial => {
      const random = new Random(rest.seed).stream("trial");
      const values = Uint8Array.from({ length: rows * columns }, () => (random.uniform() < fill ? 1 : 0));
      const neighbours = Int32Array.from({ length: rows > 1 ? 2 * rows : 0 }, (_, e) => {
        const row = Math.floor(e / 2);
        return (row + 1 + random.integer(rows - 1)) % rows;
      });
      const labelCorrelation = new Float64Array(columns * columns);
      for (let j = 0; j < columns; j++) {
        for (let k = 0; k < j; k++) {
          labelCorrelation[j * columns + k] = labelCorrelation[k * columns + j] = random.uniform();
        }
      }
      return {
        labels: { rows, columns, values },
        batchSize: Math.min(rows, 1 + Math.floor(share * rows), batch ?? rows),
        weights: Float64Array.from({ length: rows }, () => (equalWeights ? 1 : 0.5 + 3 * random.uniform())),
        neighbours,
        labelCorrelation,
        unbiased: false,
        ...rest,
      };
    });
}

/** Trials of 1 to 12 rows. */
export const smallTrials = (fc: FC): Arbitrary<Trial> => trials(fc, { rows: [1, 12] });

/**
 * Every kind of evidence for a batch: `even` in steps with many ties, otherwise continuous; for every third seed label
 * 1 repeats the score of label 0.
 */
export function evidenceOf(evidenceSeed: number, batch: number, labels: number, even: boolean): Required<Evidence> {
  const random = new Random(evidenceSeed);
  const draw = (): number => (even ? random.integer(5) / 4 : random.uniform());
  const scores = Float32Array.from({ length: batch * labels }, () => Math.min(1, draw()));
  if (evidenceSeed % 3 === 0 && labels > 1) for (let e = 1; e < scores.length; e += labels) scores[e] = scores[e - 1];
  return {
    rowLosses: Float32Array.from({ length: batch }, () => 3 * draw()),
    entryLosses: Float32Array.from({ length: batch * labels }, () => 3 * draw()),
    scores,
  };
}

/** Draws and observes `batches` batches; returns them. */
export async function drive(
  sampler: TestedSampler,
  trial: Trial,
  batches: number,
  evidenceSeed: number,
): Promise<Int32Array[]> {
  const drawn: Int32Array[] = [];
  for (let t = 0; t < batches; t++) {
    const rows = await sampler.next();
    await sampler.observe(rows, evidenceOf(evidenceSeed + t, rows.length, trial.labels.columns, false));
    drawn.push(rows);
  }
  return drawn;
}

/** Evidence of each row on its own, whatever batch the row comes in. */
export type RowEvidence = (row: number) => { readonly loss: number; readonly score: number };

/** The evidence of a batch of which each entry of a row is alike. */
export function evidenceByRow(rows: Int32Array, labels: number, of: RowEvidence): Required<Evidence> {
  const seen = Array.from(rows, (row) => of(row));
  const perEntry = (value: (k: number) => number): Float32Array =>
    Float32Array.from({ length: rows.length * labels }, (_, e) => value(Math.floor(e / labels)));
  return {
    rowLosses: Float32Array.from(seen, ({ loss }) => loss),
    entryLosses: perEntry((k) => seen[k].loss),
    scores: perEntry((k) => seen[k].score),
  };
}
