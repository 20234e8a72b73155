/** What the batches of every sampler look like, and that one seed gives one stream of them. */

import { batchesOf } from "../samplers/frame/pass.ts";
import { require, same } from "./broken.ts";
import type { Law } from "./law.ts";
import type { Claims, Subject, TestedSampler, Trial } from "./subject.ts";
import { drive, evidenceOf, seeds, smallTrials, trials } from "./trial.ts";

/** Whether the epoch visits every row once. */
export const visitsAll = ({ visits }: Claims, { warmUp }: Trial, epoch: number): boolean =>
  visits === "always" || (visits === "warmUp" && epoch < warmUp);

/** Draws and observes one batch; answers its rows. */
async function step(sampler: TestedSampler, trial: Trial, evidenceSeed: number): Promise<Int32Array> {
  const rows = await sampler.next();
  await sampler.observe(rows, evidenceOf(evidenceSeed, rows.length, trial.labels.columns, false));
  return rows;
}

export const distinct: Law = {
  level: "shape",
  says: "the rows of a batch are distinct whole numbers from 0 to rows - 1",
  run: ({ fc, holds }, { make }) =>
    holds(
      fc.asyncProperty(smallTrials(fc), fc.nat(15), seeds(fc), async (trial, batches, evidenceSeed) => {
        const sampler = await make(trial);
        const { rows: count } = trial.labels;
        for (const rows of await drive(sampler, trial, batches + 1, evidenceSeed)) {
          const text = [...rows].join(" ");
          require(new Set(rows).size === rows.length, () => `a batch has a row twice: ${text}`);
          const inside = rows.every((row) => Number.isInteger(row) && row >= 0 && row < count);
          require(inside, () => `a batch has a row outside 0 to ${count - 1}: ${text}`);
        }
        await sampler.end?.();
      }),
      60,
    ),
};

export const sizes: Law = {
  level: "shape",
  says: "a batch has batchSize rows; only with lastBatch short the last one of an epoch that visits every row has the remainder",
  run: ({ fc, holds }, { make, claims }) =>
    holds(
      fc.asyncProperty(smallTrials(fc), fc.nat(15), seeds(fc), async (trial, batches, evidenceSeed) => {
        const sampler = await make(trial);
        const { batchSize, labels } = trial;
        for (let t = 0; t <= batches; t++) {
          const all = visitsAll(claims, trial, sampler.epoch);
          const left = labels.rows - (t % sampler.batchesPerEpoch) * batchSize;
          const expected = all && claims.lastBatch === "short" ? Math.min(batchSize, left) : batchSize;
          const { length } = await step(sampler, trial, evidenceSeed + t);
          require(length === expected, () => `batch ${t} has ${length} rows, expected ${expected}`);
        }
        await sampler.end?.();
      }),
      60,
    ),
};

export const epochs: Law = {
  level: "shape",
  says: "an epoch is ceil(rows / batchSize) batches (floor with drop), from 0; in every pass over the rows each comes once",
  run: ({ fc, holds }, { make, claims }) =>
    holds(
      fc.asyncProperty(smallTrials(fc), fc.nat(3), seeds(fc), async (trial, count, evidenceSeed) => {
        const sampler = await make(trial);
        const { batchSize, labels } = trial;
        const { lastBatch = "carry" } = claims;
        const batches = batchesOf(labels.rows, batchSize, lastBatch);
        let pass: number[] = [];
        require(sampler.batchesPerEpoch === batches, () => `${sampler.batchesPerEpoch} batches, expected ${batches}`);
        for (let epoch = 0; epoch <= count; epoch++) {
          if (lastBatch !== "carry") pass = [];
          for (let batch = 0; batch < batches; batch++) {
            require(sampler.epoch === epoch, () => `epoch ${sampler.epoch} at batch ${batch} of epoch ${epoch}`);
            const rows = await step(sampler, trial, evidenceSeed + epoch * batches + batch);
            if (!visitsAll(claims, trial, epoch)) continue;
            for (const row of rows) {
              if (pass.length === labels.rows) pass = [];
              require(!pass.includes(row), () => `row ${row} comes twice in a pass over the ${labels.rows} rows`);
              pass.push(row);
            }
          }
          if (!visitsAll(claims, trial, epoch) || lastBatch !== "short") continue;
          const missing = labels.rows - pass.length;
          require(missing === 0, () => `epoch ${epoch} leaves ${missing} of ${labels.rows} rows out`);
        }
        await sampler.end?.();
      }),
      40,
    ),
};

/** The batches of nine steps, as text. */
async function stream(make: Subject["make"], trial: Trial, evidenceSeed: number): Promise<string[]> {
  const sampler = await make(trial);
  const batches = await drive(sampler, trial, 9, evidenceSeed);
  await sampler.end?.();
  return batches.map((rows) => [...rows].join(" "));
}

export const determinism: Law = {
  level: "shape",
  says: "the same seed and the same evidence give the same batches",
  run: ({ fc, holds }, { make }) =>
    holds(
      fc.asyncProperty(trials(fc, { rows: [1, 60] }), seeds(fc), async (trial, evidenceSeed) => {
        const first = await stream(make, trial, evidenceSeed);
        same("batches", await stream(make, trial, evidenceSeed), first);
      }),
      12,
    ),
};

export const seeded: Law = {
  level: "shape",
  says: "another seed gives other batches",
  run: ({ fc, holds }, { make }) =>
    holds(
      fc.asyncProperty(trials(fc, { rows: [40, 60] }), seeds(fc), async (given, evidenceSeed) => {
        const trial = { ...given, batchSize: 20 };
        const other = { ...trial, seed: trial.seed ^ 1 };
        const first = await stream(make, trial, evidenceSeed);
        const second = await stream(make, other, evidenceSeed);
        require(first.join() !== second.join(), () => `seeds ${trial.seed} and ${other.seed} give the same batches`);
      }),
      8,
    ),
};
