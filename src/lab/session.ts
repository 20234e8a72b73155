/**
 * Two runs side by side: the same data, initial weights and noise, one step of each in turn. Answers what the page asks
 * for as plain messages; runs in a worker (worker.ts) and in tests.
 */

import { printCell } from "../experiment/index.ts";
import {
  type Backend,
  createBackend,
  globalImbalance,
  nearestNeighbours,
  type PreparedData,
  parseSynthetic,
  prepare,
  selectRows,
  UsageError,
} from "../index.ts";
import { Lane } from "./lane.ts";
import type { EpochFigures, Frames, GivenFile, Opened, Progress, RowReasons } from "./messages.ts";
import { type LabBackend, type LabState, settingsOf } from "./state.ts";

/** What both runs start from. */
export interface Basis {
  readonly run: number;
  readonly state: LabState;
  readonly data: PreparedData;
  readonly backend: Backend;
}

/** Reads and prepares the data. @throws UsageError and DataError as the library words them */
export async function basisOf(run: number, state: LabState, file?: GivenFile): Promise<Basis> {
  return { run, state, data: await prepared(state, file), backend: await backendOf(state.backend) };
}

/** Neighbours that the published weights look at. */
const neighbourCount = 5;

export class Session {
  readonly opened: Opened;
  readonly #lanes: readonly [Lane, Lane];
  readonly #data: PreparedData;
  readonly #state: LabState;
  /** Epochs that are over, and steps of the present one. */
  #epoch = 0;
  #step = 0;
  /** Of the lane that is through with the present epoch: an epoch without a short last batch may have a step less. */
  readonly #ended: [EpochFigures | undefined, EpochFigures | undefined] = [undefined, undefined];

  /** @throws UsageError and DataError as the library words them */
  static async open({ run, state, data, backend }: Basis): Promise<Session> {
    const left = new Lane(data, backend, settingsOf(state, 0));
    const right = new Lane(data, backend, settingsOf(state, 1));
    await left.open();
    await right.open();
    return new Session(run, state, data, [left, right]);
  }

  private constructor(run: number, state: LabState, data: PreparedData, lanes: readonly [Lane, Lane]) {
    this.#data = data;
    this.#state = state;
    this.#lanes = lanes;
    const [left, right] = lanes;
    const training = selectRows(data.labels, data.rows.training);
    this.opened = {
      kind: "opened",
      run,
      rows: training.rows,
      features: data.features.columns,
      labelNames: data.labelNames,
      minorityLabels: [...globalImbalance(training).minority],
      rowLabels: Array.from({ length: training.rows }, (_, row) => labelsOf(training, row)),
      sourceRows: data.rows.training,
      validationRows: data.rows.validation.length,
      backend: left.description,
      stepsPerEpoch: Math.max(left.sampler.batchesPerEpoch, right.sampler.batchesPerEpoch),
      batchSize: left.sampler.batchSize,
      epochs: left.options.epochs,
      parameters: left.parameters,
      pressures: [left.sampler.pressure, right.sampler.pressure],
    };
  }

  get finished(): boolean {
    return this.#lanes.every(({ finished }) => finished);
  }

  /** One step of each lane that is not through with the epoch. `withFrames` always holds at the end of an epoch. */
  async step(withFrames = true): Promise<Progress | undefined> {
    for (const lane of [0, 1] as const) this.#ended[lane] ??= await this.#lanes[lane].step();
    const [left, right] = this.#ended;
    this.#step++;
    if (!left || !right) return withFrames ? this.progress() : undefined;
    this.#ended.fill(undefined);
    this.#epoch++;
    this.#step = 0;
    return { ...this.progress(), ended: [left, right] };
  }

  frames(): Frames {
    return [this.#lanes[0].frame(), this.#lanes[1].frame()];
  }

  /** The run before its next step. */
  progress(): Progress {
    return {
      kind: "progress",
      run: this.opened.run,
      epoch: this.#epoch,
      step: this.#step,
      frames: this.frames(),
      finished: this.finished,
    };
  }

  /**
   * Both finished runs as lines of a results file, which `hardbatch report` reads. @throws UsageError before their end
   */
  cells(): string {
    return this.#lanes.map((lane) => `${printCell(lane.cell(this.#state))}\n`).join("");
  }

  /** The neighbours of a row, and what they say of its minority labels (C of the authors' code, five neighbours). */
  reasons(row: number): RowReasons {
    const { features, labels, rows } = this.#data;
    const training = selectRows(labels, rows.training);
    const { indices } = nearestNeighbours(selectRows(features, rows.training), { k: neighbourCount, queries: [row] });
    const neighbours = Array.from(indices, (other) => ({ row: other, labels: labelsOf(training, other) }));
    const minority = this.opened.minorityLabels
      .filter((label) => training.values[row * training.columns + label] === 1)
      .map((label) => {
        const unlike = neighbours.filter((neighbour) => !neighbour.labels.includes(label)).length;
        return { label, unlike, c: unlike / neighbours.length };
      });
    return { kind: "reasons", run: this.opened.run, row, neighbours, minority };
  }
}

const labelsOf = ({ columns, values }: PreparedData["labels"], row: number): number[] =>
  Array.from({ length: columns }, (_, label) => label).filter((label) => values[row * columns + label] === 1);

async function prepared({ data, shared }: LabState, file: GivenFile | undefined): Promise<PreparedData> {
  const { seed = 1, ...rest } = shared;
  const dataset = data.startsWith("file:") ? await readFile(data, file) : parseSynthetic(data, seed);
  return prepare(dataset, { dropLabelsAtMost: 0, ...rest, seed });
}

async function readFile(data: string, file: GivenFile | undefined) {
  if (!file || `file:${file.name}` !== data) {
    throw new UsageError(
      `${data.slice("file:".length)} is a file of its owner's: choose it or drop it here, it is not in the address`,
    );
  }
  const { readGiven } = await import("./readers.ts");
  return readGiven(file);
}

/** Beside the page: a policy without blobs allows no other worker. */
const workerScript = "./wasm-worker.js";

async function backendOf(name: LabBackend) {
  if (name === "wasm") return createBackend("wasm", { threads: 1 });
  if (name === "threads") return createBackend("wasm", { workerScript });
  if (name !== "auto") return createBackend(name);
  try {
    return await createBackend("wasm", { threads: 1 });
  } catch (error) {
    if (error instanceof UsageError) return createBackend("js");
    throw error;
  }
}
