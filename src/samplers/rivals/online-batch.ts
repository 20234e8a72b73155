/**
 * Online batch selection: the probability of a row falls exponentially with the rank of its last known loss.
 * Looks at ranks only, never at how far apart the losses are.
 */

import * as v from "valibot";
import { Powers } from "../draw/powers.ts";
import { RowOrder } from "../draw/row-order.ts";
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
  const order = new RowOrder(rows);
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
      rankWeights(losses, order.ascending(losses), powers, tree.weights);
      tree.rebuild();
      powers.expect(schedule(epoch + 1));
    },
    observe(batch: Int32Array, evidence: Evidence): void {
      const values = requireEvidence(evidence, "rowLosses", batch, 1);
      // Adding 0 turns -0 into 0.
      for (let k = 0; k < batch.length; k++) losses[batch[k]] = values[k] + 0;
      powers.advance(2 * batch.length);
    },
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
    },
  };
}

/**
 * Writes the mean of exp(-c r), c = ln s / n, over the ranks r that rows of the same loss share. `order` has the rows
 * from the lowest loss to the highest.
 */
function rankWeights(losses: Float32Array, order: Int32Array, powers: Powers, weights: Float64Array): void {
  const rows = losses.length;
  const rate = Math.log(powers.pressure) / rows; // c
  for (let first = 0; first < rows; ) {
    const loss = losses[order[first]];
    let next = first + 1;
    while (next < rows && losses[order[next]] === loss) next++;
    const rank = rows - next + 1; // the best of the shared ranks
    const shared = next - first;
    // The geometric series over the shared ranks, divided by their number; 1 where s = 1.
    const mean = rate === 0 || shared === 1 ? 1 : Math.expm1(-rate * shared) / (shared * Math.expm1(-rate));
    const weight = powers.of(rank) * mean;
    for (; first < next; first++) weights[order[first]] = weight;
  }
}
