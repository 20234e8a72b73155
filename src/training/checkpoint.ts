/**
 * A checkpoint as bytes: the state of a run and which run it is of, in one sealed safetensors file. Any changed byte is
 * refused. Turns values into bytes and back; files, and when to write them, are for others.
 */
import * as v from "valibot";
import { DataError } from "../errors.ts";
import { requireDistinctNames } from "../saved/distinct-names.ts";
import { packData, unpackData } from "../saved/plain-data.ts";
import { decodeSealed, encodeSealed } from "../saved/sealed.ts";
import type { RunState } from "./state.ts";

/** The state of a run, with what its maker says about it. */
export interface Checkpoint {
  readonly state: RunState;
  /** Which run it is of and how it is made: plain data, for whoever resumes it. */
  readonly about: Readonly<Record<string, unknown>>;
}

const format = "hardbatch checkpoint 1";
/** Its entry in the metadata. */
export const key = "hardbatch checkpoint";
/** Brackets in the metadata; samplers' states nest a few deep. */
const deepest = 32;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const figure = v.nullable(v.number());
const floats = v.union([v.instance(Float32Array), v.instance(Float64Array)]);
const values = v.record(v.string(), floats);
const atBeginning = { uniformRisk: v.number(), selectedRisk: v.number(), cosine: figure };
const ofSteps = {
  smallestShare: v.number(),
  largestShare: v.number(),
  smallestSum: v.number(),
  smallestLoss: v.number(),
  largestGradient: v.number(),
  smallestGamma: figure,
  smallestGammaRising: figure,
  smallestWeight: figure,
  largestWeight: figure,
};
const stateSchema = v.object({
  epoch: count,
  step: count,
  lossSum: v.pipe(v.number(), v.finite()),
  rowsSeen: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  device: values,
  sampler: v.record(v.string(), v.unknown()),
  best: v.object({
    epoch: v.pipe(v.number(), v.integer(), v.minValue(-1)),
    score: v.union([v.number(), v.nan()]),
    values,
  }),
  conditions: v.exactOptional(
    v.object({
      draws: v.instance(Uint32Array),
      epochs: v.array(v.object({ ...ofSteps, ...atBeginning, fewestDraws: count, mostDraws: count })),
      atBeginning: v.object(atBeginning),
      steps: v.object(ofSteps),
    }),
  ),
});
const schema = v.object({
  format: v.literal(format),
  about: v.record(v.string(), v.unknown()),
  state: stateSchema,
});

/** @throws TypeError where `about` is not plain data */
export function encodeCheckpoint({ state, about }: Checkpoint): Uint8Array<ArrayBuffer> {
  const { json, tensors } = packData({ format, about, state });
  return encodeSealed(tensors, new Map([[key, json]]));
}

/** @throws DataError where the bytes are no checkpoint, or a damaged one */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const { tensors, metadata, sealed } = decodeSealed(bytes, file);
  const json = metadata.get(key);
  if (json === undefined) throw new DataError({ file }, `no "${key}" entry in the metadata: it is not a checkpoint`);
  if (!sealed) throw new DataError({ file }, "its checksum is missing: it is damaged");
  let data: unknown;
  try {
    requireDistinctNames(json, deepest);
    data = unpackData(json, tensors);
  } catch (error) {
    throw new DataError({ file }, `the checkpoint can't be read: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = v.safeParse(schema, data);
  if (parsed.success) return { state: parsed.output.state, about: parsed.output.about };
  const [issue] = parsed.issues;
  throw new DataError({ file }, `checkpoint, ${v.getDotPath(issue) ?? "as a whole"}: ${issue.message}`);
}
