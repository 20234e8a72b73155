/**
 * Selection by probability: a warm-up that visits every row once an epoch, then batches of distinct rows drawn by the
 * weights of a table. Each of the samplers drawn by probability is a `WeightTable`; this file draws from it.
 */

import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { importanceWeights } from "../draw/importance.ts";
import type { ScheduleKind } from "../draw/schedule.ts";
import { putBack, type SumTree, takeDistinct } from "../draw/sum-tree.ts";
import type { Evidence, EvidenceKind, SamplerState } from "../sampler.ts";
import { EpochSampler, type Moment, type SamplerSetup, type Selection, type SharedSettings } from "./epochs.ts";
import { type LabelLists, labelLists } from "./label-lists.ts";
import { Pass, type PassOrder } from "./pass.ts";
import { readInteger, readRecord } from "./snapshot.ts";
import { spreadOf, uniformSpread } from "./spread.ts";

/** Selection weights and how evidence changes them. */
export interface WeightTable {
  readonly name: string;
  readonly needs: readonly EvidenceKind[];
  readonly settings: SharedSettings;
  /** Whether evidence changes the weights at once; else it waits for the next `begin`. */
  readonly feedback: boolean;
  /** The weights in force: p_i = weight_i / total, all positive. */
  readonly tree: SumTree;
  /** Brings the weights up to date for the epoch; not called for epochs of the warm-up after the first. */
  begin(epoch: number): void;
  observe(rows: Int32Array, evidence: Evidence): void;
  /**
   * Called once `observe` has taken a batch in, where `begin` follows at the end of the epoch, after `left` further
   * batches: the place for work that would otherwise wait for `begin`, a part at a time. What is drawn must not depend
   * on it.
   */
  prepare?(rows: Int32Array, left: number): void;
  /** What the table knows of a row, by name. */
  termsOf(row: number): Readonly<Record<string, number>>;
  state(): SamplerState;
  restore(state: SamplerState): void;
}

/** Options of every sampler drawn by probability; where they are left out, each sampler's own defaults hold. */
export interface TableOptions {
  /** Selection pressure s >= 1: no row is more than s times as likely as another (for a falling schedule, at first). */
  readonly pressure?: number;
  readonly schedule?: ScheduleKind;
  /** Epochs at the beginning in which every row is used once, 0 or more. */
  readonly warmUp?: number;
  /** Order of the warm-up: a fresh shuffle each epoch (default), or the order of the data as in the authors' code. */
  readonly warmUpOrder?: PassOrder;
  /** Compute importance weights, with which the weighted batch mean is an unbiased estimate of the uniform risk. */
  readonly unbiased?: boolean;
}

/** Fills `batch` with distinct rows, leaving them at weight 0 in the tree and their weights in `taken`. */
export type DrawRule = (tree: SumTree, random: Random, batch: Int32Array, taken: Float64Array) => void;

/** @throws UsageError unless `warmUp` is a whole number, 0 or more. */
export function checkWarmUp(warmUp: number): number {
  if (!Number.isInteger(warmUp) || warmUp < 0) {
    throw new UsageError(`warm-up ${warmUp}: expected a whole number of epochs, 0 or more`);
  }
  return warmUp;
}

/** A sampler that draws from the table after `warmUp` epochs. `draw` is by successive draws unless told otherwise. */
export function tableSampler(
  setup: SamplerSetup,
  table: WeightTable,
  options: TableOptions & { readonly warmUp: number },
  lists: LabelLists = labelLists(setup.labels),
  draw: DrawRule = takeDistinct,
): EpochSampler {
  return new EpochSampler(setup, new TableSelection(table, setup, options, draw), lists);
}

class TableSelection implements Selection {
  readonly name: string;
  readonly needs: readonly EvidenceKind[];
  readonly settings: SharedSettings;
  readonly pressure?: number;
  readonly importance?: Float64Array;
  readonly #table: WeightTable;
  readonly #pass: Pass;
  readonly #warmUp: number;
  readonly #draw: DrawRule;
  readonly #taken: Float64Array; // [batch]
  #warmingUp = true;
  /** `[rows]` the weights as the epoch began, where they change in it. */
  #asBegun: Float64Array | undefined;

  constructor(
    table: WeightTable,
    { batchSize, lastBatch }: SamplerSetup,
    options: TableOptions & { readonly warmUp: number },
    draw: DrawRule,
  ) {
    const { warmUp, warmUpOrder = "shuffled", unbiased = false } = options;
    this.name = table.name;
    this.needs = table.needs;
    this.settings = { warmUp, warmUpOrder, unbiased, ...table.settings };
    const { pressure } = table.settings;
    if (typeof pressure === "number") this.pressure = pressure;
    this.#table = table;
    this.#pass = new Pass(table.tree.rows, warmUpOrder, lastBatch);
    this.#warmUp = warmUp;
    this.#draw = draw;
    this.#taken = new Float64Array(batchSize);
    if (unbiased) this.importance = new Float64Array(batchSize).fill(1);
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
      this.importance?.fill(1);
      return this.#pass.draw(batch, random);
    }
    const { tree } = this.#table;
    this.#draw(tree, random, batch, this.#taken);
    if (this.importance !== undefined) importanceWeights(this.#taken, tree.total, tree.rows, this.importance);
    putBack(tree, batch, this.#taken);
    return batch.length;
  }

  observe(rows: Int32Array, evidence: Evidence, { epoch, left }: Moment): void {
    this.#table.observe(rows, evidence);
    if (epoch + 1 >= this.#warmUp) this.#table.prepare?.(rows, left);
  }

  probabilities(target: Float64Array): void {
    const { tree } = this.#table;
    if (this.#warmingUp) target.fill(1 / tree.rows);
    else for (let i = 0; i < target.length; i++) target[i] = tree.get(i) / tree.total;
  }

  probabilityOf(row: number): number {
    const { tree } = this.#table;
    return this.#warmingUp ? 1 / tree.rows : tree.get(row) / tree.total;
  }

  termsOf(row: number): Readonly<Record<string, number>> {
    return { selectionWeight: this.#table.tree.get(row), ...this.#table.termsOf(row) };
  }

  spread() {
    const { tree } = this.#table;
    if (this.#warmingUp) return uniformSpread(tree.rows);
    if (!this.#table.feedback) return spreadOf(tree.weights, tree.total);
    this.#asBegun ??= new Float64Array(tree.rows);
    this.#asBegun.set(tree.weights);
    return spreadOf(this.#asBegun, tree.total);
  }

  state(): SamplerState {
    return {
      warmingUp: this.#warmingUp ? 1 : 0,
      pass: this.#pass.state(),
      table: this.#table.state(),
    };
  }

  restore(state: SamplerState): void {
    const warmingUp = readInteger(state, "warmingUp", 0, 1) === 1;
    this.#pass.restore(readRecord(state, "pass"));
    this.#table.restore(readRecord(state, "table"));
    this.#warmingUp = warmingUp;
  }
}
