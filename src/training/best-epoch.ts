/**
 * The weights that a run ends with: of the epoch that validates best, or of the last one. Copies, so that training on
 * does not move them.
 */
import { copyState, type Values } from "../backends/backend.ts";
import type { LabelMatrix } from "../data/dataset.ts";
import { describeMetric, type MetricName, type Metrics, metrics } from "../metrics/metrics.ts";

export interface BestEpochOptions {
  /** `[validation rows, labels]` */
  readonly labels: LabelMatrix;
  readonly criterion?: MetricName;
  readonly keep?: "best" | "last";
}

/** The best epoch so far as plain data. */
export interface BestEpochState {
  /** -1 before the first. */
  readonly epoch: number;
  /** NaN where nothing tells epochs apart. */
  readonly score: number;
  readonly values: Values;
}

export class BestEpoch {
  /** -1 before the first. */
  epoch = -1;
  values: Values = {};
  #score = Number.NaN;
  #kept: Values | undefined;
  readonly #criterion: ReturnType<typeof describeMetric>;
  readonly #labels: LabelMatrix;
  readonly #keep: "best" | "last";

  constructor({ criterion = "macroAuc", keep = "best", labels }: BestEpochOptions) {
    this.#keep = keep;
    this.#criterion = describeMetric(criterion);
    this.#labels = labels;
  }

  /** The arrays that `keep` was given last: those of a checkpoint are somebody else's. */
  get kept(): Values | undefined {
    return this.#kept;
  }

  measure(scores: Float32Array): Metrics {
    return metrics(this.#labels, scores);
  }

  /** With copies, as a later epoch may write to the arrays of this one. */
  state(): BestEpochState {
    return { epoch: this.epoch, score: this.#score, values: copyState(new Map(Object.entries(this.values))) };
  }

  restore({ epoch, score, values }: BestEpochState): void {
    this.epoch = epoch;
    this.#score = score;
    this.values = values;
    this.#kept = undefined;
  }

  /** Whether the next epoch is the best so far, as the last one is where there is nothing to tell them apart. */
  isBeaten(validation: Metrics | undefined): boolean {
    const score = this.#scoreOf(validation);
    const gain = this.#criterion.direction === "higher" ? score - this.#score : this.#score - score;
    const worse = gain <= 0 || (Number.isNaN(score) && !Number.isNaN(this.#score));
    return this.#keep === "last" || !worse;
  }

  /** @param values nobody else's from now on */
  keep(epoch: number, validation: Metrics | undefined, values: Values): void {
    this.epoch = epoch;
    this.values = values;
    this.#kept = values;
    this.#score = this.#scoreOf(validation);
  }

  #scoreOf(validation: Metrics | undefined): number {
    return validation?.[this.#criterion.name] ?? Number.NaN;
  }
}
