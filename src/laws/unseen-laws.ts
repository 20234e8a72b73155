/**
 * What rows that were never seen do to the chances of the others: a sampler that has seen a part of the rows, beside
 * one that has no other rows.
 */
import { require } from "./broken.ts";
import type { Explorer } from "./explore.ts";
import type { Law } from "./law.ts";
import { probabilitiesOf } from "./probability-laws.ts";
import type { Subject, Trial } from "./subject.ts";
import { evidenceByRow, evidenceOf, type RowEvidence, seeds, trials } from "./trial.ts";

const pressure = 64;

/** The trial with these rows alone, all of them in one batch. */
function restricted(trial: Trial, kept: readonly number[]): Trial {
  const { columns, values } = trial.labels;
  const lines = kept.flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]);
  return {
    ...trial,
    batchSize: kept.length,
    labels: { rows: kept.length, columns, values: Uint8Array.from(lines) },
    weights: Float64Array.from(kept, (row) => trial.weights[row]),
  };
}

/** p of the rows seen in one epoch of two batches, beside p where there are no other rows. */
async function seenAlone({ make }: Subject, given: Trial, seed: number): Promise<(readonly [number, number])[]> {
  const { rows, columns } = given.labels;
  const trial: Trial = {
    ...given,
    batchSize: Math.ceil(rows / 2),
    warmUp: 0,
    pressure,
    schedule: "constant",
    neighbours: new Int32Array(0),
  };
  const random = evidenceOf(seed, rows, 1, false);
  const seen = new Set<number>();
  // The hardest row is in the first batch, so that what the second one has does not change the unit of the first.
  let hardest = -1;
  const evidence: RowEvidence = (row) => ({
    loss: row === hardest ? 30 : random.rowLosses[row],
    score: random.scores[row],
  });
  const sampler = await make(trial);
  for (let batch = 0; batch < sampler.batchesPerEpoch; batch++) {
    const drawn = await sampler.next();
    if (batch === 0) hardest = drawn[0];
    for (const row of drawn) seen.add(row);
    await sampler.observe(drawn, evidenceByRow(drawn, columns, evidence));
  }
  const among = await probabilitiesOf(sampler);
  const kept = [...seen].sort((a, b) => a - b);
  const narrow = await make(restricted(trial, kept));
  const all = await narrow.next();
  const moved: RowEvidence = (place) => evidence(kept[place]);
  await narrow.observe(all, evidenceByRow(all, columns, moved));
  const alone = await probabilitiesOf(narrow);
  await sampler.end?.();
  await narrow.end?.();
  return kept.map((row, place) => [among[row], alone[place]] as const);
}

type Pair = readonly [among: number, alone: number];

function forPairs(
  { fc, holds }: Explorer,
  subject: Subject,
  check: (one: Pair, other: Pair, seen: number, rows: number) => void,
): Promise<void> {
  return holds(
    fc.asyncProperty(trials(fc, { rows: [2, 16] }), seeds(fc), async (trial, seed) => {
      const chances = await seenAlone(subject, trial, seed);
      for (const one of chances) {
        for (const other of chances) check(one, other, chances.length, trial.labels.rows);
      }
    }),
    60,
  );
}

export const unseenOrder: Law = {
  level: "law",
  says: "rows that are never seen keep the order of the others' chances",
  run: (explorer, subject) =>
    forPairs(explorer, subject, (one, other) => {
      const kept = one[1] >= other[1] || one[0] <= other[0];
      require(kept, () => `p ${one[1]} < ${other[1]} without the unseen rows, ${one[0]} > ${other[0]} with them`);
    }),
};

export const unseenRatio: Law = {
  level: "law",
  says: "rows that are never seen keep the ratios of the others' chances to within one quantum",
  run: (explorer, subject) =>
    forPairs(explorer, subject, (one, other, seen, rows) => {
      const change = Math.abs(Math.log(one[0] / other[0]) - Math.log(one[1] / other[1]));
      const quantum = Math.log(pressure) * (1 / seen + 1 / rows) + 1e-9;
      require(change <= quantum, () => `a ratio changes by a factor of exp(${change}), one quantum is exp(${quantum})`);
    }),
};
