/**
 * A sampler of one's own from its weights alone: say what evidence is needed, what is remembered of it and how the
 * weights follow. Draws, warm-up, trace, snapshots, importance weights and all checks come from here.
 */
import { UsageError } from "../../errors.ts";
import { SumTree } from "../draw/sum-tree.ts";
import type { Evidence, EvidenceKind, Sampler, SamplerState } from "../sampler.ts";
import type { SharedSettings } from "./epochs.ts";
import { requireEvidence } from "./evidence.ts";
import { type SamplerRequest, setupOf } from "./kind.ts";
import type { LastBatch } from "./pass.ts";
import { readInteger, readInto, readRecord } from "./snapshot.ts";
import { checkWarmUp, type TableOptions, tableSampler, type WeightTable } from "./table.ts";

/** What is remembered of the evidence, by name. */
export type RuleMemory = Readonly<Record<string, Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array>>;

/** How a sampler of one's own weighs the rows. */
export interface SelectionRule {
  readonly name: string;
  /** The evidence that `observe` reads; it arrives complete, finite and of the right length. */
  readonly needs: readonly EvidenceKind[];
  /**
   * Everything that the weights depend on and that changes: saved in snapshots and restored into the same arrays. What
   * a rule keeps elsewhere is lost when a run is resumed.
   */
  readonly memory: RuleMemory;
  /** Settings of the rule; a snapshot is restored only to a sampler that has the same. */
  readonly settings?: SharedSettings;
  /** s >= 1, where the rule promises that no weight is more than s times another. The weights are held to it. */
  readonly pressure?: number;
  /** Whether a batch changes the draws of the next one; default false: those of the next epoch. */
  readonly feedback?: boolean;
  /** Takes into the memory what the training step found for the rows of a batch. */
  observe(rows: Int32Array, evidence: Evidence): void;
  /**
   * Fills `weights`, `[rows]`, with positive finite numbers, from the memory alone: p_i = weight_i / their sum. Called
   * as an epoch begins, where `feedback` is set after each batch besides, and never in the warm-up after its first
   * epoch.
   */
  weigh(weights: Float64Array, epoch: number): void;
  /** What `selectionOf` says of a row besides what all samplers do; the same names for every row, at any time. */
  termsOf?(row: number): Readonly<Record<string, number>>;
}

/** Options of `weightedSampler`; pressure and schedule are the rule's own business. */
export interface WeightedOptions extends Omit<TableOptions, "pressure" | "schedule"> {
  /** What becomes of the rest of a pass over all rows; default carry. */
  readonly lastBatch?: LastBatch;
}

/**
 * A sampler that draws batches of distinct rows by the weights of the rule, one row after another without replacement,
 * after `warmUp` epochs (default 1) that visit every row once. Cost: O(log n) per row drawn, besides the rule's own.
 *
 * @throws UsageError for an option out of range; later, where a weight is not positive and finite, or beyond the
 * pressure
 */
export function weightedSampler(request: SamplerRequest, rule: SelectionRule, options: WeightedOptions = {}): Sampler {
  const { warmUp = 1, lastBatch = "carry", ...others } = options;
  const setup = setupOf(request, { lastBatch });
  return tableSampler(setup, tableOf(rule, request), { ...others, warmUp: checkWarmUp(warmUp) });
}

function tableOf(rule: SelectionRule, { labels }: SamplerRequest): WeightTable {
  const { name, needs, memory, settings = {}, pressure, feedback = false } = rule;
  if (pressure !== undefined && !(pressure >= 1 && pressure < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`sampler ${name}: pressure ${pressure}; expected a finite number of at least 1`);
  }
  const tree = new SumTree(labels.rows, 1);
  let epochOfWeights = 0;
  const weigh = (epoch: number): void => {
    epochOfWeights = epoch;
    const weights = new Float64Array(labels.rows);
    rule.weigh(weights, epoch);
    checkWeights(name, weights, pressure);
    tree.weights.set(weights);
    tree.rebuild();
  };
  return {
    name,
    needs,
    settings: pressure === undefined ? settings : { pressure, ...settings },
    feedback,
    tree,
    begin: weigh,
    observe(rows, evidence) {
      for (const kind of needs) requireEvidence(evidence, kind, rows, kind === "rowLosses" ? 1 : labels.columns);
      rule.observe(rows, evidence);
      if (feedback) weigh(epochOfWeights);
    },
    termsOf: (row) => rule.termsOf?.(row) ?? {},
    state: () => ({
      epoch: epochOfWeights,
      weights: tree.weights.slice(),
      memory: Object.fromEntries(Object.entries(memory).map(([key, values]) => [key, values.slice()])),
    }),
    restore(state: SamplerState) {
      const saved = readRecord(state, "memory");
      for (const [key, values] of Object.entries(memory)) {
        readInto(saved, key, values, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      }
      const epoch = readInteger(state, "epoch", 0, 2 ** 32 - 1);
      readInto(state, "weights", tree.weights, Number.MIN_VALUE, Number.MAX_VALUE);
      tree.rebuild();
      epochOfWeights = epoch;
    },
  };
}

/** @throws UsageError with the first row whose weight is wrong */
function checkWeights(name: string, weights: Float64Array, pressure: number | undefined): void {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const [row, weight] of weights.entries()) {
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new UsageError(`sampler ${name}: weight ${weight} of row ${row}; expected a positive finite number`);
    }
    least = Math.min(least, weight);
    most = Math.max(most, weight);
  }
  // A few roundings of the rule are not its fault.
  if (pressure === undefined || most <= pressure * least * (1 + 1e-9)) return;
  throw new UsageError(
    `sampler ${name}: its weights reach from ${least} to ${most}, more than ${pressure} times: its pressure is broken`,
  );
}
