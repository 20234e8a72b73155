/**
 * Selection guided by uncertainty and dynamic label correlation: rows whose predictions are undecided and changing are
 * drawn more often, each label counting by how much it tells about the others.
 */

import * as v from "valibot";
import { UsageError } from "../../errors.ts";
import { choice, option } from "../../options.ts";
import type { SamplerSetup } from "../frame/epochs.ts";
import { requireEvidence } from "../frame/evidence.ts";
import { samplerKind, setupOf, tableOptions } from "../frame/kind.ts";
import { type RowScores, rivalDefaults, scoreTable } from "../frame/rows-by-score.ts";
import { checkWarmUp, type TableOptions, tableSampler } from "../frame/table.ts";
import type { Evidence, EvidenceKind, Sampler } from "../sampler.ts";
import { MutualInformation } from "./mutual-information.ts";
import { PredictionWindow } from "./prediction-window.ts";

export interface UncertaintyOptions extends TableOptions {
  /**
   * Label correlation: mutual information of the uncertainties (the paper), or none: all ones (what the published code
   * runs).
   */
  readonly correlation?: "mutualInformation" | "none";
}

/** The share of an epoch's rows still to come when the counts of all rows begin. */
const countedShare = 1 / 8;

export const uncertainty = samplerKind({
  name: "uncertainty",
  draws: "undecided and changing predictions",
  source: "paper arXiv 2412.16521 and code",
  options: v.strictObject({
    ...tableOptions(rivalDefaults),
    correlation: option(
      "of the labels' uncertainties: mutual information (the paper), or none: all ones (what the published code runs)",
      choice(["mutualInformation", "none"]),
      "mutualInformation",
    ),
  }),
  make: (request, options) => uncertaintySampler(setupOf(request, options), options),
});

/**
 * w = row sums of u C, then `minmax`: u of `PredictionWindow`, C of `MutualInformation`, both at the end of each epoch.
 * Needs `scores`. Defaults: mutual information; warm-up 10 epochs; pressure 8 falling exponentially to 1 at the last
 * epoch. Source: arXiv 2412.16521 and its authors' code; in the latter C is all ones.
 *
 * @throws UsageError for an option out of range.
 */
export function uncertaintySampler(setup: SamplerSetup, options: UncertaintyOptions = {}): Sampler {
  const warmUp = checkWarmUp(options.warmUp ?? rivalDefaults.warmUp);
  const scores = correlatedUncertainty(setup.labels.rows, setup.labels.columns, options.correlation);
  return tableSampler(setup, scoreTable(setup, scores, options, warmUp), { ...options, warmUp });
}

export function correlatedUncertainty(
  rows: number,
  labels: number,
  correlation: "mutualInformation" | "none" = "mutualInformation",
): RowScores {
  if (correlation !== "mutualInformation" && correlation !== "none") {
    throw new UsageError(`correlation "${correlation}": expected mutualInformation or none`);
  }
  const window = new PredictionWindow(rows, labels);
  const information = correlation === "none" ? undefined : new MutualInformation(rows, labels);
  const matrix = new Float64Array(labels * labels).fill(1); // C
  const labelSums = new Float64Array(labels).fill(labels); // sum_k C_jk
  const scores = new Float64Array(rows);
  const needs: readonly EvidenceKind[] = ["scores"];
  /** sum_k (u C)_ik = sum_j u_ij sum_k C_jk */
  const scoreOf = (row: number): number => {
    const { uncertainty } = window;
    const from = row * labels;
    let score = 0;
    for (let j = 0; j < labels; j++) score += uncertainty[from + j] * labelSums[j];
    return score;
  };
  const observed = (row: number): void => {
    if (information) information.change(row, window.uncertainty);
    else scores[row] = scoreOf(row);
  };
  return {
    name: "uncertainty",
    needs,
    settings: { labels, correlation },
    scores,
    observe(batch: Int32Array, evidence: Evidence): void {
      const values = requireEvidence(evidence, "scores", batch, labels);
      for (let k = 0; k < batch.length; k++) {
        window.add(batch[k], values, k * labels);
        observed(batch[k]);
      }
    },
    ...(information && {
      refresh(): void {
        information.measure(matrix);
        for (let j = 0; j < labels; j++) {
          let sum = 0;
          for (let k = 0; k < labels; k++) sum += matrix[j * labels + k];
          labelSums[j] = sum;
        }
        for (let row = 0; row < rows; row++) scores[row] = scoreOf(row);
      },
      prepare(batch: Int32Array, left: number): void {
        if (left * batch.length <= rows * countedShare) information.prepare(left);
      },
    }),
    termsOf(row: number) {
      let total = 0;
      for (let j = 0; j < labels; j++) total += window.uncertainty[row * labels + j];
      return { uncertainty: total / Math.max(1, labels) };
    },
    state: () => window.state(),
    restore(state) {
      window.restore(state);
      information?.restart();
      for (let row = 0; row < rows; row++) observed(row);
    },
  };
}
