/**
 * Recency bias, multi-label form: rows whose thresholded predictions disagreed in the last few visits are drawn more
 * often. The window is five bits per row and label.
 */

import * as v from "valibot";
import type { SamplerSetup } from "../frame/epochs.ts";
import { requireEvidence } from "../frame/evidence.ts";
import { samplerKind, setupOf, tableOptions } from "../frame/kind.ts";
import { type RowScores, rivalDefaults, scoreTable } from "../frame/rows-by-score.ts";
import { readInto } from "../frame/snapshot.ts";
import { checkWarmUp, type TableOptions, tableSampler } from "../frame/table.ts";
import type { Evidence, EvidenceKind, Sampler, SamplerState } from "../sampler.ts";
import { binaryEntropy } from "./prediction-window.ts";

/** Visits that the window holds. */
const window = 5;
const mask = 2 ** window - 1;

/** `[seen, positive]` entropy of `positive` outputs above 0.5 out of `seen`. */
const entropies = Float64Array.from({ length: (window + 1) ** 2 }, (_, cell) => {
  const seen = Math.floor(cell / (window + 1));
  return binaryEntropy((cell - seen * (window + 1)) / Math.max(1, seen));
});

export const recencyBias = samplerKind({
  name: "recencyBias",
  draws: "predictions that disagreed in the last visits",
  source: "Song et al. 2020, multi-label form of 2412.16521",
  options: v.strictObject(tableOptions(rivalDefaults)),
  make: (request, options) => recencyBiasSampler(setupOf(request, options), options),
});

/**
 * w_i = sum_j H(share of the last 5 sigmoid outputs above 0.5), H the binary entropy in bits (of fewer outputs while
 * there are fewer; 0 for none), then `minmax`. Needs `scores`. Defaults: warm-up 10 epochs; pressure 8 falling
 * exponentially to 1. Source: Song, Kim, Kim, Lee 2020, its sum over labels and `minmax` as in arXiv 2412.16521;
 * defaults are ours.
 *
 * @throws UsageError for an option out of range.
 */
export function recencyBiasSampler(setup: SamplerSetup, options: TableOptions = {}): Sampler {
  const warmUp = checkWarmUp(options.warmUp ?? rivalDefaults.warmUp);
  const scores = recentDisagreement(setup.labels.rows, setup.labels.columns);
  return tableSampler(setup, scoreTable(setup, scores, options, warmUp), { ...options, warmUp });
}

export function recentDisagreement(rows: number, labels: number): RowScores {
  const filled = new Uint8Array(rows); // outputs in the window, at most 5
  const bits = new Uint8Array(rows * labels); // newest output in the lowest bit
  const scores = new Float64Array(rows); // w
  const needs: readonly EvidenceKind[] = ["scores"];
  return {
    name: "recencyBias",
    needs,
    settings: { labels },
    scores,
    observe(batch: Int32Array, evidence: Evidence): void {
      const values = requireEvidence(evidence, "scores", batch, labels);
      for (let k = 0; k < batch.length; k++) {
        const row = batch[k];
        const seen = Math.min(window, filled[row] + 1);
        filled[row] = seen;
        let sum = 0;
        for (let j = 0; j < labels; j++) {
          const e = row * labels + j;
          const positive = values[k * labels + j] > 0.5 ? 1 : 0;
          bits[e] = ((bits[e] << 1) | positive) & mask;
          sum += entropies[seen * (window + 1) + ones(bits[e])];
        }
        scores[row] = sum;
      }
    },
    termsOf: (row) => ({ score: scores[row], outputs: filled[row] }),
    state: (): SamplerState => ({ filled: filled.slice(), bits: bits.slice(), scores: scores.slice() }),
    restore(state: SamplerState): void {
      readInto(state, "filled", filled, 0, window);
      readInto(state, "bits", bits, 0, mask);
      readInto(state, "scores", scores, 0, labels);
    },
  };
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
