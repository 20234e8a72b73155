/**
 * The rows in the order of the data, the same every epoch: what the authors' code runs as its "random" baseline.
 * Uses no evidence and no random numbers.
 */

import { EpochSampler, type SamplerSetup } from "./frame/epochs.ts";
import type { Sampler } from "./sampler.ts";
import { passSelection } from "./uniform.ts";

/** @throws UsageError if the batch size is not between 1 and the number of rows. */
export function sequentialSampler(setup: SamplerSetup): Sampler {
  return new EpochSampler(setup, passSelection("sequential", setup.labels.rows, "sequential"));
}
