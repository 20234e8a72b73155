/** What a run of `hardbatch train` leaves in its folder, as things happen. */
import { join } from "node:path";
import type { Values } from "../backends/backend.ts";
import { DeviceLostError } from "../backends/lost.ts";
import { selectRows } from "../data/rows.ts";
import { canonicalJson } from "../experiment/cell.ts";
import { epochRecord } from "../experiment/record.ts";
import { printModelCard } from "../experiment/report/model-card.ts";
import { writeAtomically } from "../files/atomic.ts";
import { type Evaluation, evaluate } from "../metrics/evaluation/evaluate.ts";
import { encodeModel } from "../saved/model.ts";
import type { TrainingRecord } from "../saved/training-record.ts";
import { DivergenceError } from "../training/divergence.ts";
import type { EndEvent, EpochEvent } from "../training/events.ts";
import { firstNonFinite } from "../training/finite.ts";
import { numerics } from "../training/numerics.ts";
import { ruleOfRun, rulesOfRun } from "../training/rules.ts";
import type { RunState } from "../training/state.ts";
import { defaultDraws } from "./evaluate.ts";
import { labelCsv, scoreCsv } from "./evaluation-csv.ts";
import type { PreparedRun, TrainJob } from "./prepared-run.ts";
import { type AboutRun, changesSince } from "./resume.ts";
import type { RowLog } from "./row-log.ts";
import type { RunFolder } from "./run-folder.ts";
import { version } from "./version.ts";

export class RunWriter {
  readonly #run: PreparedRun;
  readonly #job: TrainJob;
  readonly #folder: RunFolder;
  readonly #rowLog: RowLog | undefined;
  readonly #begun = performance.now();
  #backend = "";
  #saved = false;

  constructor(run: PreparedRun, job: TrainJob, folder: RunFolder, rowLog?: RowLog) {
    this.#run = run;
    this.#job = job;
    this.#folder = folder;
    this.#rowLog = rowLog;
  }

  /** @param backend what really runs @returns sentences on what a resumed run does otherwise */
  async begin(backend: string): Promise<readonly string[]> {
    this.#backend = backend;
    const { from, out } = this.#job;
    if (!from) {
      await this.#rowLog?.begin();
      return [];
    }
    const { epoch, best } = from.checkpoint.state;
    const notes = changesSince(from.about, this.#about(), out);
    this.#saved = best.epoch >= 0;
    await this.#folder.rewind(epoch, this.#saved ? this.#encode(best.values) : undefined);
    await this.#rowLog?.goOn(from.about.rowLog);
    return notes;
  }

  saveCheckpoint(state: RunState): Promise<void> {
    const step = state.epoch * this.#run.setup.sampler.batchesPerEpoch + state.step;
    return this.#folder.saveCheckpoint(step, { state, about: this.#about() });
  }

  async saveEpoch(event: EpochEvent): Promise<void> {
    const { labelNames } = this.#run.data;
    const { trace } = event;
    const drawsPerLabel = trace && Object.fromEntries(labelNames.map((name, j) => [name, trace.drawsPerLabel[j]]));
    await this.#folder.addEpoch({ ...epochRecord(event), ...(drawsPerLabel && { drawsPerLabel }) });
    await this.#rowLog?.addEpoch(event.epoch);
    if (event.best) await this.#saveWeights(event.best);
  }

  async finish(event: EndEvent) {
    const { data, described, settings, fingerprint } = this.#run;
    const { bestEpoch, conditions } = event;
    const { scores, labelsOut, csvRaw } = this.#job.options;
    const { metrics, ...evaluation } = this.#evaluate(event);
    if (scores !== undefined) await writeAtomically(scores, scoreCsv(this.#run, event.testScores, csvRaw === true));
    if (labelsOut !== undefined) await writeAtomically(labelsOut, labelCsv(evaluation.labelReport, csvRaw === true));
    const { threshold } = settings;
    const rules = rulesOfRun(data, event);
    await this.#saveWeights(event.values, { ...this.#run.record, rules, ...(threshold && { threshold }) });
    const result = {
      format: "hardbatch result 1",
      settings: described,
      backend: this.#backend,
      fingerprint,
      bestEpoch,
      decisions: { name: threshold ?? "fixed", rule: ruleOfRun(data, event, threshold) },
      metrics,
      evaluation,
      ...(conditions && { conditions }),
    };
    const seconds = Math.round(1000 * this.#seconds()) / 1000;
    const made = { version: version(), numerics, backend: this.#backend };
    const card = this.#card(event, { metrics, ...evaluation });
    await this.#folder.finish(card, result, { ...made, date: new Date().toISOString(), seconds });
    return result;
  }

  #card({ bestEpoch }: EndEvent, evaluation: Evaluation): string {
    const { name, data, described, settings, fingerprint } = this.#run;
    const { training, validation, test } = data.rows;
    const { featureNames, columns } = data.preprocessing;
    return printModelCard({
      model: settings.model,
      data: name,
      fingerprint,
      rows: { training: training.length, validation: validation.length, test: test.length },
      features: featureNames.length,
      ...(columns !== undefined && { columns }),
      settings: described,
      version: version(),
      numerics,
      backend: this.#backend,
      bestEpoch,
      decisions: settings.threshold ?? "fixed, score > 0.5",
      evaluation,
    });
  }

  #evaluate(event: EndEvent): Evaluation {
    const { data, record, settings } = this.#run;
    const { labelNames, rows, labels } = data;
    return evaluate(selectRows(labels, rows.test), event.testScores, {
      labelNames,
      rule: ruleOfRun(data, event, settings.threshold),
      training: record.counts,
      draws: defaultDraws(event.testScores.length),
      seed: settings.seed,
    });
  }

  /** What is left of a run that ended in an error, as a sentence; undefined where the error says all. */
  async afterFailure(error: unknown): Promise<string | undefined> {
    const lost = error instanceof DeviceLostError;
    if (!lost && !(error instanceof DivergenceError)) return undefined;
    const values = lost ? this.#weightsOf(error.state) : error.values;
    // What a device last gave away is worth less than the best epoch's weights.
    if (!(lost && this.#saved) && Object.keys(values).length > 0 && !firstNonFinite(values)) {
      await this.#saveWeights(values);
    }
    // A run that diverged would diverge again.
    if (!lost) await this.#folder.forgetCheckpoints();
    const { out, options } = this.#job;
    const again = lost && options.checkpointEvery !== "never" ? `; hardbatch train --resume ${out} goes on` : "";
    const where = join(out, "weights.safetensors");
    return (this.#saved ? `the last good weights are in ${where}` : "no weights are known to be good") + again;
  }

  #weightsOf(state: Values): Values {
    const { parameters, buffers } = this.#run.setup.model;
    return Object.fromEntries([...parameters, ...buffers].map(({ name }) => [name, state[name]]));
  }

  async #saveWeights(values: Values, record: TrainingRecord = this.#run.record): Promise<void> {
    await this.#folder.saveWeights(this.#encode(values, record));
    this.#saved = true;
  }

  #encode(values: Values, training: TrainingRecord = this.#run.record): Uint8Array {
    const { setup, settings, data, described, fingerprint } = this.#run;
    const origin = { version: version(), numerics, backend: this.#backend, fingerprint };
    const { modelOptions } = settings;
    const made = { settings: described, values, origin, training };
    return encodeModel({ model: setup.model, modelOptions, preprocessing: data.preprocessing, ...made });
  }

  #seconds(): number {
    return (this.#job.from?.about.seconds ?? 0) + (performance.now() - this.#begun) / 1000;
  }

  #about(): AboutRun {
    const { described, fingerprint } = this.#run;
    const { words, paths } = this.#job;
    return {
      words: [...words],
      paths,
      settings: canonicalJson(described),
      version: version(),
      numerics,
      backend: this.#backend,
      fingerprint,
      seconds: this.#seconds(),
      ...(this.#rowLog && { rowLog: this.#rowLog.size }),
    };
  }
}

export type RunResult = Awaited<ReturnType<RunWriter["finish"]>>;
