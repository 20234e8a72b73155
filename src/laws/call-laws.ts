/**
 * What every sampler must satisfy as something that is called: wrong calls refused whole, snapshots that continue the
 * same, and batches that are drawn ahead those of drawing and observing in turn.
 */
import type { Evidence, EvidenceKind } from "../samplers/sampler.ts";
import { broken, require, same } from "./broken.ts";
import type { Law } from "./law.ts";
import { visitsAll } from "./shape-laws.ts";
import type { SavedSampler, Subject, TestedSampler, Trial } from "./subject.ts";
import { drive, evidenceOf, seeds, smallTrials } from "./trial.ts";

/** The trial as the sampler has most to save: with importance weights where it claims them. */
const weighted = ({ claims }: Subject, trial: Trial): Trial => ({
  ...trial,
  unbiased: claims.laws.includes("importance"),
});

/** @throws BrokenLaw if it can't be saved */
export function requireSaving(sampler: TestedSampler): asserts sampler is SavedSampler {
  if (sampler.state === undefined || sampler.restore === undefined) broken("it has no state and restore");
}

/** Draws up to `most` batches, as far ahead as the sampler lets one. */
async function drawAhead(sampler: TestedSampler, most: number): Promise<Int32Array[]> {
  const batches: Int32Array[] = [];
  while (batches.length < most && sampler.ahead > 0) batches.push(await sampler.next());
  return batches;
}

/** The call is refused, and nothing that can be seen has changed. */
export async function refused(what: string, sampler: TestedSampler, call: () => unknown): Promise<void> {
  const visible = async () => [
    sampler.epoch,
    sampler.ahead,
    await sampler.probabilities?.(),
    structuredClone(await sampler.state?.()),
  ];
  const before = await visible();
  try {
    await call();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "UsageError") throw error;
    same(`after the refusal of ${what}, [epoch, ahead, probabilities, state]`, await visible(), before);
    return;
  }
  broken(`${what} was not refused`);
}

export const snapshots: Law = {
  level: "law",
  says: "from any point a snapshot continues as the original does, in every respect; nothing that comes later changes it",
  run: ({ fc, holds }, subject) =>
    holds(
      fc.asyncProperty(smallTrials(fc), fc.nat(15), fc.nat(3), seeds(fc), async (given, batches, pending, seed) => {
        const trial = weighted(subject, given);
        const evidence = (t: number, rows: Int32Array): Evidence =>
          evidenceOf(seed + t, rows.length, trial.labels.columns, false);
        const sampler = await subject.make(trial);
        requireSaving(sampler);
        await drive(sampler, trial, batches, seed);
        const waiting = await drawAhead(sampler, pending);
        const state = await sampler.state();
        const copy = structuredClone(state);
        const twin = await subject.make({ ...trial, seed: trial.seed ^ 1 });
        requireSaving(twin);
        await drive(twin, trial, 3, seed + 1000);
        await twin.restore(state);
        same("the state after restoring", await twin.state(), copy);
        for (const instance of [sampler, twin]) {
          for (const [t, rows] of waiting.entries()) await instance.observe(rows, evidence(t, rows));
        }
        for (let t = 0; t < 2 * sampler.batchesPerEpoch; t++) {
          const [one, other] = [await sampler.next(), await twin.next()];
          same("the restored sampler's batch", other, one);
          same(
            "the restored sampler's weights",
            await twin.importanceWeights?.(other),
            await sampler.importanceWeights?.(one),
          );
          await sampler.observe(one, evidence(t, one));
          await twin.observe(other, evidence(t, other));
          same("the restored sampler's p", await twin.probabilities?.(), await sampler.probabilities?.());
          same("the restored sampler's trace", await twin.trace?.(), await sampler.trace?.());
        }
        same("the snapshot, later", state, copy);
        await sampler.end?.();
        await twin.end?.();
      }),
      25,
    ),
};

/** The evidence with one kind of it replaced, or left out. */
function replaced(good: Required<Evidence>, kind: EvidenceKind, values?: Float32Array): Evidence {
  const { [kind]: _, ...others } = good;
  return values === undefined ? others : { ...others, [kind]: values };
}

const faults = [Number.NaN, Number.POSITIVE_INFINITY, -1];

export const refusal: Law = {
  level: "shape",
  says: "evidence that is missing, too short, NaN, infinite, negative, for other rows or given twice is refused and changes nothing",
  run: ({ fc, holds }, { make }) =>
    holds(
      fc.asyncProperty(
        fc.tuple(smallTrials(fc), fc.nat(5), seeds(fc), fc.nat(11), fc.nat(3)),
        async ([trial, batches, seed, place, fault]) => {
          const sampler = await make(trial);
          await drive(sampler, trial, batches, seed);
          const rows = await sampler.next();
          const good = evidenceOf(seed, rows.length, trial.labels.columns, false);
          const spoilt = (values: Float32Array): Float32Array => {
            if (fault === 3) return values.subarray(1);
            return values.map((value, k) => (k === place % values.length ? faults[fault] : value));
          };
          const bad: { what: string; rows: Int32Array; evidence: Evidence }[] = [
            { what: "evidence for one row too few", rows: rows.subarray(1), evidence: good },
            { what: "evidence for other rows", rows: rows.map((row) => row + 1), evidence: good },
            ...sampler.needs.flatMap((kind) => [
              { what: `spoilt ${kind}`, rows, evidence: replaced(good, kind, spoilt(good[kind])) },
              { what: `missing ${kind}`, rows, evidence: replaced(good, kind) },
            ]),
          ];
          for (const { what, rows: given, evidence } of bad) {
            await refused(what, sampler, () => sampler.observe(given, evidence));
          }
          await sampler.observe(rows, good);
          await refused("the same evidence again", sampler, () => sampler.observe(rows, good));
          await sampler.end?.();
        },
      ),
      25,
    ),
};

export const ahead: Law = {
  level: "law",
  says:
    "batches drawn ahead are those of drawing and observing in turn: to the end of the epoch, or one by one where there is " +
    "feedback; drawing further and observing in another order are refused",
  run: ({ fc, holds }, subject) => {
    const groupSizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });
    return holds(
      fc.asyncProperty(smallTrials(fc), groupSizes, seeds(fc), async (given, groups, seed) => {
        const trial = weighted(subject, given);
        const [inTurn, sampler] = [await subject.make(trial), await subject.make(trial)];
        let drawn = 0;
        for (const size of groups) {
          const feedback = subject.claims.feedback && !visitsAll(subject.claims, trial, sampler.epoch);
          const left = sampler.batchesPerEpoch - (drawn % sampler.batchesPerEpoch);
          const expected = feedback ? 1 : left;
          require(sampler.ahead === expected, () => `ahead is ${sampler.ahead}, expected ${expected}`);
          const waiting = await drawAhead(sampler, size);
          const most = Math.min(size, expected);
          require(waiting.length === most, () => `${waiting.length} batches drawn ahead, expected ${most}`);
          const weights: unknown[] = [];
          for (const rows of waiting) weights.push(await sampler.importanceWeights?.(rows));
          if (sampler.ahead === 0) await refused("next beyond ahead", sampler, () => sampler.next());
          for (const [t, rows] of waiting.entries()) {
            const evidence = evidenceOf(seed + drawn, rows.length, trial.labels.columns, false);
            const later = waiting.slice(t + 1).find((other) => other.join() !== rows.join());
            if (later?.length === rows.length) {
              await refused("evidence for a later batch", sampler, () => sampler.observe(later, evidence));
            }
            same("p, ahead and in turn,", await sampler.probabilities?.(), await inTurn.probabilities?.());
            same("the batch drawn in turn", await inTurn.next(), rows);
            same("the weights in turn", await inTurn.importanceWeights?.(rows), weights[t]);
            await inTurn.observe(rows, evidence);
            await sampler.observe(rows, evidence);
            same("the trace, ahead and in turn,", await sampler.trace?.(), await inTurn.trace?.());
            drawn++;
          }
          same("the state, ahead and in turn,", await sampler.state?.(), await inTurn.state?.());
        }
        await sampler.end?.();
        await inTurn.end?.();
      }),
      25,
    );
  },
};
