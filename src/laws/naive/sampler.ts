/**
 * A whole sampler made from a naive model: the other side of the model-based law, and what faults are planted into. It
 * keeps everything and computes everything anew; it shares no code with src/samplers.
 */
import { UsageError } from "../../errors.ts";
import { Random } from "../../random.ts";
import type { EpochTrace, Evidence, EvidenceKind, SamplerState } from "../../samplers/sampler.ts";
import { require } from "../broken.ts";
import type { Trial } from "../subject.ts";
import { naiveImportance } from "./importance.ts";
import { drawnInEpoch, emptyMemory, type Memory, naiveTrace, readState, waiting } from "./memory.ts";
import type { NaiveModel } from "./model.ts";
import { observation, upTo } from "./observations.ts";
import { drawnAt } from "./orders.ts";

export class NaiveSampler {
  readonly needs: readonly EvidenceKind[];
  readonly pressure: number;
  readonly batchesPerEpoch: number;
  readonly importanceWeights?: (rows: Int32Array) => Float32Array;
  readonly #trial: Trial;
  readonly #model: NaiveModel;
  #memory: Memory;
  #random: Random;

  constructor(trial: Trial, model: NaiveModel) {
    this.#trial = trial;
    this.#model = model;
    this.needs = model.needs;
    this.pressure = model.visits === "always" ? 1 : trial.pressure;
    const batches = trial.labels.rows / trial.batchSize;
    this.batchesPerEpoch = model.lastBatch === "drop" ? Math.floor(batches) : Math.ceil(batches);
    this.#random = new Random(trial.seed);
    this.#memory = emptyMemory(trial.labels.rows);
    this.#memory.atBegin = this.#p();
    if (trial.unbiased) this.importanceWeights = (rows) => this.#importance(rows);
  }

  get epoch(): number {
    const { batches, epoch } = this.#memory;
    return batches === this.batchesPerEpoch ? epoch + 1 : epoch;
  }

  get ahead(): number {
    const count = waiting(this.#memory).length;
    return this.#model.feedback && !this.#visitsAll ? 1 - count : this.batchesPerEpoch - this.#memory.batches;
  }

  /** Whether the epoch under way visits every row once. */
  get #visitsAll(): boolean {
    return this.#model.visits === "always" || this.#memory.epoch < this.#trial.warmUp;
  }

  /** How many rows the next batch has. */
  get sizeOfNext(): number {
    const { batchSize, labels } = this.#trial;
    if (!this.#visitsAll || this.#model.lastBatch !== "short") return batchSize;
    return Math.min(batchSize, labels.rows - this.#memory.batches * batchSize);
  }

  /** The rows that the pass under way has visited, those of `batch` included. */
  #visited(batch: readonly number[]): number[] {
    const { drawn } = this.#memory;
    if (this.#model.lastBatch !== "carry") return [...drawnInEpoch(this.#memory), ...batch];
    const all = [...drawn.flatMap(({ rows }) => rows), ...batch];
    return all.slice(Math.floor(all.length / this.#trial.labels.rows) * this.#trial.labels.rows);
  }

  probabilities(): Float64Array {
    return Float64Array.from(this.#p());
  }

  #p(): number[] {
    const { epoch, observations } = this.#memory;
    const { rows } = this.#trial.labels;
    return this.#visitsAll ? upTo(rows).map(() => 1 / rows) : this.#model.table(this.#trial, observations, epoch);
  }

  /** Draws a batch of its own. @throws UsageError if `ahead` is 0 */
  next(): Int32Array {
    if (this.ahead === 0) throw new UsageError("next: the batches drawn before have to be observed first");
    const rows = this.#draw();
    this.#take(rows);
    return Int32Array.from(rows);
  }

  #draw(): number[] {
    const batch: number[] = [];
    const p = this.#p();
    const { pass, next } = this.#model;
    while (batch.length < this.sizeOfNext) {
      if (this.#visitsAll) batch.push(pass(p.length, [...new Set([...this.#visited(batch), ...batch])], this.#random));
      else batch.push(drawnAt(next(this.#trial, p, batch), this.#random.uniform()));
    }
    return batch;
  }

  /** Takes a batch as drawn next. @throws BrokenLaw if it is none that could have been */
  accept(rows: Int32Array): void {
    const { labels } = this.#trial;
    const size = this.sizeOfNext;
    require(rows.length === size, () => `a batch of ${rows.length} rows, expected ${size}`);
    require(new Set(rows).size === size, () => `a batch with a row twice: ${rows.join(" ")}`);
    const inside = rows.every((row) => row >= 0 && row < labels.rows);
    require(inside, () => `a batch with a row outside 0 to ${labels.rows - 1}: ${rows.join(" ")}`);
    if (this.#visitsAll) {
      const list = [...rows];
      const again = list.find((row, k) => this.#visited(list.slice(0, k)).includes(row));
      require(again === undefined, () => `row ${again} twice in a pass over all rows`);
    }
    this.#take([...rows]);
  }

  #take(rows: readonly number[]): void {
    const { drawn, epoch, everDrawn } = this.#memory;
    drawn.push({ epoch, rows: [...rows] });
    for (const row of rows) everDrawn[row] = true;
    this.#memory.batches++;
  }

  /** @throws UsageError unless these are the rows of the oldest batch that waits, with good evidence */
  observe(rows: Int32Array, evidence: Evidence): void {
    const [oldest] = waiting(this.#memory);
    if (oldest?.join() !== rows.join()) throw new UsageError("observe: these are not the rows of the oldest batch");
    this.#requireEvidence(rows.length, evidence);
    const memory = this.#memory;
    const { epoch } = memory.drawn[memory.observed];
    memory.observed++;
    for (const row of rows) memory.observedAt[row] = memory.observed;
    memory.observations.push(observation(epoch, rows, evidence, this.#trial.labels.columns));
    if (waiting(memory).length === 0 && memory.batches === this.batchesPerEpoch) this.#endEpoch();
  }

  #requireEvidence(batch: number, evidence: Evidence): void {
    for (const kind of this.needs) {
      const values = evidence[kind];
      const length = kind === "rowLosses" ? batch : batch * this.#trial.labels.columns;
      const limit = kind === "scores" ? 1 : Number.MAX_VALUE;
      if (values?.length !== length || !values.every((value) => value >= 0 && value <= limit)) {
        throw new UsageError(`observe: ${kind} should be ${length} numbers from 0 to ${limit}`);
      }
    }
  }

  #endEpoch(): void {
    const memory = this.#memory;
    memory.trace = naiveTrace(this.#trial, memory);
    memory.epoch++;
    memory.batches = 0;
    memory.atBegin = this.#p();
  }

  trace(): EpochTrace | undefined {
    return structuredClone(this.#memory.trace ?? undefined);
  }

  #importance(rows: Int32Array): Float32Array {
    const batch = waiting(this.#memory).find((candidate) => candidate.join() === rows.join());
    if (batch === undefined) throw new UsageError("importanceWeights: these are not the rows of a batch that waits");
    return this.#visitsAll
      ? new Float32Array(batch.length).fill(1)
      : Float32Array.from(naiveImportance(this.#p(), batch));
  }

  state(): SamplerState {
    return structuredClone({ memory: this.#memory, random: this.#random.state() });
  }

  /** @throws UsageError for what is no state of a naive sampler */
  restore(state: SamplerState): void {
    const { memory, random } = readState(state);
    this.#random = Random.fromState(random);
    this.#memory = memory;
  }
}
