/**
 * The method of the project: rows are drawn by the quantized adaptive loss, which highlights hard and imbalanced rows.
 * Keeps z, its maximum and the table of selection weights up to date in O(log n) a row; the weights w come from outside.
 */

import * as v from "valibot";
import { UsageError } from "../errors.ts";
import { choice, forPrograms, option } from "../options.ts";
import { MaximumTree } from "./draw/maximum-tree.ts";
import { pressureWeight, quantizationIndex } from "./draw/quantize.ts";
import { type PressureOptions, pressureSchedule, type Schedule } from "./draw/schedule.ts";
import { SumTree } from "./draw/sum-tree.ts";
import type { SamplerSetup, SharedSettings } from "./frame/epochs.ts";
import { requireEvidence } from "./frame/evidence.ts";
import { imbalanceOptions, instanceWeights } from "./frame/instance-weights.ts";
import { samplerKind, setupOf, tableOptions } from "./frame/kind.ts";
import { readInteger, readInto, readNumber } from "./frame/snapshot.ts";
import { checkWarmUp, type TableOptions, tableSampler, type WeightTable } from "./frame/table.ts";
import type { Evidence, EvidenceKind, Sampler, SamplerState } from "./sampler.ts";

/**
 * When the table changes: `epoch` (published), a batch's rows are recomputed after it and drawn by from the next epoch on;
 * `batch`, the same but drawn by at once; `full`, all rows are recomputed after each batch and drawn by at once.
 */
const refreshes = ["epoch", "batch", "full"] as const;
export type Refresh = (typeof refreshes)[number];

export const adaptiveDefaults = { pressure: 2, schedule: "constant", warmUp: 3 } as const;

/** The options that the adaptive sampler and its label-correlation variant share. */
const { pressure, ...others } = tableOptions(adaptiveDefaults);
export const adaptiveOptions = {
  pressure,
  ...imbalanceOptions,
  refresh: option("when draws see what was observed; epoch is published", choice(refreshes), "epoch"),
  ...others,
  weights: forPrograms(v.instance(Float64Array)),
};

export const adaptive = samplerKind({
  name: "adaptive",
  draws: "hard and imbalanced rows",
  source: "paper arXiv 2403.18192 and code",
  options: v.strictObject(adaptiveOptions),
  make: (request, options) =>
    adaptiveSampler(setupOf(request), { ...options, weights: instanceWeights("adaptive", request, options) }),
});

export interface AdaptiveOptions extends TableOptions {
  /** `[rows]` the instance weights w, positive and finite; all 1 by default. */
  readonly weights?: Float64Array;
  readonly refresh?: Refresh;
}

/**
 * z_i = w_i l_i, D = max z / n, Q_i = ceil(z_i / D), p_i ~ s^(Q_i / n); rows never seen have z = 0.
 * Defaults: pressure 2, constant; warm-up 3 epochs; refresh each epoch. Needs `rowLosses`.
 * Source: arXiv 2403.18192 and the authors' code; `batch`, `full`, falling pressures, `unbiased` and the shuffled warm-up are ours.
 *
 * @throws UsageError for an option out of range, or weights that don't fit the rows.
 */
export function adaptiveSampler(setup: SamplerSetup, options: AdaptiveOptions = {}): Sampler {
  const warmUp = checkWarmUp(options.warmUp ?? adaptiveDefaults.warmUp);
  return tableSampler(setup, adaptiveTable("adaptive", setup, options, warmUp), { ...options, warmUp });
}

/** The table of the adaptive sampler, which its label-correlation variant shares. */
export function adaptiveTable(
  name: string,
  setup: SamplerSetup,
  options: AdaptiveOptions,
  warmUp: number,
): AdaptiveTable {
  const { pressure, schedule, refresh = "epoch" } = { ...adaptiveDefaults, ...options };
  const rows = setup.labels.rows;
  const weights = options.weights ?? new Float64Array(rows).fill(1);
  const falling = setup.epochs === undefined ? {} : { epochs: setup.epochs };
  return new AdaptiveTable(name, weights, { pressure, schedule, warmUp, ...falling }, refresh, rows);
}

export class AdaptiveTable implements WeightTable {
  readonly name: string;
  readonly needs: readonly EvidenceKind[] = ["rowLosses"];
  readonly settings: SharedSettings;
  readonly feedback: boolean;
  readonly tree: SumTree;
  readonly #rows: number;
  readonly #weights: Float64Array; // [rows] w
  readonly #refresh: Refresh;
  readonly #schedule: Schedule;
  readonly #losses: MaximumTree; // [rows] z
  readonly #index: Int32Array; // [rows] Q
  /** Rows whose Q is newer than their weight in the tree; only with refresh by epoch. */
  readonly #changed: Int32Array;
  readonly #isChanged: Uint8Array;
  #changes = 0;
  #pressure = 1;

  constructor(name: string, weights: Float64Array, pressure: PressureOptions, refresh: Refresh, rows: number) {
    if (refresh !== "epoch" && refresh !== "batch" && refresh !== "full") {
      throw new UsageError(`refresh "${refresh}": expected epoch, batch or full`);
    }
    if (weights.length !== rows) throw new UsageError(`${weights.length} instance weights for ${rows} rows`);
    const wrong = weights.findIndex((weight) => !(weight > 0 && weight < Infinity));
    if (wrong >= 0)
      throw new UsageError(`instance weight ${weights[wrong]} of row ${wrong}: expected a finite number above 0`);
    this.name = name;
    this.#rows = rows;
    this.#weights = weights;
    this.#refresh = refresh;
    this.#schedule = pressureSchedule(pressure);
    this.feedback = refresh !== "epoch";
    this.settings = { pressure: pressure.pressure, schedule: pressure.schedule, refresh };
    this.tree = new SumTree(rows, 1);
    this.#losses = new MaximumTree(rows);
    this.#index = new Int32Array(rows);
    this.#changed = new Int32Array(refresh === "epoch" ? rows : 0);
    this.#isChanged = new Uint8Array(refresh === "epoch" ? rows : 0);
  }

  begin(epoch: number): void {
    const pressure = this.#schedule(epoch);
    if (pressure !== this.#pressure) {
      this.#pressure = pressure;
      const { weights } = this.tree;
      for (let row = 0; row < this.#rows; row++) weights[row] = this.#weightOf(row);
      this.tree.rebuild();
    } else {
      this.#writeChanges();
    }
    this.#forgetChanges();
  }

  /** Either way O(log rows) or less for each change. */
  #writeChanges(): void {
    const few = this.#changes * 16 < this.#rows;
    const { weights } = this.tree;
    for (let k = 0; k < this.#changes; k++) {
      const row = this.#changed[k];
      if (few) this.tree.set(row, this.#weightOf(row));
      else weights[row] = this.#weightOf(row);
    }
    if (!few) this.tree.rebuild();
  }

  observe(rows: Int32Array, evidence: Evidence): void {
    const losses = requireEvidence(evidence, "rowLosses", rows, 1);
    this.#requireFinite(rows, losses);
    const before = this.#losses.maximum;
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k];
      this.#losses.set(row, this.#weights[row] * losses[k]);
    }
    // While the maximum stays, the entries of the other rows would come out as they are.
    if (this.#refresh === "full" && this.#losses.maximum !== before) this.#recomputeAll();
    else this.#recompute(rows);
  }

  /** l, w, z, max z and Q of the row; l is z / w, which may differ from what was observed in the last bit. */
  termsOf(row: number): Readonly<Record<string, number>> {
    const weight = this.#weights[row];
    const adaptiveLoss = this.#losses.get(row);
    return {
      loss: adaptiveLoss / weight,
      weight,
      adaptiveLoss,
      maximum: this.#losses.maximum,
      index: this.#index[row],
    };
  }

  state(): SamplerState {
    return {
      losses: this.#losses.values.slice(),
      index: this.#index.slice(),
      weights: this.tree.weights.slice(),
      changed: this.#changed.slice(0, this.#changes),
      pressure: this.#pressure,
    };
  }

  restore(state: SamplerState): void {
    const { changed } = state;
    if (!(changed instanceof Int32Array) || changed.length > this.#changed.length) {
      throw new UsageError(`sampler state: "changed" should be an Int32Array of at most ${this.#changed.length} rows`);
    }
    this.#pressure = readNumber(state, "pressure", 1, Number.MAX_VALUE);
    readInto(state, "losses", this.#losses.values, 0, Number.MAX_VALUE);
    readInto(state, "index", this.#index, 0, this.#rows);
    readInto(state, "weights", this.tree.weights, 1, this.#pressure);
    this.#losses.rebuild();
    this.tree.rebuild();
    this.#forgetChanges();
    for (let k = 0; k < changed.length; k++)
      this.#markChanged(readInteger({ changed: changed[k] }, "changed", 0, this.#rows - 1));
  }

  #weightOf(row: number): number {
    return pressureWeight(this.#index[row], this.#rows, this.#pressure);
  }

  #recompute(rows: Int32Array): void {
    const maximum = this.#losses.maximum;
    for (const row of rows) {
      this.#index[row] = quantizationIndex(this.#losses.get(row), maximum, this.#rows);
      if (this.#refresh === "epoch") this.#markChanged(row);
      else this.tree.set(row, this.#weightOf(row));
    }
  }

  #recomputeAll(): void {
    const maximum = this.#losses.maximum;
    const { weights } = this.tree;
    for (let row = 0; row < this.#rows; row++) {
      this.#index[row] = quantizationIndex(this.#losses.get(row), maximum, this.#rows);
      weights[row] = this.#weightOf(row);
    }
    this.tree.rebuild();
  }

  #markChanged(row: number): void {
    if (this.#isChanged[row] === 1) return;
    this.#isChanged[row] = 1;
    this.#changed[this.#changes++] = row;
  }

  #forgetChanges(): void {
    for (let k = 0; k < this.#changes; k++) this.#isChanged[this.#changed[k]] = 0;
    this.#changes = 0;
  }

  #requireFinite(rows: Int32Array, losses: Float32Array): void {
    for (let k = 0; k < rows.length; k++) {
      const weight = this.#weights[rows[k]];
      if (weight * losses[k] === Infinity) {
        throw new UsageError(
          `observe: weight ${weight} times loss ${losses[k]} of row ${rows[k]} is beyond the largest double`,
        );
      }
    }
  }
}
