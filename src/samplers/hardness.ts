/**
 * How hard a row is, from what the training step found for it: the mean cross-entropy of the paper, or one of the
 * others that an ablation puts in its place. Plain functions of evidence and labels.
 */

import type { LabelMatrix } from "../data/dataset.ts";
import { requireEvidence } from "./frame/evidence.ts";
import type { Evidence, EvidenceKind } from "./sampler.ts";

/**
 * With g = sigmoid(f) of an entry, its label y and its cross-entropy L:
 * - `bce` (published): mean over the labels of L.
 * - `focal` (Lin et al. 2017, gamma 2): mean of (1 - g)^2 L where y = 1, g^2 L where y = 0.
 * - `asymmetric` (Ridnik et al. 2021, gamma+ 0, gamma- 4, margin 0.05): mean of L where y = 1, otherwise -m^4 ln(1 -
 * m),
 *   m = max(g - 0.05, 0).
 * - `error`: mean |y - g|.
 * - `ranking`: share of the row's pairs of a relevant and an irrelevant label that are in the wrong order, ties 1/2; 0
 * where
 *   there is no such pair.
 *
 * All but the first are ours as hardness of a row; focal and asymmetric are losses of their authors.
 */
export const hardnesses = ["bce", "focal", "asymmetric", "error", "ranking"] as const;
/** What makes a row hard. */
export type HardnessKind = (typeof hardnesses)[number];

export interface Hardness {
  readonly needs: readonly EvidenceKind[];
  /** `[rows.length]` how hard each row is, finite and not negative. @throws UsageError for bad evidence */
  measure(rows: Int32Array, evidence: Evidence): ArrayLike<number>;
}

const margin = 0.05;

/** One entry: g, L, y. */
const entries: Readonly<Record<"focal" | "asymmetric" | "error", (g: number, loss: number, y: number) => number>> = {
  focal: (g, loss, y) => (y === 1 ? (1 - g) ** 2 : g ** 2) * loss,
  asymmetric(g, loss, y) {
    if (y === 1) return loss;
    const m = Math.max(g - margin, 0);
    return -(m ** 4) * Math.log1p(-m);
  },
  error: (g, _, y) => Math.abs(y - g),
};

export function hardness(kind: HardnessKind, { columns, values }: LabelMatrix): Hardness {
  if (kind === "bce") {
    return { needs: ["rowLosses"], measure: (rows, evidence) => requireEvidence(evidence, "rowLosses", rows, 1) };
  }
  if (kind === "ranking") {
    return {
      needs: ["scores"],
      measure(rows, evidence) {
        const scores = requireEvidence(evidence, "scores", rows, columns);
        return Float64Array.from(rows, (row, k) =>
          wrongPairs(scores.subarray(k * columns, (k + 1) * columns), values.subarray(row * columns)),
        );
      },
    };
  }
  const needs: readonly EvidenceKind[] = kind === "error" ? ["scores"] : ["scores", "entryLosses"];
  const entry = entries[kind];
  return {
    needs,
    measure(rows, evidence) {
      const scores = requireEvidence(evidence, "scores", rows, columns);
      const losses = kind === "error" ? scores : requireEvidence(evidence, "entryLosses", rows, columns);
      return Float64Array.from(rows, (row, k) => {
        let total = 0;
        for (let j = 0; j < columns; j++) {
          const e = k * columns + j;
          total += entry(scores[e], losses[e], values[row * columns + j]);
        }
        return total / Math.max(1, columns);
      });
    },
  };
}

function wrongPairs(scores: Float32Array, labels: Uint8Array): number {
  let wrong = 0;
  let pairs = 0;
  for (let j = 0; j < scores.length; j++) {
    if (labels[j] === 0) continue;
    for (let k = 0; k < scores.length; k++) {
      if (labels[k] !== 0) continue;
      pairs++;
      if (scores[k] > scores[j]) wrong++;
      else if (scores[k] === scores[j]) wrong += 0.5;
    }
  }
  return pairs === 0 ? 0 : wrong / pairs;
}
