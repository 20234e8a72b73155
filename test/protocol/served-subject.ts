/** A subject of the laws on the program's side of the protocol: with it a sampler in JavaScript can be served, too. */
import * as v from "valibot";
import { UsageError } from "../../src/errors.ts";
import { trialOptionNames } from "../../src/laws/protocol/client.ts";
import type { CreateRequest } from "../../src/laws/protocol/messages.ts";
import type { Maker } from "../../src/laws/protocol/server.ts";
import type { Subject, Trial } from "../../src/laws/subject.ts";

const lists = v.array(v.array(v.number()));

/** The options that the laws send. */
const options = v.object({
  pressure: v.optional(v.number(), 2),
  schedule: v.optional(v.picklist(["constant", "exponential", "linear"]), "constant"),
  warmUp: v.optional(v.number(), 3),
  unbiased: v.optional(v.boolean(), false),
  weights: v.optional(v.array(v.number())),
  neighbours: v.optional(lists, []),
  labelCorrelation: v.optional(lists, []),
});

function trialOf(request: CreateRequest): Trial {
  const { rows, labelCount, labels, batchSize, seed, epochs = 100 } = request;
  const found = v.safeParse(options, request.options ?? {});
  if (!found.success) throw new UsageError(`create: options: ${v.getDotPath(found.issues[0])} is not as expected`);
  const { weights, neighbours, labelCorrelation, ...rest } = found.output;
  const values = new Uint8Array(rows * labelCount);
  for (const [row, own] of labels.entries()) for (const label of own) values[row * labelCount + label] = 1;
  return {
    ...rest,
    labels: { rows, columns: labelCount, values },
    batchSize,
    seed,
    epochs,
    weights: Float64Array.from(weights ?? new Array<number>(rows).fill(1)),
    neighbours: Int32Array.from(neighbours.flat()),
    labelCorrelation: Float64Array.from(labelCorrelation.flat()),
  };
}

/** Serves the samplers that the subject makes, with all it claims. */
export const subjectMaker =
  (subject: Subject): Maker =>
  async (request) => ({
    name: subject.name,
    sampler: await subject.make(trialOf(request)),
    claims: { ...subject.claims, options: trialOptionNames },
  });
