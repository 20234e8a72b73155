/**
 * A control of the method (ours): rows are drawn as at pressure 1, and each counts in the loss by n p of an adaptive
 * table that follows what is observed. The expected gradient is that of drawing by p, to first order in batch / rows,
 * without the sampling.
 */

import * as v from "valibot";
import type { Random } from "../random.ts";
import { type AdaptiveOptions, adaptiveDefaults, adaptiveOptions, adaptiveTable } from "./adaptive.ts";
import type { AdaptiveTable } from "./adaptive-table.ts";
import { putBack, SumTree, takeDistinct } from "./draw/sum-tree.ts";
import { EpochSampler, type Moment, type SamplerSetup, type Selection, type SharedSettings } from "./frame/epochs.ts";
import { instanceWeights } from "./frame/instance-weights.ts";
import { samplerKind, setupOf } from "./frame/kind.ts";
import { Pass } from "./frame/pass.ts";
import { readInteger, readRecord } from "./frame/snapshot.ts";
import { uniformSpread } from "./frame/spread.ts";
import { checkWarmUp } from "./frame/table.ts";
import type { Evidence, EvidenceKind, Sampler, SamplerState } from "./sampler.ts";

export type ReweightedOptions = Omit<AdaptiveOptions, "unbiased">;

const { unbiased: _, ...options } = adaptiveOptions;

export const reweighted = samplerKind({
  name: "reweighted",
  draws: "nothing: as at pressure 1, but weighs the loss of each row by n p of `adaptive`",
  source: "**ours**, a control",
  options: v.strictObject(options),
  make: (request, given) =>
    reweightedSampler(setupOf(request, given), { ...given, weights: instanceWeights("reweighted", request, given) }),
});

/**
 * Every row alike in each draw; `importanceWeights` are n p_i of `adaptiveSampler`'s table, 1 in the warm-up. Needs
 * what its hardness needs.
 *
 * @throws UsageError for an option out of range, or weights that don't fit the rows.
 */
export function reweightedSampler(setup: SamplerSetup, options: ReweightedOptions = {}): Sampler {
  const warmUp = checkWarmUp(options.warmUp ?? adaptiveDefaults.warmUp);
  return new EpochSampler(setup, new ReweightedSelection(setup, options, warmUp));
}

class ReweightedSelection implements Selection {
  readonly name = "reweighted";
  readonly needs: readonly EvidenceKind[];
  readonly settings: SharedSettings;
  readonly pressure = 1;
  readonly importance: Float64Array;
  readonly #rows: number;
  readonly #table: AdaptiveTable;
  readonly #even: SumTree;
  readonly #pass: Pass;
  readonly #warmUp: number;
  readonly #taken: Float64Array; // [batch]
  #warmingUp = true;

  constructor(setup: SamplerSetup, options: ReweightedOptions, warmUp: number) {
    const { warmUpOrder = "shuffled" } = options;
    this.#rows = setup.labels.rows;
    this.#table = adaptiveTable("reweighted", setup, options, warmUp);
    this.#even = new SumTree(this.#rows, 1);
    this.#pass = new Pass(this.#rows, warmUpOrder, setup.lastBatch);
    this.#warmUp = warmUp;
    this.#taken = new Float64Array(setup.batchSize);
    this.importance = new Float64Array(setup.batchSize).fill(1);
    this.needs = this.#table.needs;
    this.settings = { warmUp, warmUpOrder, ...this.#table.settings };
  }

  get feedback(): boolean {
    return this.#table.feedback && !this.#warmingUp;
  }

  begin(epoch: number): void {
    this.#warmingUp = epoch < this.#warmUp;
    if (this.#warmingUp) this.#pass.begin();
    if (!this.#warmingUp || epoch === 0) this.#table.begin(epoch);
  }

  draw(batch: Int32Array, random: Random): number {
    if (this.#warmingUp) {
      this.importance.fill(1);
      return this.#pass.draw(batch, random);
    }
    takeDistinct(this.#even, random, batch, this.#taken);
    putBack(this.#even, batch, this.#taken);
    for (let k = 0; k < batch.length; k++) this.importance[k] = this.#lossWeight(batch[k]);
    return batch.length;
  }

  /** n p_i, 1 in the warm-up. */
  #lossWeight(row: number): number {
    const { tree } = this.#table;
    return this.#warmingUp ? 1 : (this.#rows * tree.get(row)) / tree.total;
  }

  observe(rows: Int32Array, evidence: Evidence, { epoch, left }: Moment): void {
    this.#table.observe(rows, evidence);
    if (epoch + 1 >= this.#warmUp) this.#table.prepare(rows, left);
  }

  probabilities(target: Float64Array): void {
    target.fill(1 / this.#rows);
  }

  probabilityOf(): number {
    return 1 / this.#rows;
  }

  termsOf(row: number): Readonly<Record<string, number>> {
    return { lossWeight: this.#lossWeight(row), ...this.#table.termsOf(row) };
  }

  spread() {
    return uniformSpread(this.#rows);
  }

  state(): SamplerState {
    return { warmingUp: this.#warmingUp ? 1 : 0, pass: this.#pass.state(), table: this.#table.state() };
  }

  restore(state: SamplerState): void {
    const warmingUp = readInteger(state, "warmingUp", 0, 1) === 1;
    this.#pass.restore(readRecord(state, "pass"));
    this.#table.restore(readRecord(state, "table"));
    this.#warmingUp = warmingUp;
  }
}
