/**
 * The messages of the protocol, version 1: one JSON object a line, a request and its answer. The schemas here are the
 * published ones (docs/protocol.schema.json is made from them). What the messages mean is in docs/protocol.md.
 */
import * as v from "valibot";
import { lastBatches } from "../../samplers/frame/pass.ts";

export const protocolVersion = 1;

const id = v.pipe(v.number("a number"), v.integer("a whole number"));
const count = v.pipe(v.number("a number"), v.integer("a whole number"), v.minValue(0, "a whole number of at least 0"));
const positive = v.pipe(v.number("a number"), v.integer("a whole number"), v.minValue(1, "a whole number above 0"));
const numbers = v.array(v.number("a number"), "a list of numbers");
const counts = v.array(count, "a list of whole numbers of at least 0");

/** A saved state: whatever JSON object the sampler chooses. */
const state = v.record(v.string(), v.unknown(), "a JSON object");

export const createRequest = v.strictObject({
  call: v.literal("create"),
  /** The version of the protocol that the sender speaks. */
  protocol: v.literal(protocolVersion),
  /** A number that names the sampler in the calls that follow. */
  sampler: id,
  rows: positive,
  labelCount: positive,
  /** For each row the labels that it has, ascending, from 0. */
  labels: v.array(counts, "a list of lists of whole numbers"),
  batchSize: positive,
  seed: count,
  /** Epochs of the whole run. */
  epochs: v.exactOptional(positive),
  /** Features of each row, for samplers that look for neighbours. */
  features: v.exactOptional(v.array(numbers, "a list of lists of numbers")),
  options: v.exactOptional(v.record(v.string(), v.unknown(), "a JSON object")),
});

export const nextRequest = v.strictObject({ call: v.literal("next"), sampler: id });
export const observeRequest = v.strictObject({
  call: v.literal("observe"),
  sampler: id,
  /** The rows of the oldest batch that waits, in its order. */
  rows: counts,
  /** One for each row. */
  rowLosses: v.exactOptional(numbers),
  /** One for each row and label, row by row. */
  entryLosses: v.exactOptional(numbers),
  scores: v.exactOptional(numbers),
});
export const probabilitiesRequest = v.strictObject({ call: v.literal("probabilities"), sampler: id });
export const stateRequest = v.strictObject({ call: v.literal("state"), sampler: id });
export const restoreRequest = v.strictObject({ call: v.literal("restore"), sampler: id, state });
export const endRequest = v.strictObject({ call: v.literal("end"), sampler: id });

const requests = {
  create: createRequest,
  next: nextRequest,
  observe: observeRequest,
  probabilities: probabilitiesRequest,
  state: stateRequest,
  restore: restoreRequest,
  end: endRequest,
};

export type CallName = keyof typeof requests;
export const isCallName = (name: unknown): name is CallName =>
  typeof name === "string" && Object.hasOwn(requests, name);
export const callNames: readonly CallName[] = Object.keys(requests).filter(isCallName);

export const request = v.variant("call", [
  createRequest,
  nextRequest,
  observeRequest,
  probabilitiesRequest,
  stateRequest,
  restoreRequest,
  endRequest,
]);
export type Request = v.InferOutput<typeof request>;
export type CreateRequest = v.InferOutput<typeof createRequest>;

/** What a sampler promises; see `Claims`. What is left out is not claimed, or as usual. */
export const claims = v.object({
  laws: v.array(v.string()),
  /** The options that it takes of those that the laws would send. */
  options: v.optional(v.array(v.string()), []),
  visits: v.optional(v.picklist(["always", "warmUp", "never"]), "never"),
  lastBatch: v.exactOptional(v.picklist(lastBatches)),
  feedback: v.optional(v.boolean(), false),
  hardness: v.optional(v.picklist(["loss", "variance", "disagreement"]), "loss"),
  order: v.optional(v.union([v.literal("successive"), v.object({ chain: v.number() })]), "successive"),
  formula: v.exactOptional(
    v.object({
      name: v.string(),
      variant: v.exactOptional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
    }),
  ),
  exactTies: v.optional(v.boolean(), false),
});

const place = { epoch: count, ahead: count };
const kind = v.picklist(["rowLosses", "entryLosses", "scores"]);

export const createAnswer = v.object({
  ...place,
  /** The version that the program speaks. */
  protocol: v.literal(protocolVersion),
  name: v.string(),
  needs: v.array(kind),
  batchesPerEpoch: positive,
  pressure: v.exactOptional(v.number()),
  /** Whether `next` gives importance weights. */
  weighted: v.optional(v.boolean(), false),
  claims: v.optional(claims, { laws: [] }),
});
export const nextAnswer = v.object({
  ...place,
  rows: v.array(v.number()),
  importanceWeights: v.exactOptional(numbers),
});
export const placeAnswer = v.object(place);
export const probabilitiesAnswer = v.object({ probabilities: numbers });
export const stateAnswer = v.object({ state });
export const endAnswer = v.object({ ended: v.literal(true) });
export const errorAnswer = v.object({
  error: v.object({
    /** `refused`: the request was wrong, and nothing has changed. `failed`: the program could not do it. */
    kind: v.picklist(["refused", "failed"]),
    message: v.string(),
  }),
});

/** The schema of every message, by name. */
export const messages = {
  request,
  requests,
  answers: {
    create: createAnswer,
    next: nextAnswer,
    observe: placeAnswer,
    probabilities: probabilitiesAnswer,
    state: stateAnswer,
    restore: placeAnswer,
    end: endAnswer,
    error: errorAnswer,
  },
};

export type CreateAnswer = v.InferOutput<typeof createAnswer>;
