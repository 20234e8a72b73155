/**
 * Online batch selection: the probability of a row falls exponentially with the rank of its last known loss.
 * Looks at ranks only, never at how far apart the losses are.
 */

import * as v from "valibot";
import { Powers } from "../draw/powers.ts";
import { stepRows } from "../draw/row-order.ts";
import { type InOrder, SortedRows } from "../draw/sorted-rows.ts";
import { SumTree } from "../draw/sum-tree.ts";
import type { SamplerSetup } from "../frame/epochs.ts";
import { requireEvidence } from "../frame/evidence.ts";
import { samplerKind, setupOf, tableOptions } from "../frame/kind.ts";
import { rivalDefaults, rivalSchedule } from "../frame/rows-by-score.ts";
import { readInto } from "../frame/snapshot.ts";
import { checkWarmUp, type TableOptions, tableSampler, type WeightTable } from "../frame/table.ts";
import type { Evidence, EvidenceKind, Sampler, SamplerState } from "../sampler.ts";

const warmUpEpochs = 1;

export const onlineBatch = samplerKind({
  name: "onlineBatch",
  draws: "high ranks of the last loss",
  source: "Loshchilov and Hutter 2015",
  options: v.strictObject(tableOptions({ ...rivalDefaults, warmUp: warmUpEpochs })),
  make: (request, options) => onlineBatchSampler(setupOf(request, options), options),
});

/**
 * p(r) ~ exp(ln s / n)^(-r), rank r = 1 for the highest loss, ranks taken once an epoch. Tied rows share the mean
 * weight of their ranks, so that equal losses have equal chances; rows never seen count as loss 0. Needs `rowLosses`.
 * Defaults: warm-up 1 epoch; pressure 8 falling exponentially to 1 at the last epoch, as for the other rivals.
 * Source: Loshchilov and Hutter 2015 (arXiv 1511.06343), the rule; ties and defaults are ours.
 *
 * @throws UsageError for an option out of range.
 */
export function onlineBatchSampler(setup: SamplerSetup, options: TableOptions = {}): Sampler {
  const warmUp = checkWarmUp(options.warmUp ?? warmUpEpochs);
  return tableSampler(setup, onlineBatchTable(setup, options, warmUp), { ...options, warmUp });
}

export function onlineBatchTable(setup: SamplerSetup, options: TableOptions, warmUp: number): WeightTable {
  const rows = setup.labels.rows;
  const { schedule, settings } = rivalSchedule(setup, options, warmUp);
  const tree = new SumTree(rows, 1);
  const losses = new Float32Array(rows);
  const sorted = new SortedRows(losses);
  const powers = new Powers(rows);
  const needs: readonly EvidenceKind[] = ["rowLosses"];
  return {
    name: "onlineBatch",
    needs,
    settings,
    feedback: false,
    tree,
    begin(epoch: number): void {
      powers.expect(schedule(epoch));
      rankWeights(sorted.finish(), powers, tree.weights);
      tree.rebuild();
      powers.expect(schedule(epoch + 1));
    },
    observe(batch: Int32Array, evidence: Evidence): void {
      const values = requireEvidence(evidence, "rowLosses", batch, 1);
      // Adding 0 turns -0 into 0.
      for (let k = 0; k < batch.length; k++) losses[batch[k]] = values[k] + 0;
      powers.advance(2 * batch.length);
    },
    prepare: (batch, left) => sorted.update(batch, left),
    termsOf(row: number) {
      let higher = 0;
      let equal = 0;
      for (const loss of losses) {
        if (loss > losses[row]) higher++;
        if (loss === losses[row]) equal++;
      }
      return { loss: losses[row], rank: higher + (equal + 1) / 2 };
    },
    state: (): SamplerState => ({ losses: losses.slice(), weights: tree.weights.slice() }),
    restore(state: SamplerState): void {
      readInto(state, "losses", losses, 0, Number.MAX_VALUE);
      readInto(state, "weights", tree.weights, Number.MIN_VALUE, 1);
      tree.rebuild();
      sorted.restart();
    },
  };
}

/** Writes the mean of exp(-c r), c = ln s / n, over the ranks r that rows of the same loss share. */
function rankWeights({ rows, numbers }: InOrder, powers: Powers, weights: Float64Array): void {
  const count = rows.length;
  const ofRank = powers.all();
  const rate = Math.log(powers.pressure) / count; // c
  const means = Float64Array.from({ length: meansKept }, (_, shared) => sharedMean(rate, shared));
  const part = new Float64Array(stepRows);
  let next = 0; // the place behind those that share a loss
  let weight = 0;
  for (let from = 0; from < count; from += stepRows) {
    const end = Math.min(count, from + stepRows);
    for (let place = from; place < end; ) {
      if (place === next) {
        while (next < count && numbers[next] === numbers[place]) next++;
        const shared = next - place;
        const mean = shared < meansKept ? means[shared] : sharedMean(rate, shared);
        weight = ofRank[count - next + 1] * mean; // from the best of the shared ranks
      }
      for (const stop = Math.min(next, end); place < stop; place++) part[place - from] = weight;
    }
    // Apart from the search for ties: rows lie far from each other.
    for (let place = from; place < end; place++) weights[rows[place]] = part[place - from];
  }
}

/** Ties of fewer rows are frequent among float32 losses: each size is worked out once. */
const meansKept = 64;

/** The geometric series exp(-c r) over shared ranks from r = 0, divided by their number; 1 where s = 1. */
function sharedMean(rate: number, shared: number): number {
  if (rate === 0 || shared === 1) return 1;
  return Math.expm1(-rate * shared) / (shared * Math.expm1(-rate));
}
