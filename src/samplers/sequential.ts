/**
 * The rows in the order of the data, the same every epoch: what the authors' code runs as its "random" baseline.
 * Uses no evidence and no random numbers.
 */

import * as v from "valibot";
import { EpochSampler, type SamplerSetup } from "./frame/epochs.ts";
import { passOptions, samplerKind, setupOf } from "./frame/kind.ts";
import type { Sampler } from "./sampler.ts";
import { passSelection } from "./uniform.ts";

export const sequential = samplerKind({
  name: "sequential",
  draws: "nothing: the order of the data",
  source: 'code: the published "random" baseline',
  options: v.strictObject(passOptions),
  make: (request, options) => sequentialSampler(setupOf(request, options)),
});

/** @throws UsageError if the batch size is not between 1 and the number of rows. */
export function sequentialSampler(setup: SamplerSetup): Sampler {
  return new EpochSampler(setup, passSelection("sequential", setup, "sequential"));
}
