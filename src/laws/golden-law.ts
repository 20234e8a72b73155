/** The golden vectors: a sampler of a named formula gives the probabilities that exact arithmetic gave. */
import { broken, close } from "./broken.ts";
import { goldenVectors } from "./golden-vectors.ts";
import type { Law } from "./law.ts";
import { probabilitiesOf } from "./probability-laws.ts";
import type { Trial } from "./subject.ts";
import { evidenceByRow } from "./trial.ts";

export interface GoldenVector {
  /** The naive model whose formula it is. */
  readonly formula: string;
  readonly comment: string;
  readonly pressure: number;
  /** `[rows]` */
  readonly weights: readonly number[];
  /** `[visits, rows]` the loss of every row at each visit. */
  readonly visits: readonly (readonly number[])[];
  /** `[visits]` what holds after each visit. */
  readonly expected: readonly { readonly index?: readonly number[]; readonly p: readonly number[] }[];
}

/** One batch an epoch, of all rows. */
function trialOf({ pressure, weights }: GoldenVector): Trial {
  const rows = weights.length;
  return {
    labels: { rows, columns: 1, values: new Uint8Array(rows) },
    batchSize: rows,
    seed: 1,
    epochs: 100,
    warmUp: 0,
    pressure,
    schedule: "constant",
    weights: Float64Array.from(weights),
    neighbours: new Int32Array(0),
    labelCorrelation: new Float64Array(1),
    unbiased: false,
  };
}

export const golden: Law = {
  level: "formula",
  says: "the probabilities of the golden vectors, docs/vectors/selection.json, to 1e-12",
  async run(_, { make, claims }) {
    // The chain draws its first row by the same probabilities.
    const formula = claims.formula?.name === "adaptiveChain" ? "adaptive" : claims.formula?.name;
    const own = goldenVectors.filter((vector) => vector.formula === formula);
    if (own.length === 0) broken(`there are no golden vectors of the formula ${formula}`);
    for (const vector of own) {
      const sampler = await make(trialOf(vector));
      for (const [visit, losses] of vector.visits.entries()) {
        const rows = await sampler.next();
        await sampler.observe(
          rows,
          evidenceByRow(rows, 1, (row) => ({ loss: losses[row], score: 0.5 })),
        );
        const what = `"${vector.comment}", after visit ${visit}: p`;
        close(what, await probabilitiesOf(sampler), vector.expected[visit].p, 1e-12);
      }
      await sampler.end?.();
    }
  },
};
