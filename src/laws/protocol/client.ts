/**
 * The other side of the protocol: a sampler in some program, called through lines, as a subject of the laws. How the
 * lines travel is the business of a `Connection`.
 */
import * as v from "valibot";
import { UsageError } from "../../errors.ts";
import type { Evidence, EvidenceKind, SamplerState } from "../../samplers/sampler.ts";
import type { Claims, Subject, TestedSampler, Trial } from "../subject.ts";
import { type CallName, type CreateAnswer, errorAnswer, messages, protocolVersion } from "./messages.ts";

const { answers } = messages;

/** Takes one line to the program and brings one back. Rejects with `ProgramError` where the program fails. */
export interface Connection {
  ask(line: string): Promise<string>;
}

/** The program at the other end broke the protocol, crashed, or kept silent. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
}

const clipped = (text: string): string =>
  text.length > 200 ? `${text.slice(0, 200)}... (${text.length} characters)` : text;

/**
 * One call.
 * @throws UsageError where the program refuses it
 * @throws ProgramError where it fails, or what comes back is not an answer to the call
 */
async function ask<Found>(
  connection: Connection,
  call: CallName,
  request: Readonly<Record<string, unknown>>,
  schema: v.GenericSchema<unknown, Found>,
): Promise<Found> {
  const line = await connection.ask(JSON.stringify({ call, ...request }));
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch {
    throw new ProgramError(`${call} was answered by a line that is not JSON: ${clipped(line)}`);
  }
  const failed = v.safeParse(errorAnswer, given);
  if (failed.success) {
    const { kind, message } = failed.output.error;
    if (kind === "refused") throw new UsageError(message);
    throw new ProgramError(`${call} failed: ${message}`);
  }
  const found = v.safeParse(schema, given);
  if (found.success) return found.output;
  const [issue] = found.issues;
  throw new ProgramError(
    `${call} was answered by ${clipped(line)}: "${v.getDotPath(issue) ?? ""}" should be ${issue.expected ?? issue.message}`,
  );
}

interface Place {
  readonly epoch: number;
  readonly ahead: number;
}

class RemoteSampler implements TestedSampler {
  readonly needs: readonly EvidenceKind[];
  readonly batchesPerEpoch: number;
  readonly pressure?: number;
  readonly importanceWeights?: (rows: Int32Array) => Float32Array;
  readonly #connection: Connection;
  readonly #id: number;
  /** Weights of batches, by their rows. */
  readonly #weights = new Map<string, Float32Array>();
  #place: Place;

  constructor(connection: Connection, id: number, created: CreateAnswer) {
    this.#connection = connection;
    this.#id = id;
    this.needs = created.needs;
    this.batchesPerEpoch = created.batchesPerEpoch;
    this.#place = created;
    if (created.pressure !== undefined) this.pressure = created.pressure;
    if (created.weighted) {
      this.importanceWeights = (rows) => {
        const weights = this.#weights.get(rows.join());
        if (weights === undefined) throw new ProgramError("next gave no importance weights");
        return weights;
      };
    }
  }

  get epoch(): number {
    return this.#place.epoch;
  }

  get ahead(): number {
    return this.#place.ahead;
  }

  #ask<Found>(call: CallName, schema: v.GenericSchema<unknown, Found>, request = {}): Promise<Found> {
    return ask(this.#connection, call, { sampler: this.#id, ...request }, schema);
  }

  async next(): Promise<Int32Array> {
    const answer = await this.#ask("next", answers.next);
    this.#place = answer;
    const wrong = answer.rows.find((row) => !Number.isInteger(row) || Math.abs(row) >= 2 ** 31);
    if (wrong !== undefined) throw new ProgramError(`next gave row ${wrong}, which is not a row number`);
    const rows = Int32Array.from(answer.rows);
    if (answer.importanceWeights) this.#weights.set(rows.join(), Float32Array.from(answer.importanceWeights));
    return rows;
  }

  async observe(rows: Int32Array, evidence: Evidence): Promise<void> {
    const lists = this.needs.flatMap((kind) => (evidence[kind] ? [[kind, [...evidence[kind]]]] : []));
    this.#place = await this.#ask("observe", answers.observe, { rows: [...rows], ...Object.fromEntries(lists) });
  }

  async probabilities(): Promise<Float64Array> {
    return Float64Array.from((await this.#ask("probabilities", answers.probabilities)).probabilities);
  }

  async state(): Promise<SamplerState> {
    return (await this.#ask("state", answers.state)).state;
  }

  async restore(state: SamplerState): Promise<void> {
    this.#place = await this.#ask("restore", answers.restore, { state });
  }

  async end(): Promise<void> {
    await this.#ask("end", answers.end);
  }
}

/** The list cut into lists of `width` entries. */
const lines = (values: ArrayLike<number>, rows: number): number[][] => {
  const width = rows === 0 ? 0 : values.length / rows;
  const all = Array.from(values);
  return Array.from({ length: rows }, (_, row) => all.slice(row * width, (row + 1) * width));
};

/** What of a trial becomes an option, by the option's name. */
const trialOptions: Readonly<Record<string, (trial: Trial) => unknown>> = {
  pressure: ({ pressure }) => pressure,
  schedule: ({ schedule }) => schedule,
  warmUp: ({ warmUp }) => warmUp,
  unbiased: ({ unbiased }) => unbiased,
  weights: ({ weights }) => [...weights],
  neighbours: ({ neighbours, labels }) => lines(neighbours, labels.rows),
  labelCorrelation: ({ labelCorrelation, labels }) => lines(labelCorrelation, labels.columns),
};

/** The names of the options that the laws send to a sampler that takes them. */
export const trialOptionNames: readonly string[] = Object.keys(trialOptions);

function createRequest(id: number, trial: Trial, options: readonly string[]) {
  const { labels, batchSize, seed, epochs } = trial;
  const labelsOf = (row: number): number[] =>
    Array.from({ length: labels.columns }, (_, j) => j).filter((j) => labels.values[row * labels.columns + j] === 1);
  const taken = options.filter((option) => Object.hasOwn(trialOptions, option));
  return {
    protocol: protocolVersion,
    sampler: id,
    rows: labels.rows,
    labelCount: labels.columns,
    labels: Array.from({ length: labels.rows }, (_, row) => labelsOf(row)),
    batchSize,
    seed,
    epochs,
    options: Object.fromEntries(taken.map((option) => [option, trialOptions[option](trial)])),
  };
}

/** The smallest trial that every sampler can be made for. */
const plainTrial: Trial = {
  labels: { rows: 4, columns: 2, values: Uint8Array.from([1, 0, 0, 1, 1, 1, 0, 0]) },
  batchSize: 2,
  seed: 1,
  epochs: 10,
  warmUp: 1,
  pressure: 2,
  schedule: "constant",
  weights: new Float64Array(4).fill(1),
  neighbours: Int32Array.from([1, 2, 3, 0]),
  labelCorrelation: Float64Array.from([0, 0.5, 0.5, 0]),
  unbiased: false,
};

/**
 * The sampler of a program as a subject: asks the program once what it claims.
 * @throws UsageError or ProgramError where the program does not make a sampler for four rows
 */
export async function remoteSubject(connection: Connection): Promise<Subject> {
  let id = 0;
  const create = async (trial: Trial, options: readonly string[], more = {}) => {
    const request = { ...createRequest(++id, trial, options), ...more };
    return { answer: await ask(connection, "create", request, answers.create), id: request.sampler };
  };
  const first = await create(plainTrial, [], { features: [[0], [1], [2], [3]] });
  await ask(connection, "end", { sampler: first.id }, answers.end);
  const { options, ...claims } = first.answer.claims;
  const claimed: Claims = claims;
  return {
    name: first.answer.name,
    claims: claimed,
    seen: (trial) => ({
      ...trial,
      ...(!options.includes("schedule") && { schedule: "constant" }),
      ...(!options.includes("weights") && { weights: new Float64Array(trial.labels.rows).fill(1) }),
    }),
    make: async (trial) => {
      const made = await create(trial, options);
      return new RemoteSampler(connection, made.id, made.answer);
    },
  };
}
