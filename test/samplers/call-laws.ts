/**
 * What every sampler must satisfy as something that is called: by seed and snapshot the same again, wrong calls refused whole,
 * and batches that are drawn ahead those of drawing and observing in turn.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { Evidence, Sampler } from "../../src/samplers/sampler.ts";
import { runs, seed } from "../arbitraries.ts";
import type { Candidate, Law } from "./candidates.ts";
import { drive, evidenceOf, type Trial, trials } from "./trial.ts";

const small = trials({ rows: [1, 12] });

/** Makes the sampler with importance weights where it has them. */
const maker = (candidate: Candidate): ((trial: Trial) => Sampler) =>
  candidate.kind === "table" ? (candidate.makeUnbiased ?? candidate.make) : candidate.make;

/** Draws up to `most` batches, as far ahead as the sampler lets one. */
function drawAhead(sampler: Sampler, most: number): Int32Array[] {
  const batches: Int32Array[] = [];
  while (batches.length < most && sampler.ahead > 0) batches.push(sampler.next());
  return batches;
}

/** The call is refused, and nothing has changed. */
function refused(sampler: Sampler, call: () => void): void {
  const before = structuredClone(sampler.state());
  expect(call).toThrow(expect.objectContaining({ name: "UsageError" }));
  expect(sampler.state()).toEqual(before);
}

/** The same seed gives the same batches; another seed, others. */
export const determinism: Law = (_, candidate) => {
  fc.assert(
    fc.property(trials({ rows: [40, 60] }), seed(), (given, evidenceSeed) => {
      const trial = { ...given, batchSize: 20 };
      const batches = (each: Trial): number[][] =>
        drive(candidate.make(each), each, 9, evidenceSeed).map((rows) => [...rows]);
      expect(batches(trial)).toEqual(batches(trial));
      if (candidate.name !== "sequential")
        expect(batches({ ...trial, seed: trial.seed ^ 1 })).not.toEqual(batches(trial));
    }),
    runs(8),
  );
};

/** From any point, a snapshot continues as the original does, in every respect; it is a copy, and nothing that comes later changes it. */
export const restoring: Law = (_, candidate) => {
  fc.assert(
    fc.property(small, fc.nat(15), fc.nat(3), seed(), (trial, batches, pending, evidenceSeed) => {
      const make = maker(candidate);
      const evidence = (t: number, rows: Int32Array): Evidence =>
        evidenceOf(evidenceSeed + t, rows.length, trial.labels.columns, false);
      const sampler = make(trial);
      drive(sampler, trial, batches, evidenceSeed);
      const waiting = drawAhead(sampler, pending);
      const state = sampler.state();
      const copy = structuredClone(state);
      const twin = make({ ...trial, seed: trial.seed ^ 1 });
      drive(twin, trial, 3, evidenceSeed + 1000);
      twin.restore(state);
      expect(twin.state()).toEqual(copy);
      for (const each of [sampler, twin]) {
        for (const [t, rows] of waiting.entries()) each.observe(rows, evidence(t, rows));
      }
      for (let t = 0; t < 2 * sampler.batchesPerEpoch; t++) {
        const [one, other] = [sampler.next(), twin.next()];
        expect([...other]).toEqual([...one]);
        expect(twin.importanceWeights?.(other)).toEqual(sampler.importanceWeights?.(one));
        sampler.observe(one, evidence(t, one));
        twin.observe(other, evidence(t, other));
        expect(twin.probabilities()).toEqual(sampler.probabilities());
        expect(twin.trace()).toEqual(sampler.trace());
      }
      expect(state).toEqual(copy);
    }),
    runs(25),
  );
};

/** Evidence that is missing, of the wrong length, NaN, infinite, negative or out of range, or for other rows, is refused and changes nothing. */
export const refusal: Law = (_, candidate) => {
  fc.assert(
    fc.property(small, fc.nat(5), seed(), fc.nat(11), fc.nat(3), (trial, batches, evidenceSeed, place, fault) => {
      const sampler = candidate.make(trial);
      drive(sampler, trial, batches, evidenceSeed);
      const rows = sampler.next();
      const good = evidenceOf(evidenceSeed, rows.length, trial.labels.columns, false);
      const spoilt = (values: Float32Array): Float32Array => {
        if (fault === 3) return values.subarray(1);
        return values.map((value, k) => (k === place % values.length ? [Number.NaN, Infinity, -1][fault] : value));
      };
      const bad: { rows: Int32Array; evidence: Evidence }[] = [
        { rows: rows.subarray(1), evidence: good },
        { rows: rows.map((row) => row + 1), evidence: good },
        ...sampler.needs.map((kind) => ({ rows, evidence: { ...good, [kind]: spoilt(good[kind]) } })),
        ...sampler.needs.map((kind) => {
          const { [kind]: _, ...others } = good;
          return { rows, evidence: others };
        }),
      ];
      for (const { rows: given, evidence } of bad) refused(sampler, () => sampler.observe(given, evidence));
      sampler.observe(rows, good);
      refused(sampler, () => sampler.observe(rows, good));
    }),
    runs(25),
  );
};

/**
 * Batches drawn ahead are those of drawing and observing in turn, with all that follows from them; to the end of the epoch, or
 * one by one where there is feedback. Drawing further and observing in another order are refused.
 */
export const ahead: Law = (_, candidate) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(small, sizes, seed(), (trial, groups, evidenceSeed) => {
      const [inTurn, sampler] = [maker(candidate)(trial), maker(candidate)(trial)];
      let drawn = 0;
      for (const size of groups) {
        const feedback = candidate.kind === "table" && candidate.feedback && sampler.epoch >= trial.warmUp;
        const left = sampler.batchesPerEpoch - (drawn % sampler.batchesPerEpoch);
        expect(sampler.ahead).toBe(feedback ? 1 : left);
        const waiting = drawAhead(sampler, size);
        expect(waiting.length).toBe(feedback ? 1 : Math.min(size, left));
        const weights = waiting.map((rows) => sampler.importanceWeights?.(rows));
        if (sampler.ahead === 0) refused(sampler, () => sampler.next());
        for (const [t, rows] of waiting.entries()) {
          const evidence = evidenceOf(evidenceSeed + drawn, rows.length, trial.labels.columns, false);
          const later = waiting.slice(t + 1).find((other) => other.join() !== rows.join());
          if (later?.length === rows.length) refused(sampler, () => sampler.observe(later, evidence));
          expect(sampler.probabilities()).toEqual(inTurn.probabilities());
          expect([...inTurn.next()]).toEqual([...rows]);
          expect(inTurn.importanceWeights?.(rows)).toEqual(weights[t]);
          inTurn.observe(rows, evidence);
          sampler.observe(rows, evidence);
          expect(sampler.trace()).toEqual(inTurn.trace());
          drawn++;
        }
        expect(sampler.state()).toEqual(inTurn.state());
      }
    }),
    runs(25),
  );
};
