/** Ways to plant a fault into a naive sampler: a part of its model exchanged, or a call that does something else. */

import { type NaiveModel, naiveModel } from "../naive/model.ts";
import { NaiveSampler } from "../naive/sampler.ts";
import { claimsOf } from "../own-samplers.ts";
import type { SavedSampler, Subject, Trial } from "../subject.ts";

type Variant = Readonly<Record<string, string | number | boolean>>;

/** A naive sampler with nothing wrong in it, as a subject that claims what the sampler of that name claims. */
export function naiveSubject(name: string, variant: Variant = {}): Subject {
  return {
    name: `naive ${[name, ...Object.entries(variant).map(([key, value]) => `${key} ${value}`)].join(", ")}`,
    claims: claimsOf(name, variant),
    make: (trial) => new NaiveSampler(trial, naiveModel({ name, variant })),
  };
}

/** Made for another trial than was asked for. */
export const forOtherTrial = (name: string, variant: Variant, change: (trial: Trial) => Trial): Subject => ({
  ...naiveSubject(name, variant),
  make: (trial) => new NaiveSampler(change(trial), naiveModel({ name, variant })),
});

/** With parts of the model exchanged. */
export const withModel = (
  name: string,
  variant: Variant,
  change: (model: NaiveModel) => Partial<NaiveModel>,
): Subject => ({
  ...naiveSubject(name, variant),
  make: (trial) => {
    const model = naiveModel({ name, variant });
    return new NaiveSampler(trial, { ...model, ...change(model) });
  },
});

/** With calls that do something else. */
export const withCalls = (
  name: string,
  variant: Variant,
  change: (inner: NaiveSampler, trial: Trial) => Partial<SavedSampler>,
): Subject => ({
  ...naiveSubject(name, variant),
  make: (trial) => {
    const inner = new NaiveSampler(trial, naiveModel({ name, variant }));
    return delegating(inner, change(inner, trial));
  },
});

/** The sampler with some of its members replaced; getters stay getters. */
function delegating(inner: NaiveSampler, changes: Partial<SavedSampler>): SavedSampler {
  const { importanceWeights } = inner;
  const plain: SavedSampler = {
    needs: inner.needs,
    batchesPerEpoch: inner.batchesPerEpoch,
    pressure: inner.pressure,
    get epoch() {
      return inner.epoch;
    },
    get ahead() {
      return inner.ahead;
    },
    next: () => inner.next(),
    observe: (rows, evidence) => inner.observe(rows, evidence),
    probabilities: () => inner.probabilities(),
    trace: () => inner.trace(),
    state: () => inner.state(),
    restore: (state) => inner.restore(state),
    ...(importanceWeights && { importanceWeights }),
  };
  return Object.defineProperties(plain, Object.getOwnPropertyDescriptors(changes));
}
