/**
 * The label-correlation variant of the adaptive sampler. Ours: the paper says only that rows are selected in a chain
 * using the label correlations A; the rule below is this project's reconstruction, and results with it are not the
 * paper's.
 */

import * as v from "valibot";
import { symmetricConditionalProbability } from "../data/imbalance/weights.ts";
import { UsageError } from "../errors.ts";
import { decimal, forPrograms, option } from "../options.ts";
import type { Random } from "../random.ts";
import { type AdaptiveOptions, adaptiveDefaults, adaptiveOptions, adaptiveTable } from "./adaptive.ts";
import type { SumTree } from "./draw/sum-tree.ts";
import type { SamplerSetup } from "./frame/epochs.ts";
import { instanceWeights } from "./frame/instance-weights.ts";
import { samplerKind, setupOf } from "./frame/kind.ts";
import { type LabelLists, labelLists } from "./frame/label-lists.ts";
import { checkWarmUp, type DrawRule, tableSampler, type WeightTable } from "./frame/table.ts";
import type { Sampler } from "./sampler.ts";

export interface AdaptiveChainOptions extends AdaptiveOptions {
  /** `[labels, labels]` symmetric conditional probabilities A_jk in [0, 1], diagonal 0. */
  readonly correlation: Float64Array;
  /** Strength of the chain, 0 (none) to 100; default 1. A draw takes at most 1 + kappa trials on average. */
  readonly kappa?: number;
}

/** The rejection takes up to 1 + kappa trials a draw. */
const largestKappa = 100;

export const adaptiveChain = samplerKind({
  name: "adaptiveChain",
  draws: "the same, each row tied by its labels to the one before",
  source: "**ours**, a reconstruction",
  options: v.strictObject({
    ...adaptiveOptions,
    kappa: option("strength of the chain, 0 for none", decimal(0, largestKappa), 1),
    correlation: forPrograms(v.instance(Float64Array)),
  }),
  make: (request, options) =>
    adaptiveChainSampler(setupOf(request, options), {
      ...options,
      weights: instanceWeights("adaptiveChain", request, options),
      correlation: options.correlation ?? symmetricConditionalProbability(request.labels),
    }),
});

/**
 * Ours, a reconstruction. The first row of a batch is drawn by the adaptive sampler's p; each further one, without
 * replacement, by
 *
 *     p_t(i) ~ p_i (1 + kappa a(previous, i)),   a(u, i) = sum_{j in Y_u} sum_{k in Y_i} A_jk / max(1, |Y_u| |Y_i|),
 *
 * through rejection: a row drawn by p is kept with probability (1 + kappa a) / (1 + kappa). The table, its options and
 * its defaults are those of `adaptiveSampler`; needs `rowLosses`.
 *
 * @throws UsageError for an option out of range, a matrix of the wrong size, or `unbiased`: the chain's inclusion
 * probabilities are not known, so there are no importance weights for it.
 */
export function adaptiveChainSampler(setup: SamplerSetup, options: AdaptiveChainOptions): Sampler {
  const { correlation, kappa = 1 } = options;
  const { columns } = setup.labels;
  if (!(kappa >= 0 && kappa <= largestKappa)) {
    throw new UsageError(`kappa ${kappa}: expected a number from 0 (no chain) to ${largestKappa}`);
  }
  if (correlation.length !== columns * columns) {
    throw new UsageError(
      `label correlation: ${correlation.length} entries, but ${columns} labels need ${columns * columns}`,
    );
  }
  const wrong = correlation.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong >= 0) throw new UsageError(`label correlation: entry ${wrong} is ${correlation[wrong]}; expected 0 to 1`);
  if (options.unbiased === true) {
    throw new UsageError(
      "adaptiveChain can't be unbiased: the inclusion probabilities of its draws are not known; use adaptive",
    );
  }
  const warmUp = checkWarmUp(options.warmUp ?? adaptiveDefaults.warmUp);
  const lists = labelLists(setup.labels);
  const adaptive = adaptiveTable("adaptiveChain", setup, options, warmUp);
  const table: WeightTable = {
    name: adaptive.name,
    needs: adaptive.needs,
    settings: { ...adaptive.settings, kappa },
    feedback: adaptive.feedback,
    tree: adaptive.tree,
    begin: (epoch) => adaptive.begin(epoch),
    observe: (rows, evidence) => adaptive.observe(rows, evidence),
    prepare: (rows, left) => adaptive.prepare(rows, left),
    termsOf: (row) => adaptive.termsOf(row),
    state: () => adaptive.state(),
    restore: (state) => adaptive.restore(state),
  };
  return tableSampler(setup, table, { ...options, warmUp }, lists, chainRule(lists, correlation, kappa));
}

/** Mean correlation a(u, i) between the labels of two rows, in [0, 1]; 0 where one of them has none. */
export function rowCorrelation(lists: LabelLists, correlation: Float64Array, u: number, i: number): number {
  const { offsets, items, columns } = lists;
  const first = offsets[u];
  const last = offsets[u + 1];
  const from = offsets[i];
  const to = offsets[i + 1];
  let sum = 0;
  for (let e = first; e < last; e++) {
    const line = items[e] * columns;
    for (let f = from; f < to; f++) sum += correlation[line + items[f]];
  }
  return sum / Math.max(1, (last - first) * (to - from));
}

function chainRule(lists: LabelLists, correlation: Float64Array, kappa: number): DrawRule {
  return (tree: SumTree, random: Random, batch: Int32Array, taken: Float64Array) => {
    for (let k = 0; k < batch.length; k++) {
      let row = tree.find(random.uniform());
      while (k > 0) {
        const a = rowCorrelation(lists, correlation, batch[k - 1], row);
        if (random.uniform() * (1 + kappa) < 1 + kappa * a) break;
        row = tree.find(random.uniform());
      }
      batch[k] = row;
      taken[k] = tree.get(row);
      tree.set(row, 0);
    }
  };
}
