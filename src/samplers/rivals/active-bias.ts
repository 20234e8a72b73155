/**
 * Active bias, multi-label form: rows whose predictions have varied most since training began are drawn more often.
 * Keeps running means and squared deviations, never the predictions themselves.
 */

import * as v from "valibot";
import type { SamplerSetup } from "../frame/epochs.ts";
import { requireEvidence } from "../frame/evidence.ts";
import { samplerKind, setupOf, tableOptions } from "../frame/kind.ts";
import { type RowScores, rivalDefaults, scoreTable } from "../frame/rows-by-score.ts";
import { readInto } from "../frame/snapshot.ts";
import { checkWarmUp, type TableOptions, tableSampler } from "../frame/table.ts";
import type { Evidence, EvidenceKind, Sampler, SamplerState } from "../sampler.ts";

export const activeBias = samplerKind({
  name: "activeBias",
  draws: "predictions that varied since training began",
  source: "Chang et al. 2017, multi-label form of 2412.16521",
  options: v.strictObject(tableOptions(rivalDefaults)),
  make: (request, options) => activeBiasSampler(setupOf(request, options), options),
});

/**
 * w_i = sum_j sqrt(var_ij + var_ij^2 / (T_i - 1)), var_ij the sample variance of all T_i sigmoid outputs seen so far (0
 * below two of them), then `minmax`. Needs `scores`. Defaults: warm-up 10 epochs; pressure 8 falling exponentially to
 * 1. Source: Chang, Learned-Miller, McCallum 2017, its sum over labels and `minmax` as in arXiv 2412.16521; defaults
 * are ours.
 *
 * @throws UsageError for an option out of range.
 */
export function activeBiasSampler(setup: SamplerSetup, options: TableOptions = {}): Sampler {
  const warmUp = checkWarmUp(options.warmUp ?? rivalDefaults.warmUp);
  const scores = predictionVariance(setup.labels.rows, setup.labels.columns);
  return tableSampler(setup, scoreTable(setup, scores, options, warmUp), { ...options, warmUp });
}

export function predictionVariance(rows: number, labels: number): RowScores {
  const counts = new Uint32Array(rows); // T
  const means = new Float64Array(rows * labels);
  const deviations = new Float64Array(rows * labels); // sum of (score - mean)^2
  const scores = new Float64Array(rows); // w
  const needs: readonly EvidenceKind[] = ["scores"];
  return {
    name: "activeBias",
    needs,
    settings: { labels },
    scores,
    observe(batch: Int32Array, evidence: Evidence): void {
      const values = requireEvidence(evidence, "scores", batch, labels);
      for (let k = 0; k < batch.length; k++) {
        const row = batch[k];
        const count = counts[row] + 1;
        counts[row] = count;
        let sum = 0;
        for (let j = 0; j < labels; j++) {
          // Welford's update.
          const value = values[k * labels + j];
          const e = row * labels + j;
          const before = value - means[e];
          means[e] += before / count;
          deviations[e] += before * (value - means[e]);
          if (count < 2) continue;
          const variance = deviations[e] / (count - 1);
          sum += Math.sqrt(variance + (variance * variance) / (count - 1));
        }
        scores[row] = sum;
      }
    },
    termsOf: (row) => ({ score: scores[row], outputs: counts[row] }),
    state: (): SamplerState => ({
      counts: counts.slice(),
      means: means.slice(),
      deviations: deviations.slice(),
      scores: scores.slice(),
    }),
    restore(state: SamplerState): void {
      readInto(state, "counts", counts, 0, 2 ** 32 - 1);
      readInto(state, "means", means, -1, 2);
      readInto(state, "deviations", deviations, 0, Number.MAX_VALUE);
      readInto(state, "scores", scores, 0, Number.MAX_VALUE);
    },
  };
}
