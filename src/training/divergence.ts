/**
 * When a loss, a weight or a score is no longer finite. The steps since the last known state are run again up to the
 * first that went wrong, and that one is traced on the reference device op by op, so that the error can name where the
 * first NaN or infinity comes from, and can carry weights that are known to be good.
 */
import { copyState, type Values } from "../backends/backend.ts";
import type { Model } from "../models/model.ts";
import type { BestEpoch } from "./best-epoch.ts";
import { firstNonFinite, isFiniteThroughout } from "./finite.ts";
import type { StepBatch, TrainingRun } from "./run.ts";

/** A loss or score became NaN or infinite. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  /** The epoch and the step of the run, both from 0. */
  readonly epoch: number;
  readonly step: number;
  /**
   * The last weights known to be good, which means finite and with finite scores of the validation rows: of the best
   * epoch so far, or as they were when the run began or was resumed. Empty where there are none.
   */
  readonly values: Values;

  constructor(epoch: number, step: number, where: string, values: Values) {
    super(
      `training diverged in epoch ${epoch + 1}, step ${step + 1}: ${where}; ` +
        "try a smaller learning rate, gradient clipping (clipNorm) or check the features for extreme values",
    );
    this.epoch = epoch;
    this.step = step;
    this.values = values;
  }
}

export interface FiniteCheckOptions {
  readonly run: TrainingRun;
  readonly model: Model;
  readonly best: BestEpoch;
  readonly rows: { readonly validation: Int32Array };
  readonly sampler: { readonly batchesPerEpoch: number };
}

/** The state is kept by epochs that end so many steps after the last one kept: few to run again, few copies. */
const stepsBetweenStates = 256;

export class FiniteCheck {
  readonly #options: FiniteCheckOptions;
  /** The device's state before `#firstStep`, and the batches since then; undefined where it is what leaves begin as. */
  #before: Values | undefined;
  #firstStep = 0;
  #batches: StepBatch[] = [];
  /** The state as it was read last, where it has to be read to be looked at; the next is read into its arrays. */
  #read: Values | undefined;

  /** @param state the device's state before the first step, where it is not what leaves begin as */
  constructor(options: FiniteCheckOptions, state?: Values) {
    this.#options = options;
    this.#before = state;
  }

  /** The device's state when it was last kept: before some epoch's steps, or where the run was resumed. */
  get before(): Values {
    return this.#before ?? this.#options.run.initialState();
  }

  /** From here on steps are run again where one goes wrong. */
  begin(state: Values, firstStep: number): void {
    this.#before = state;
    this.#firstStep = firstStep;
    this.#batches = [];
  }

  /** An epoch has ended well, with the state that was looked at. @param step the number of the next step */
  async endEpoch(step: number): Promise<void> {
    if (this.#batches.length < stepsBetweenStates) return;
    const older = this.#before;
    this.begin(this.#read ?? (await this.#options.run.read(older)), step);
    if (this.#read) this.#read = older;
  }

  /** The next step's answer. @throws DivergenceError where the loss or the evidence is not finite */
  async check(batch: StepBatch, loss: number, evidence: Values): Promise<void> {
    this.#batches.push(batch);
    if (!Number.isFinite(loss)) await this.#failAtLast(`the loss is ${loss}`);
    const kind = firstNonFinite(evidence);
    if (kind) await this.#failAtLast(`not all ${kind} of the batch are finite`);
  }

  /** Looks at the device's state. @throws DivergenceError where it is not finite */
  async checkState(): Promise<void> {
    const { run } = this.#options;
    if (!run.stateAtHand) this.#read = await run.read(this.#read);
    const unfit = this.#read ? firstNonFinite(this.#read) : run.stateAtHand?.firstNonFinite();
    if (unfit) await this.#failAtLast(`${unfit} is not finite`);
  }

  /** A copy of the model's part of the state that was looked at, in the arrays of `into` where it has them. */
  modelValues(into?: Values): Values {
    const { run, model } = this.#options;
    const names = [...model.parameters, ...model.buffers].map(({ name }) => name);
    const read = this.#read;
    if (!read) return run.stateAtHand?.copy(names, into) ?? {};
    return copyState(new Map(names.map((name) => [name, read[name]])), into);
  }

  /** `[rows.length, labels]` scores of rows of the data set. @throws DivergenceError where they are not finite */
  async scores(part: string, rows: Int32Array, step: number): Promise<Float32Array> {
    const { run, model } = this.#options;
    const scores = await run.predict(rows);
    const unfit = scores.findIndex((score) => !Number.isFinite(score));
    if (unfit < 0) return scores;
    const row = rows[Math.floor(unfit / model.labels)];
    const { traceScores } = await import("./trace.ts");
    const where = await traceScores(run, await run.read(), row);
    throw await this.#error(step, `the scores of ${part} row ${row} are not finite; ${where}`);
  }

  async #failAtLast(what: string): Promise<never> {
    const { traceSteps } = await import("./trace.ts");
    const where = await traceSteps(this.#options.run, this.before, this.#firstStep, this.#batches);
    throw await this.#error(this.#firstStep + this.#batches.length - 1, `${what}; ${where}`);
  }

  async #error(step: number, what: string): Promise<DivergenceError> {
    const epoch = Math.floor(step / this.#options.sampler.batchesPerEpoch);
    return new DivergenceError(epoch, step, what, await this.#goodWeights());
  }

  async #goodWeights(): Promise<Values> {
    const { run, model, best, rows } = this.#options;
    if (best.epoch >= 0) return best.values;
    const values = modelValues(model, this.before);
    if (firstNonFinite(values)) return {};
    await run.write(values);
    return isFiniteThroughout(await run.predict(rows.validation)) ? values : {};
  }
}

/** The model's part of a device's state. */
function modelValues({ parameters, buffers }: Model, state: Values): Values {
  return Object.fromEntries([...parameters, ...buffers].map(({ name }) => [name, state[name]]));
}
