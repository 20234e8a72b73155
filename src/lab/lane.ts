/**
 * One lane of the page: a training run that is pulled step by step, with what it drew and found. Nothing of the page is
 * in here; the numbers are those of the library's own `train`.
 */
import { type Cell, type EpochRecord, epochRecord, testMetrics } from "../experiment/index.ts";
import {
  type Backend,
  type ConfigureSettings,
  configure,
  type EndEvent,
  globalImbalance,
  type PreparedData,
  predict,
  type Sampler,
  selectRows,
  type TrainingEvent,
  type TrainOptions,
  train,
  UsageError,
  type Values,
} from "../index.ts";
import type { EpochFigures, LaneFrame, RowTerms } from "./messages.ts";
import type { LabState } from "./state.ts";

export class Lane {
  readonly sampler: Sampler;
  readonly options: TrainOptions;
  description = "";
  parameters = 0;
  /** Of each finished epoch. */
  readonly figures: EpochFigures[] = [];
  #epochEvents = 0;
  #steps = 0;
  #rowsDrawn = 0;
  #seconds = 0;
  #batch: Int32Array = new Int32Array(0);
  #finished = false;
  #end: EndEvent | undefined;
  readonly #history: EpochRecord[] = [];
  readonly #samplerOptions: Readonly<Record<string, unknown>>;
  readonly #events: AsyncGenerator<TrainingEvent, void>;
  readonly #losses: Float32Array;
  readonly #isMinority: Uint8Array;
  readonly #data: PreparedData;

  constructor(data: PreparedData, backend: Backend, settings: ConfigureSettings) {
    this.#data = data;
    this.options = { ...configure(data, backend, settings), reportRows: true, checkpointEvery: { epochs: 1 } };
    this.sampler = this.options.sampler;
    this.#samplerOptions = settings.samplerOptions ?? {};
    this.#losses = new Float32Array(this.sampler.rows).fill(Number.NaN);
    this.#isMinority = minorityRows(data);
    this.#events = train(this.options);
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** Compiles the run, without a step. */
  async open(): Promise<void> {
    const { value } = await this.#events.next();
    if (value?.kind !== "start") return;
    this.description = value.backend;
    this.parameters = value.parameters;
  }

  /**
   * Does the next step, and what belongs to the epoch's end where it was the last. Returns the figures of that epoch.
   */
  async step(): Promise<EpochFigures | undefined> {
    const start = performance.now();
    const ended = await this.#pull();
    this.#seconds += (performance.now() - start) / 1000;
    if (!ended) return undefined;
    const figures = await this.#figuresOf(ended.epoch, ended.weights);
    this.figures.push(figures);
    if (this.#epochEvents === this.options.epochs) await this.#finish();
    return figures;
  }

  /** The test rows are scored once, with the weights that are kept. */
  async #finish(): Promise<void> {
    for await (const event of this.#events) if (event.kind === "end") this.#end = event;
    this.#finished = true;
  }

  async #pull(): Promise<{ epoch: TrainingEvent & { kind: "epoch" }; weights: Values } | undefined> {
    let epoch: (TrainingEvent & { kind: "epoch" }) | undefined;
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done || !value) return undefined;
      if (value.kind === "step") {
        this.#observe(value.batch);
        if (this.#steps % this.sampler.batchesPerEpoch > 0) return undefined;
      }
      if (value.kind === "epoch") {
        this.#epochEvents++;
        this.#history.push(epochRecord(value));
        epoch = value;
      }
      if (value.kind === "checkpoint" && epoch) return { epoch, weights: value.state.device };
    }
  }

  #observe(batch: { readonly rows: Int32Array; readonly losses: Float32Array } | undefined): void {
    this.#steps++;
    if (!batch) return;
    this.#batch = batch.rows;
    this.#rowsDrawn += batch.rows.length;
    batch.rows.forEach((row, k) => {
      this.#losses[row] = batch.losses[k];
    });
  }

  async #figuresOf(event: TrainingEvent & { kind: "epoch" }, weights: Values): Promise<EpochFigures> {
    const { trace, validation = {} } = event;
    return {
      epoch: event.epoch,
      steps: this.#steps,
      rows: this.#rowsDrawn,
      seconds: this.#seconds,
      validation: Object.fromEntries(
        Object.entries(validation).flatMap(([name, value]) =>
          typeof value === "number" || value === null ? [[name, value]] : [],
        ),
      ),
      losses: await this.#trainingLosses(weights),
      minorityShare: trace?.minorityShare ?? Number.NaN,
      effectiveSampleSize: trace?.effectiveSampleSize ?? Number.NaN,
      neverDrawn: trace?.neverDrawn ?? Number.NaN,
    };
  }

  /** Over every training row, not only the drawn ones, by the scores in evaluation mode. */
  async #trainingLosses(weights: Values): Promise<EpochFigures["losses"]> {
    const { features, labels, rows } = this.#data;
    const { model, backend } = this.options;
    const scores = await predict(model, weights, selectRows(features, rows.training), backend);
    const sums = { all: 0, minority: 0 };
    let minorityRowCount = 0;
    rows.training.forEach((row, i) => {
      let loss = 0;
      for (let j = 0; j < labels.columns; j++) {
        const score = Math.min(1 - 1e-7, Math.max(1e-7, scores[i * labels.columns + j]));
        loss -= labels.values[row * labels.columns + j] === 1 ? Math.log(score) : Math.log(1 - score);
      }
      loss /= labels.columns;
      sums.all += loss;
      sums.minority += this.#isMinority[i] * loss;
      minorityRowCount += this.#isMinority[i];
    });
    const count = rows.training.length;
    return {
      all: sums.all / count,
      minority: sums.minority / minorityRowCount,
      others: (sums.all - sums.minority) / (count - minorityRowCount),
    };
  }

  /** The finished run as a cell of a results file. @throws UsageError before its end */
  cell({ data, shared, backend }: LabState): Cell {
    const end = this.#end;
    if (!end) throw new UsageError("the run is not finished: its cell comes with the last epoch");
    const { rows } = this.#data;
    const { sampler, model } = this.options;
    const { seed = 1, ...settings } = shared;
    return {
      key: { data, fold: 0, seed, model: model.name, sampler: sampler.name },
      settings: { ...settings, samplerOptions: this.#samplerOptions, dropLabelsAtMost: 0, folds: 5, backend },
      backend: this.description,
      metrics: testMetrics(this.#data, end),
      history: this.#history,
      rows: { train: rows.training.length, validation: rows.validation.length, test: rows.test.length },
    };
  }

  /** Every number of every row, as it stands between two steps. */
  frame(): LaneFrame {
    const { rows } = this.sampler;
    const empty = (): Float32Array => new Float32Array(rows).fill(Number.NaN);
    const terms = {
      loss: this.#losses.slice(),
      weight: empty(),
      adaptiveLoss: empty(),
      index: empty(),
      probability: this.sampler.probabilities(),
      draws: empty(),
      age: empty(),
    } satisfies RowTerms;
    let maximum = Number.NaN;
    for (let row = 0; row < rows; row++) {
      const own: Readonly<Record<string, number | undefined>> = this.sampler.selectionOf(row);
      for (const name of ["weight", "adaptiveLoss", "index", "draws", "age"] as const) {
        terms[name][row] = own[name] ?? Number.NaN;
      }
      if (own.maximum !== undefined) maximum = own.maximum;
    }
    return { terms, maximum, batch: this.#batch };
  }
}

/** 1 for each training row that carries a minority label of the training fold. */
export function minorityRows({ labels, rows }: PreparedData): Uint8Array {
  const training = selectRows(labels, rows.training);
  const { minority } = globalImbalance(training);
  return Uint8Array.from({ length: training.rows }, (_, row) =>
    minority.some((label) => training.values[row * training.columns + label] === 1) ? 1 : 0,
  );
}
