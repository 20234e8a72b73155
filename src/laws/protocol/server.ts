/**
 * The program's side of the protocol: takes a line and answers one. A wrong line, whatever is in it, is answered by an
 * error line and changes nothing. Where the lines come from and go to is not known here.
 */
import * as v from "valibot";
import { UsageError } from "../../errors.ts";
import type { Evidence } from "../../samplers/sampler.ts";
import type { Answer, Claims, SavedSampler, TestedSampler } from "../subject.ts";
import {
  type CreateRequest,
  callNames,
  isCallName,
  messages,
  protocolVersion,
  type Request,
  request as requestSchema,
} from "./messages.ts";
import { fromJson, toJson } from "./saved-state.ts";

/** A sampler made for a `create` request, and what is claimed of it. */
export interface Served {
  readonly name: string;
  readonly sampler: TestedSampler;
  readonly claims: Claims & { readonly options: readonly string[] };
}

export type Maker = (request: CreateRequest) => Answer<Served>;

/** Samplers that may be alive at once: more of them is a client that forgets to end them. */
const mostSamplers = 1000;

export class SamplerServer {
  readonly #make: Maker;
  readonly #samplers = new Map<number, TestedSampler>();

  /** @param make throws UsageError for a request that it can't serve */
  constructor(make: Maker) {
    this.#make = make;
  }

  /** The answer to a line, without the line's end. Never rejects. */
  async answer(line: string): Promise<string> {
    try {
      return JSON.stringify(await this.#serve(read(line)));
    } catch (error) {
      return errorLine(error);
    }
  }

  async #serve(request: Request): Promise<unknown> {
    if (request.call === "create") return this.#create(request);
    const sampler = this.#samplers.get(request.sampler);
    if (sampler === undefined) throw new UsageError(`sampler ${request.sampler}: there is none; create it first`);
    switch (request.call) {
      case "next": {
        const rows = await sampler.next();
        const weights = await sampler.importanceWeights?.(rows);
        const { epoch, ahead } = sampler;
        if (weights) return { rows: listOf(rows), importanceWeights: listOf(weights), epoch, ahead };
        return { rows: listOf(rows), epoch, ahead };
      }
      case "observe":
        await sampler.observe(new Int32Array(request.rows), evidenceOf(request));
        return placeOf(sampler);
      case "probabilities":
        return { probabilities: [...((await sampler.probabilities?.()) ?? refuse("it has no probabilities"))] };
      case "state":
        requireSaved(sampler);
        return { state: toJson(await sampler.state()) };
      case "restore":
        requireSaved(sampler);
        await sampler.restore(restored(request.state));
        return placeOf(sampler);
      case "end":
        await sampler.end?.();
        this.#samplers.delete(request.sampler);
        return { ended: true };
    }
  }

  async #create(request: CreateRequest): Promise<unknown> {
    const { sampler: id } = request;
    if (this.#samplers.has(id)) refuse(`sampler ${id}: there is one of that number; end it first`);
    if (this.#samplers.size >= mostSamplers) refuse(`${mostSamplers} samplers are alive; end those that are done with`);
    checkLabels(request);
    const { name, sampler, claims } = await this.#make(request);
    this.#samplers.set(id, sampler);
    const { needs, batchesPerEpoch, pressure } = sampler;
    const weighted = sampler.importanceWeights !== undefined;
    return {
      protocol: protocolVersion,
      name,
      needs,
      batchesPerEpoch,
      ...(pressure !== undefined && { pressure }),
      weighted,
      ...placeOf(sampler),
      claims,
    };
  }
}

/** The numbers as JSON takes them: a loop is several times as fast as an iterator. */
function listOf(values: ArrayLike<number>): number[] {
  const list: number[] = [];
  for (let i = 0; i < values.length; i++) list.push(values[i]);
  return list;
}

const placeOf = ({ epoch, ahead }: TestedSampler) => ({ epoch, ahead });

function refuse(message: string): never {
  throw new UsageError(message);
}

function requireSaved(sampler: TestedSampler): asserts sampler is SavedSampler {
  if (sampler.state === undefined || sampler.restore === undefined) refuse("it can't be saved");
}

/** The request of a line. @throws UsageError with what is wrong and where */
function read(line: string): Request {
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch (error) {
    refuse(`not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const call = typeof given === "object" && given !== null && "call" in given ? given.call : undefined;
  if (!isCallName(call)) {
    refuse(`expected an object with "call": one of ${callNames.join(", ")}; found call ${JSON.stringify(call)}`);
  }
  if (isPlain(given)) return given;
  const found = v.safeParse(requestSchema, given);
  if (found.success) return found.output;
  const [issue] = found.issues;
  const path = v.getDotPath(issue) ?? "";
  if (issue.type === "strict_object" && issue.expected === "never") {
    refuse(`${call} has no "${path}"; it has ${Object.keys(messages.requests[call].entries).join(", ")}`);
  }
  const shown = JSON.stringify(issue.input)?.slice(0, 40) ?? "nothing";
  return refuse(`${call}: "${path}" is ${shown}, expected ${issue.expected === null ? issue.message : issue.expected}`);
}

type Plain = Extract<Request, { call: "next" | "observe" }>;

const evidenceKinds: ReadonlySet<string> = new Set(["rowLosses", "entryLosses", "scores"]);
const isNumber = (value: unknown): boolean => typeof value === "number";
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isListOf = (value: unknown, is: (entry: unknown) => boolean): boolean => Array.isArray(value) && value.every(is);

/**
 * The calls of every batch, known without the schema, which takes longer than all else of a request. What is not known
 * here may still be right: the schema decides, and says what is wrong.
 */
function isPlain(given: unknown): given is Plain {
  if (typeof given !== "object" || given === null || !("call" in given && "sampler" in given)) return false;
  if (!Number.isInteger(given.sampler)) return false;
  const keys = Object.keys(given);
  if (given.call === "next") return keys.length === 2;
  if (given.call !== "observe" || !("rows" in given) || !isListOf(given.rows, isCount)) return false;
  return Object.entries(given).every(
    ([key, value]) =>
      key === "call" || key === "sampler" || key === "rows" || (evidenceKinds.has(key) && isListOf(value, isNumber)),
  );
}

/** The labels fit the counts. */
function checkLabels({ rows, labelCount, labels, features }: CreateRequest): void {
  if (labels.length !== rows) refuse(`create: labels of ${labels.length} rows, but rows is ${rows}`);
  if (features !== undefined && features.length !== rows) {
    refuse(`create: features of ${features.length} rows, but rows is ${rows}`);
  }
  for (const [row, own] of labels.entries()) {
    const wrong = own.find((label) => label >= labelCount);
    if (wrong !== undefined) refuse(`create: row ${row} has label ${wrong}, but labelCount is ${labelCount}`);
  }
}

type Kinds = Extract<Request, { call: "observe" }>;

function evidenceOf({ rowLosses, entryLosses, scores }: Kinds): Evidence {
  return {
    ...(rowLosses && { rowLosses: new Float32Array(rowLosses) }),
    ...(entryLosses && { entryLosses: new Float32Array(entryLosses) }),
    ...(scores && { scores: new Float32Array(scores) }),
  };
}

function restored(state: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const found = fromJson(state);
  const isRecord = typeof found === "object" && found !== null && !ArrayBuffer.isView(found);
  return isRecord ? Object.fromEntries(Object.entries(found)) : refuse("state: expected a JSON object");
}

/** The error as an answer: `refused` where the request is at fault. */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : `${error}`;
  const kind = error instanceof Error && error.name === "UsageError" ? "refused" : "failed";
  return JSON.stringify({ error: { kind, message } });
}
