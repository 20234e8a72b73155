/**
 * The table of the adaptive samplers: z, its maximum and the selection weights of all rows, kept up to date in O(log n)
 * a row. How a row's hardness is measured and what its weight w is come from outside.
 */

import { UsageError } from "../errors.ts";
import { MaximumTree } from "./draw/maximum-tree.ts";
import { NextTree } from "./draw/next-tree.ts";
import { type Quantization, quantizationIndex } from "./draw/quantize.ts";
import { type PressureOptions, pressureSchedule, type Schedule } from "./draw/schedule.ts";
import { SumTree } from "./draw/sum-tree.ts";
import { QuantileWeights, RankWeights, type WholeWeights } from "./draw/whole-weights.ts";
import type { SharedSettings } from "./frame/epochs.ts";
import { readInto, readNumber } from "./frame/snapshot.ts";
import type { WeightTable } from "./frame/table.ts";
import type { Hardness } from "./hardness.ts";
import type { Evidence, EvidenceKind, SamplerState } from "./sampler.ts";

/**
 * When the table changes: `epoch` (published), a batch's rows are recomputed after it and drawn by from the next epoch
 * on; `batch`, the same but drawn by at once; `full`, all rows are recomputed after each batch and drawn by at once.
 */
export const refreshes = ["epoch", "batch", "full"] as const;
/** When draws see what was observed. */
export type Refresh = (typeof refreshes)[number];

interface AdaptiveSettings {
  readonly refresh: Refresh;
  readonly quantization: Quantization;
  readonly [setting: string]: string | number;
}

/** Share of the rows seen whose z lies below the one that `quantile` measures by. */
const quantileShare = 0.95;

export class AdaptiveTable implements WeightTable {
  readonly name: string;
  readonly needs: readonly EvidenceKind[];
  readonly settings: SharedSettings;
  readonly feedback: boolean;
  readonly tree: SumTree;
  readonly #rows: number;
  readonly #weights: Float64Array; // [rows] w
  readonly #hardness: Hardness;
  readonly #refresh: Refresh;
  readonly #quantization: Quantization;
  readonly #schedule: Schedule;
  readonly #losses: MaximumTree; // [rows] z
  readonly #exponents: Float64Array; // [rows] of s, Q / n
  readonly #seen: Uint8Array; // [rows] whether the row was ever observed; only for quantiles
  /** Where the exponents are made once an epoch. */
  readonly #whole: WholeWeights | undefined;
  /** The weights of the next epoch, where they will not be those in force with what is observed until then. */
  readonly #next: NextTree | undefined;
  readonly #nextWeight = (row: number): number => this.#nextPressure ** this.#exponents[row];
  /** The pressure that the weights in `#next` are made with; NaN for not known. */
  #nextPressure = Number.NaN;
  #pressure = 1;

  constructor(
    name: string,
    weights: Float64Array,
    pressure: PressureOptions,
    settings: AdaptiveSettings,
    hardness: Hardness,
    rows: number,
  ) {
    const { refresh, quantization } = settings;
    if (refresh !== "epoch" && refresh !== "batch" && refresh !== "full") {
      throw new UsageError(`refresh "${refresh}": expected epoch, batch or full`);
    }
    const byEpoch = quantization === "rank" || quantization === "quantile";
    if (byEpoch && refresh !== "epoch") {
      throw new UsageError(
        `quantization ${quantization} is made once an epoch: refresh ${refresh} has no effect on it`,
      );
    }
    if (weights.length !== rows) throw new UsageError(`${weights.length} instance weights for ${rows} rows`);
    const wrong = weights.findIndex((weight) => !(weight > 0 && weight < Infinity));
    if (wrong >= 0)
      throw new UsageError(`instance weight ${weights[wrong]} of row ${wrong}: expected a finite number above 0`);
    this.name = name;
    this.needs = hardness.needs;
    this.#rows = rows;
    this.#weights = weights;
    this.#hardness = hardness;
    this.#refresh = refresh;
    this.#quantization = quantization;
    this.#schedule = pressureSchedule(pressure);
    this.feedback = refresh !== "epoch";
    this.settings = settings;
    this.tree = new SumTree(rows, 1);
    this.#losses = new MaximumTree(rows);
    this.#exponents = new Float64Array(rows);
    this.#seen = new Uint8Array(quantization === "quantile" ? rows : 0);
    const z = this.#losses.values;
    if (quantization === "rank") this.#whole = new RankWeights(z, this.#exponents);
    if (quantization === "quantile") {
      const maximum = () => this.#losses.maximum;
      this.#whole = new QuantileWeights(z, this.#exponents, this.#seen, quantileShare, maximum);
    }
    const falls = pressure.schedule !== "constant" || (pressure.coolDown ?? 0) > 0;
    if (!byEpoch && (refresh === "epoch" || falls)) this.#next = new NextTree(rows);
  }

  begin(epoch: number): void {
    const pressure = this.#schedule(epoch);
    if (this.#whole !== undefined) {
      this.#whole.weigh(this.tree.weights, pressure, this.#schedule(epoch + 1));
      this.tree.rebuild();
    } else if (this.#next !== undefined && (!this.feedback || pressure !== this.#pressure)) {
      // Unknown after a restored snapshot, another where the warm-up ends beside a falling pressure.
      if (this.#nextPressure !== pressure) this.#next.restart();
      this.#nextPressure = pressure;
      this.#next.exchange(this.tree, this.#nextWeight);
    }
    this.#pressure = pressure;
    this.#expect(this.#schedule(epoch + 1));
  }

  #expect(pressure: number): void {
    if (pressure === this.#nextPressure) return;
    this.#next?.restart();
    this.#nextPressure = pressure;
  }

  observe(rows: Int32Array, evidence: Evidence): void {
    const measured = this.#hardness.measure(rows, evidence);
    this.#requireFinite(rows, measured);
    const before = this.#losses.maximum;
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k];
      this.#losses.set(row, this.#weights[row] * measured[k]);
    }
    // While the maximum stays, the entries of the other rows would come out as they are.
    if (this.#whole !== undefined) this.#whole.update(rows);
    else if (this.#refresh === "full" && this.#losses.maximum !== before) this.#recomputeAll();
    else this.#recompute(rows);
  }

  prepare(rows: Int32Array, left: number): void {
    this.#whole?.prepare(rows, left);
  }

  /**
   * Hardness, w, z, max z and Q of the row; hardness is z / w, which may differ from what was measured in the last bit.
   */
  termsOf(row: number): Readonly<Record<string, number>> {
    this.#whole?.complete();
    const weight = this.#weights[row];
    const adaptiveLoss = this.#losses.get(row);
    const index = this.#exponents[row] * this.#rows;
    const isWhole = this.#quantization === "index" || this.#quantization === "quantile";
    return {
      loss: adaptiveLoss / weight,
      weight,
      adaptiveLoss,
      maximum: this.#losses.maximum,
      index: isWhole ? Math.round(index) : index,
    };
  }

  state(): SamplerState {
    this.#whole?.complete();
    return {
      losses: this.#losses.values.slice(),
      exponents: this.#exponents.slice(),
      ...(this.#seen.length > 0 && { seen: this.#seen.slice() }),
      weights: this.tree.weights.slice(),
      pressure: this.#pressure,
    };
  }

  restore(state: SamplerState): void {
    this.#pressure = readNumber(state, "pressure", 1, Number.MAX_VALUE);
    readInto(state, "losses", this.#losses.values, 0, Number.MAX_VALUE);
    readInto(state, "exponents", this.#exponents, 0, 1);
    if (this.#seen.length > 0) readInto(state, "seen", this.#seen, 0, 1);
    readInto(state, "weights", this.tree.weights, 1, this.#pressure);
    this.#losses.rebuild();
    this.tree.rebuild();
    this.#whole?.restart();
    this.#next?.restart();
    this.#nextPressure = Number.NaN;
  }

  #weightOf(row: number): number {
    return this.#pressure ** this.#exponents[row];
  }

  /** Of the row's z as it stands, with the present maximum. */
  #exponentOf(row: number): number {
    const { maximum } = this.#losses;
    const z = this.#losses.get(row);
    if (this.#quantization === "continuous") return maximum === 0 ? 0 : z / maximum;
    return quantizationIndex(z, maximum, this.#rows) / this.#rows;
  }

  #recompute(rows: Int32Array): void {
    for (const row of rows) {
      this.#exponents[row] = this.#exponentOf(row);
      if (this.feedback) this.tree.set(row, this.#weightOf(row));
    }
    if (this.#next === undefined || (this.feedback && this.#nextPressure === this.#pressure)) return;
    for (const row of rows) this.#next.set(row, this.#nextWeight(row));
    // A leaf and a sum for each row observed: an epoch observes as many as there are.
    this.#next.advance(2 * rows.length, this.#nextWeight);
  }

  #recomputeAll(): void {
    const { weights } = this.tree;
    for (let row = 0; row < this.#rows; row++) {
      this.#exponents[row] = this.#exponentOf(row);
      weights[row] = this.#weightOf(row);
    }
    this.tree.rebuild();
    this.#next?.restart();
  }

  #requireFinite(rows: Int32Array, measured: ArrayLike<number>): void {
    for (let k = 0; k < rows.length; k++) {
      const weight = this.#weights[rows[k]];
      if (weight * measured[k] === Infinity) {
        throw new UsageError(
          `observe: weight ${weight} times loss ${measured[k]} of row ${rows[k]} is beyond the largest double`,
        );
      }
    }
  }
}
