/**
 * A small training fold and run settings for the laws, and evidence made from a seed.
 */
import fc from "fast-check";
import type { LabelMatrix } from "../../src/data/dataset.ts";
import { Random } from "../../src/random.ts";
import type { Evidence, Sampler } from "../../src/samplers/sampler.ts";
import { seed } from "../arbitraries.ts";

export interface Trial {
  readonly labels: LabelMatrix;
  readonly minority: Int32Array;
  readonly batchSize: number;
  readonly seed: number;
  readonly epochs: number;
  readonly warmUp: number;
  readonly pressure: number;
  readonly schedule: "constant" | "exponential" | "linear";
  readonly weights: Float64Array;
  readonly neighbours: Int32Array;
  readonly correlation: Float64Array;
}

export interface TrialLimits {
  readonly rows: readonly [number, number];
  readonly labels?: readonly [number, number];
}

/** Trials within the limits; everything that has no arbitrary of its own comes from a seeded stream. */
export function trials({ rows: [fewest, most], labels: [fewestLabels, mostLabels] = [1, 4] }: TrialLimits) {
  return fc
    .record({
      rows: fc.integer({ min: fewest, max: most }),
      columns: fc.integer({ min: fewestLabels, max: mostLabels }),
      fill: fc.constantFrom(0, 0.3, 0.5, 1),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: seed(),
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
      const correlation = new Float64Array(columns * columns);
      for (let j = 0; j < columns; j++) {
        for (let k = 0; k < j; k++) correlation[j * columns + k] = correlation[k * columns + j] = random.uniform();
      }
      return {
        labels: { rows, columns, values },
        minority: Int32Array.from({ length: columns }, (_, j) => j).filter(() => random.uniform() < 0.5),
        batchSize: Math.min(rows, 1 + Math.floor(share * rows)),
        weights: Float64Array.from({ length: rows }, () => (equalWeights ? 1 : 0.5 + 3 * random.uniform())),
        neighbours,
        correlation,
        ...rest,
      };
    });
}

/**
 * Every kind of evidence for a batch: `even` in steps with many ties, else continuous; for every third seed label 1 repeats
 * the score of label 0.
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
export function drive(sampler: Sampler, trial: Trial, batches: number, evidenceSeed: number): Int32Array[] {
  return Array.from({ length: batches }, (_, t) => {
    const rows = sampler.next();
    sampler.observe(rows, evidenceOf(evidenceSeed + t, rows.length, trial.labels.columns, false));
    return rows;
  });
}
