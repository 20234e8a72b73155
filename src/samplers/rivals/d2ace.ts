/**
 * D2ACE: rows are drawn by a mixture of two tables, one of uncertainty and one of stable hardness, each weighted by
 * label and by the labels found near the row. From uncertain rows early in training the mixture moves to hard rows.
 */

import * as v from "valibot";
import { nearestNeighbours } from "../../data/imbalance/neighbours.ts";
import { UsageError } from "../../errors.ts";
import { choice, forPrograms, option } from "../../options.ts";
import { Powers } from "../draw/powers.ts";
import { minmaxWeights } from "../draw/quantize.ts";
import { linear, type Schedule } from "../draw/schedule.ts";
import { SumTree } from "../draw/sum-tree.ts";
import type { SamplerSetup, SharedSettings } from "../frame/epochs.ts";
import { requireEvidence } from "../frame/evidence.ts";
import { requireFeatures, type SamplerRequest, samplerKind, setupOf, tableOptions } from "../frame/kind.ts";
import { type LabelLists, labelLists } from "../frame/label-lists.ts";
import { rivalDefaults, rivalSchedule } from "../frame/rows-by-score.ts";
import { readInto, readRecord } from "../frame/snapshot.ts";
import { checkWarmUp, type TableOptions, tableSampler, type WeightTable } from "../frame/table.ts";
import type { Evidence, EvidenceKind, Sampler, SamplerState } from "../sampler.ts";
import { type CorrelationScratch, correlatedScores, correlationScratch, neighbourLabels } from "./local-correlation.ts";
import { PredictionWindow } from "./prediction-window.ts";

export interface D2aceOptions extends TableOptions {
  /** `[rows, k]` the k nearest neighbours of each row, itself excluded; the paper has k = 6. */
  readonly neighbours: Int32Array;
  /**
   * h = (1 - e^-L)(1 - F) in [0, 1] (`bounded`, default: the intended range), or (2 - e^-L)(1 - F) as the published
   * code computes.
   */
  readonly hardnessRange?: "bounded" | "published";
}

export const d2ace = samplerKind({
  name: "d2ace",
  draws: "uncertain rows at first, stably hard ones later",
  source: "paper arXiv 2605.09400 and code",
  options: v.strictObject({
    ...tableOptions(rivalDefaults),
    hardnessRange: option(
      "h = (1 - e^-L)(1 - F), the intended range, or (2 - e^-L)(1 - F) as the published code computes",
      choice(["bounded", "published"]),
      "bounded",
    ),
    neighbours: forPrograms(v.instance(Int32Array)),
  }),
  make: (request, options) =>
    d2aceSampler(setupOf(request, options), { ...options, neighbours: options.neighbours ?? sixNeighbours(request) }),
});

function sixNeighbours(request: SamplerRequest): Int32Array {
  const { kernel, search = nearestNeighbours } = request;
  return search(requireFeatures("d2ace", request), { k: 6, ...(kernel && { kernel }) }).indices;
}

/** Share of the uncertainty table: from 0.7 at epoch 10 to 0.3 at epoch 70. */
const mixture = linear(0.7, 0.3, 10, 70);

/**
 * E = u of `PredictionWindow`; F <- 0.7 |p_new - p_old| + 0.3 F; h = (1 - e^-L)(1 - F), L the last loss of the entry.
 * Each of E and h gives row scores (`correlatedScores`), each goes through `minmax`, and p = beta p_E + (1 - beta) p_h.
 * Rows never seen have E = h = 0 (L = 0). Tables are made once an epoch. Needs `scores` and `entryLosses`.
 * Defaults: warm-up 10 epochs; pressure 8 falling exponentially to 1 at the last epoch.
 * Source: arXiv 2605.09400 and its authors' code; the range of h is ours.
 *
 * @throws UsageError for an option out of range or neighbours that don't fit the rows.
 */
export function d2aceSampler(setup: SamplerSetup, options: D2aceOptions): Sampler {
  const warmUp = checkWarmUp(options.warmUp ?? rivalDefaults.warmUp);
  const lists = labelLists(setup.labels);
  return tableSampler(setup, new D2aceTable(setup, lists, options, warmUp), { ...options, warmUp }, lists);
}

export class D2aceTable implements WeightTable {
  readonly name = "d2ace";
  readonly needs: readonly EvidenceKind[] = ["scores", "entryLosses"];
  readonly settings: SharedSettings;
  readonly feedback = false;
  readonly tree: SumTree;
  readonly #rows: number;
  readonly #labels: number;
  readonly #lists: LabelLists; // P
  readonly #near: LabelLists; // Z
  readonly #schedule: Schedule;
  readonly #offset: number;
  readonly #window: PredictionWindow; // E
  readonly #flips: Float64Array; // [rows, labels] F
  readonly #hardness: Float64Array; // [rows, labels] h
  readonly #scores: Float64Array; // [rows]
  readonly #powers: Powers;
  readonly #scratch: CorrelationScratch;

  constructor(setup: SamplerSetup, lists: LabelLists, options: D2aceOptions, warmUp: number) {
    const { rows, columns } = lists;
    const { hardnessRange = "bounded" } = options;
    if (hardnessRange !== "bounded" && hardnessRange !== "published") {
      throw new UsageError(`hardnessRange "${hardnessRange}": expected bounded or published`);
    }
    const { schedule, settings } = rivalSchedule(setup, options, warmUp);
    this.settings = { ...settings, labels: columns, hardnessRange };
    this.tree = new SumTree(rows, 1);
    this.#rows = rows;
    this.#labels = columns;
    this.#lists = lists;
    this.#near = neighbourLabels(lists, options.neighbours);
    this.#schedule = schedule;
    this.#offset = hardnessRange === "bounded" ? 1 : 2;
    this.#window = new PredictionWindow(rows, columns);
    this.#flips = new Float64Array(rows * columns);
    this.#hardness = new Float64Array(rows * columns).fill(this.#offset - 1);
    this.#scores = new Float64Array(rows);
    this.#powers = new Powers(rows);
    this.#scratch = correlationScratch(columns);
  }

  begin(epoch: number): void {
    this.#powers.expect(this.#schedule(epoch));
    const share = mixture(epoch); // beta
    const { weights } = this.tree;
    weights.fill(0);
    this.#add(this.#window.uncertainty, share);
    this.#add(this.#hardness, 1 - share);
    this.tree.rebuild();
    this.#powers.expect(this.#schedule(epoch + 1));
  }

  /** Adds `share` times the probabilities that the `[rows, labels]` matrix gives to the weights. */
  #add(matrix: Float64Array, share: number): void {
    const scores = this.#scores;
    correlatedScores(matrix, this.#lists, this.#near, this.#scratch, scores);
    minmaxWeights(scores, this.#powers, scores);
    let total = 0;
    for (let i = 0; i < this.#rows; i++) total += scores[i];
    const { weights } = this.tree;
    for (let i = 0; i < this.#rows; i++) weights[i] = weights[i] + (share * scores[i]) / total;
  }

  observe(batch: Int32Array, evidence: Evidence): void {
    const labels = this.#labels;
    const values = requireEvidence(evidence, "scores", batch, labels);
    const losses = requireEvidence(evidence, "entryLosses", batch, labels);
    for (let k = 0; k < batch.length; k++) {
      const row = batch[k];
      for (let j = 0; j < labels; j++) {
        const entry = row * labels + j;
        const now = values[k * labels + j];
        const flip = Math.abs(now - (this.#window.newest(row, j) ?? now));
        const smoothed = 0.7 * flip + 0.3 * this.#flips[entry];
        this.#flips[entry] = smoothed;
        this.#hardness[entry] = (this.#offset - Math.exp(-losses[k * labels + j])) * (1 - smoothed);
      }
      this.#window.add(row, values, k * labels);
    }
    this.#powers.advance(2 * batch.length);
  }

  /** Means over the labels of E, h and F. */
  termsOf(row: number): Readonly<Record<string, number>> {
    const mean = (matrix: Float64Array): number => {
      let total = 0;
      for (let j = 0; j < this.#labels; j++) total += matrix[row * this.#labels + j];
      return total / Math.max(1, this.#labels);
    };
    return { uncertainty: mean(this.#window.uncertainty), hardness: mean(this.#hardness), change: mean(this.#flips) };
  }

  state(): SamplerState {
    return {
      weights: this.tree.weights.slice(),
      window: this.#window.state(),
      flips: this.#flips.slice(),
      hardness: this.#hardness.slice(),
    };
  }

  restore(state: SamplerState): void {
    readInto(state, "weights", this.tree.weights, Number.MIN_VALUE, 1);
    this.tree.rebuild();
    this.#window.restore(readRecord(state, "window"));
    readInto(state, "flips", this.#flips, 0, 1);
    readInto(state, "hardness", this.#hardness, 0, 2);
  }
}
