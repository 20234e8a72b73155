/**
 * The frame of the rivals that draw by a score per row: once an epoch the scores are quantized between their minimum
 * and maximum (`minmax`) under a falling pressure. What the score is, each of them says.
 */

import { Powers } from "../draw/powers.ts";
import { minmaxWeights } from "../draw/quantize.ts";
import { pressureSchedule, type Schedule } from "../draw/schedule.ts";
import { SumTree } from "../draw/sum-tree.ts";
import type { Evidence, EvidenceKind, SamplerState } from "../sampler.ts";
import type { SamplerSetup, SharedSettings } from "./epochs.ts";
import { NextWeights } from "./next-weights.ts";
import { readInto, readRecord } from "./snapshot.ts";
import type { TableOptions, WeightTable } from "./table.ts";

/** A score per row, higher for rows to be drawn more often. */
export interface RowScores {
  readonly name: string;
  readonly needs: readonly EvidenceKind[];
  readonly settings: SharedSettings;
  /** `[rows]` the scores, kept by `observe` for the rows of a batch or by `refresh` for all. */
  readonly scores: Float64Array;
  observe(rows: Int32Array, evidence: Evidence): void;
  /** Brings all scores up to date, once an epoch: only where what is observed of one row may change those of others. */
  refresh?(): void;
  /** A part of what `refresh` needs, after each batch whose epoch it ends, `left` batches before. */
  prepare?(batch: Int32Array, left: number): void;
  /** What is known of a row, by name. */
  termsOf(row: number): Readonly<Record<string, number>>;
  state(): SamplerState;
  restore(state: SamplerState): void;
}

/**
 * What the rivals do where their options don't say otherwise: pressure 8 falling exponentially to 1 at the last epoch.
 */
export const rivalDefaults = { pressure: 8, schedule: "exponential", warmUp: 10 } as const;

/** The pressure of the rivals over the epochs, and what a saved state has to share of it. */
export function rivalSchedule(
  setup: SamplerSetup,
  options: TableOptions,
  warmUp: number,
): { schedule: Schedule; settings: SharedSettings } {
  const { pressure, schedule } = { ...rivalDefaults, ...options };
  const { epochs } = setup;
  const chosen = { pressure, schedule, warmUp, ...(epochs === undefined ? {} : { epochs }) };
  const settings = { pressure, schedule, epochs: schedule === "constant" ? 0 : (epochs ?? 0) };
  return { schedule: pressureSchedule(chosen), settings };
}

/** Draws by `minmax` of the scores as they stand at the beginning of each epoch. */
export function scoreTable(setup: SamplerSetup, scores: RowScores, options: TableOptions, warmUp: number): WeightTable {
  const { schedule, settings } = rivalSchedule(setup, options, warmUp);
  const tree = new SumTree(setup.labels.rows, 1);
  const weights = scores.refresh === undefined ? new NextWeights(scores.scores) : new RefreshedWeights(scores);
  return {
    name: scores.name,
    needs: scores.needs,
    settings: { ...settings, ...scores.settings },
    feedback: false,
    tree,
    begin(epoch) {
      weights.begin(tree, schedule(epoch), schedule(epoch + 1));
    },
    observe(batch, evidence) {
      scores.observe(batch, evidence);
      weights.update(batch);
    },
    prepare: (batch, left) => scores.prepare?.(batch, left),
    termsOf: (row) => scores.termsOf(row),
    state: () => ({ weights: tree.weights.slice(), scores: scores.state() }),
    restore(state: SamplerState): void {
      readInto(state, "weights", tree.weights, Number.MIN_VALUE, 1);
      tree.rebuild();
      scores.restore(readRecord(state, "scores"));
      weights.updateAll();
    },
  };
}

/** The weights of scores that are known once an epoch has ended: made then, all but the exponentials. */
class RefreshedWeights {
  readonly #of: RowScores;
  readonly #powers: Powers;

  constructor(scores: RowScores) {
    this.#of = scores;
    this.#powers = new Powers(scores.scores.length);
  }

  update(batch: Int32Array): void {
    this.#powers.advance(2 * batch.length);
  }

  updateAll(): void {}

  begin(tree: SumTree, pressure: number, expected: number): void {
    this.#powers.expect(pressure);
    this.#of.refresh?.();
    minmaxWeights(this.#of.scores, this.#powers, tree.weights);
    tree.rebuild();
    this.#powers.expect(expected);
  }
}
