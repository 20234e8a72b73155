/**
 * What every sampler's probabilities must satisfy, whatever was drawn and observed. Laws about the evidence of all rows
 * use batches of all rows: then no draw decides what is seen.
 */
import { Random } from "../random.ts";
import { broken, close, require, same } from "./broken.ts";
import type { Law } from "./law.ts";
import type { Claims, Subject, TestedSampler, Trial } from "./subject.ts";
import { drive, evidenceByRow, evidenceOf, type RowEvidence, seeds, smallTrials, trials } from "./trial.ts";

/** @throws BrokenLaw if there are none */
export async function probabilitiesOf(sampler: TestedSampler): Promise<Float64Array> {
  return (await sampler.probabilities?.()) ?? broken("it has no probabilities");
}

/** The trial with one batch an epoch, of all rows, drawn by probability from the first epoch on. */
const whole = (trial: Trial): Trial => ({ ...trial, batchSize: trial.labels.rows, warmUp: 0 });

/** p after batches of all rows with the given evidence of each row, visit by visit. */
async function afterVisits(
  make: Subject["make"],
  trial: Trial,
  visits: number,
  evidence: (visit: number) => RowEvidence,
): Promise<Float64Array> {
  const sampler = await make(whole(trial));
  for (let visit = 0; visit < visits; visit++) {
    const rows = await sampler.next();
    await sampler.observe(rows, evidenceByRow(rows, trial.labels.columns, evidence(visit)));
  }
  const p = await probabilitiesOf(sampler);
  await sampler.end?.();
  return p;
}

export const distribution: Law = {
  level: "law",
  says: "the probabilities sum to 1, and every row has one above 0",
  run: ({ fc, holds }, { make }) =>
    holds(
      fc.asyncProperty(trials(fc, { rows: [1, 60] }), seeds(fc), fc.nat(20), async (trial, seed, batches) => {
        const sampler = await make(trial);
        await drive(sampler, trial, batches, seed);
        const p = [...(await probabilitiesOf(sampler))];
        require(p.length === trial.labels.rows, () => `${p.length} probabilities for ${trial.labels.rows} rows`);
        const total = p.reduce((sum, share) => sum + share, 0);
        require(Math.abs(total - 1) < 1e-12, () => `the probabilities sum to ${total}`);
        const least = Math.min(...p);
        require(least > 0, () => `the smallest probability is ${least}`);
        await sampler.end?.();
      }),
      60,
    ),
};

export const bounds: Law = {
  level: "law",
  says: "by the pressure s that the sampler states, no row is more than s times as likely as another: p lies in [1/(n s), s/n]",
  run: ({ fc, holds }, { make, claims }) =>
    holds(
      fc.asyncProperty(trials(fc, { rows: [1, 60] }), seeds(fc), fc.nat(20), async (trial, seed, batches) => {
        const sampler = await make(trial);
        await drive(sampler, trial, batches, seed);
        const p = [...(await probabilitiesOf(sampler))];
        const [least, most] = [Math.min(...p), Math.max(...p)];
        const { pressure } = claims.visits === "always" ? { pressure: 1 } : sampler;
        if (pressure === undefined) broken("it states no pressure");
        const bound = pressure * (1 + 1e-12);
        require(most / least <= bound, () =>
          `the largest p is ${most / least} times the smallest, pressure ${pressure}`);
        require(most * p.length <= bound, () => `n times the largest p is ${most * p.length}, pressure ${pressure}`);
        require(least * p.length * bound >= 1, () =>
          `n times the smallest p is ${least * p.length}, pressure ${pressure}`);
        await sampler.end?.();
      }),
      60,
    ),
};

export const equality: Law = {
  level: "law",
  says: "the same evidence for every row gives every row the same chance",
  run: ({ fc, holds }, { make }) =>
    holds(
      fc.asyncProperty(smallTrials(fc), seeds(fc), async (given, seed) => {
        const { rows, columns } = given.labels;
        const labels = { ...given.labels, values: new Uint8Array(rows * columns) };
        const trial = { ...given, weights: new Float64Array(rows).fill(1), labels };
        const p = await afterVisits(make, trial, 3, (visit) => {
          const one = evidenceOf(seed + visit, 1, 1, true);
          return () => ({ loss: one.rowLosses[0], score: one.scores[0] });
        });
        close("p", p, new Array<number>(rows).fill(1 / rows), 1e-12);
      }),
      60,
    ),
};

/** Evidence of a row at `level` in [0, 1] of whatever this sampler calls hard. */
function harder({ hardness }: Claims, level: number, visit: number): ReturnType<RowEvidence> {
  const loss = 3 * level;
  if (hardness === "variance") return { loss, score: 0.5 + (visit % 2 === 0 ? level : -level) / 2 };
  if (hardness === "disagreement") return { loss, score: visit < Math.floor(2.99 * level) ? 0.9 : 0.1 };
  return { loss, score: level / 2 };
}

export const monotony: Law = {
  level: "law",
  says: "of two rows that differ in nothing else, the harder one never has the smaller chance; the hardest has more than the easiest",
  run: ({ fc, holds }, { make, claims }) => {
    const steps = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 12 });
    return holds(
      fc.asyncProperty(smallTrials(fc), steps, async (given, chosen) => {
        const [rows, columns] = [chosen.length, given.labels.columns];
        const level = chosen.map((step) => step / 20).sort((a, b) => a - b);
        const trial: Trial = {
          ...given,
          pressure: 8,
          schedule: "constant",
          labels: { rows, columns, values: new Uint8Array(rows * columns).fill(1) },
          weights: new Float64Array(rows).fill(1),
          neighbours: Int32Array.from({ length: rows }, (_, i) => (i + 1) % rows),
        };
        const p = await afterVisits(make, trial, 5, (visit) => (row) => harder(claims, level[row], visit));
        for (let i = 1; i < rows; i++) {
          require(p[i] >= p[i - 1], () => `p ${p[i]} at level ${level[i]}, but ${p[i - 1]} at ${level[i - 1]}`);
        }
        const spread = level[rows - 1] - level[0];
        require(spread <= 0.5 || p[rows - 1] > p[0], () => `p ${p[0]} for the easiest row and for the hardest`);
      }),
      60,
    );
  },
};

/** The trial with row i moved to place `to[i]`. */
function permuted(trial: Trial, to: Int32Array): Trial {
  const { rows, columns, values } = trial.labels;
  const width = trial.neighbours.length / rows;
  const labels = new Uint8Array(values.length);
  const weights = new Float64Array(rows);
  const neighbours = new Int32Array(trial.neighbours.length);
  to.forEach((place, i) => {
    labels.set(values.subarray(i * columns, (i + 1) * columns), place * columns);
    weights[place] = trial.weights[i];
    const moved = trial.neighbours.subarray(i * width, (i + 1) * width).map((row) => to[row]);
    neighbours.set(moved, place * width);
  });
  return { ...trial, labels: { rows, columns, values: labels }, weights, neighbours };
}

export const equivariance: Law = {
  level: "law",
  says: "numbering the rows otherwise, with all that belongs to them, numbers the probabilities otherwise",
  run: ({ fc, holds }, { make }) =>
    holds(
      fc.asyncProperty(smallTrials(fc), fc.integer({ min: 1, max: 8 }), seeds(fc), async (trial, visits, seed) => {
        const { rows } = trial.labels;
        const to = Int32Array.from({ length: rows }, (_, i) => i);
        new Random(trial.seed).shuffle(to);
        const from = new Int32Array(rows);
        to.forEach((place, i) => {
          from[place] = i;
        });
        const evidence = (visit: number): RowEvidence => {
          const all = evidenceOf(seed + visit, rows, 1, false);
          return (row) => ({ loss: all.rowLosses[row], score: all.scores[row] });
        };
        const first = await afterVisits(make, trial, visits, evidence);
        const second = await afterVisits(make, permuted(trial, to), visits, (visit) => {
          const original = evidence(visit);
          return (place) => original(from[place]);
        });
        const expected = Array.from(to, (place) => second[place]);
        close("p of the renumbered rows", first, expected, 1e-12);
      }),
      60,
    ),
};

export const scaling: Law = {
  level: "law",
  says: "losses in another unit (a power of two, so that it is exact) give the same probabilities and batches",
  run: ({ fc, holds }, { make }) => {
    const batches = fc.integer({ min: 1, max: 10 });
    const power = fc.integer({ min: -90, max: 90 });
    return holds(
      fc.asyncProperty(fc.tuple(smallTrials(fc), batches, power, seeds(fc)), async ([trial, count, exponent, seed]) => {
        const [first, second] = [await make(trial), await make(trial)];
        for (let t = 0; t < count; t++) {
          const rows = await first.next();
          same("the batch in the other unit", await second.next(), rows);
          const { rowLosses } = evidenceOf(seed + t, rows.length, 1, false);
          await first.observe(rows, { rowLosses });
          await second.observe(rows, { rowLosses: rowLosses.map((loss) => loss * 2 ** exponent) });
          same("p in the other unit", await probabilitiesOf(second), await probabilitiesOf(first));
        }
        await first.end?.();
        await second.end?.();
      }),
      60,
    );
  },
};
