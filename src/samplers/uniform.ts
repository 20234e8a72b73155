/**
 * Uniform selection: a fresh shuffle each epoch, every row once. What the other samplers are compared with.
 * Uses no evidence.
 */

import * as v from "valibot";
import { EpochSampler, type SamplerSetup, type Selection } from "./frame/epochs.ts";
import { passOptions, samplerKind, setupOf } from "./frame/kind.ts";
import { Pass, type PassOrder } from "./frame/pass.ts";
import { uniformSpread } from "./frame/spread.ts";
import type { Sampler } from "./sampler.ts";

export const uniform = samplerKind({
  name: "uniform",
  draws: "nothing: a fresh shuffle each epoch",
  source: "-",
  options: v.strictObject(passOptions),
  make: (request, options) => uniformSampler(setupOf(request, options)),
});

/** @throws UsageError if the batch size is not between 1 and the number of rows. */
export function uniformSampler(setup: SamplerSetup): Sampler {
  return new EpochSampler(setup, passSelection("uniform", setup, "shuffled"));
}

/** Visits every row once a pass, in the given order. */
export function passSelection(name: string, { labels, lastBatch }: SamplerSetup, order: PassOrder): Selection {
  const { rows } = labels;
  const pass = new Pass(rows, order, lastBatch);
  return {
    name,
    needs: [],
    settings: {},
    pressure: 1,
    feedback: false,
    begin: () => pass.begin(),
    draw: (batch, random) => pass.draw(batch, random),
    observe: () => {},
    probabilities: (target) => target.fill(1 / rows),
    probabilityOf: () => 1 / rows,
    termsOf: () => ({}),
    spread: () => uniformSpread(rows),
    state: () => pass.state(),
    restore: (state) => pass.restore(state),
  };
}
