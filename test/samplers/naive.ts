/**
 * Each sampler's probabilities once more, straight from the formulas: everything is kept, everything is recomputed in
 * O(n) or worse, nothing is shared with the code under test.
 */
import type { Evidence } from "../../src/samplers/sampler.ts";
import type { Trial } from "./trial.ts";

/** One observation: the evidence of one row on one visit. */
export interface Visit {
  readonly loss: number;
  readonly entryLosses: readonly number[];
  readonly scores: readonly number[];
}

/** The rows of one observed batch, with what was seen. */
export interface Observation {
  readonly epoch: number;
  readonly rows: readonly number[];
  readonly visits: readonly Visit[];
}

export function observation(
  epoch: number,
  rows: Int32Array,
  evidence: Required<Evidence>,
  labels: number,
): Observation {
  const visits = Array.from(rows, (_, k) => ({
    loss: evidence.rowLosses[k],
    entryLosses: [...evidence.entryLosses.subarray(k * labels, (k + 1) * labels)],
    scores: [...evidence.scores.subarray(k * labels, (k + 1) * labels)],
  }));
  return { epoch, rows: [...rows], visits };
}

/** p for a draw in `epoch`, after these observations. */
export type NaiveTable = (trial: Trial, observations: readonly Observation[], epoch: number) => number[];

export const normalised = (weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

/** What the table of an epoch knows: observations of the epochs before it. */
const before = (observations: readonly Observation[], epoch: number): readonly Observation[] =>
  observations.filter((each) => each.epoch < epoch);

/** `[rows]` the visits of each row, in order. */
function visitsOf(trial: Trial, observations: readonly Observation[]): Visit[][] {
  const visits = Array.from({ length: trial.labels.rows }, (): Visit[] => []);
  for (const { rows, visits: seen } of observations) {
    for (const [k, row] of rows.entries()) visits[row].push(seen[k]);
  }
  return visits;
}

export function pressureAt({ pressure, schedule, warmUp, epochs }: Trial, epoch: number): number {
  const last = epochs - 1;
  if (schedule === "constant" || epoch <= warmUp) return pressure;
  if (epoch >= last) return 1;
  if (schedule === "linear") return pressure - ((pressure - 1) * (epoch - warmUp)) / (last - warmUp);
  return pressure * Math.exp(Math.log(1 / pressure) / (last - warmUp)) ** (epoch - warmUp);
}

export const naiveUniform: NaiveTable = ({ labels }) => Array.from({ length: labels.rows }, () => 1 / labels.rows);

/** algorithm: z = w l; after a batch all Q from the current maximum, of which the batch's rows (or all) enter the table. */
export const naiveAdaptive =
  (refresh: "epoch" | "batch" | "full"): NaiveTable =>
  (trial, observations, epoch) => {
    const n = trial.labels.rows;
    const z = new Array<number>(n).fill(0);
    const table = new Array<number>(n).fill(0);
    for (const { rows, visits } of refresh === "epoch" ? before(observations, epoch) : observations) {
      rows.forEach((row, k) => {
        z[row] = trial.weights[row] * visits[k].loss;
      });
      const quantum = Math.max(...z) / n;
      const index = z.map((value) => (quantum === 0 ? 0 : Math.min(n, Math.ceil(value / quantum))));
      for (const row of refresh === "full" ? z.keys() : rows) table[row] = index[row];
    }
    return normalised(table.map((index) => pressureAt(trial, epoch) ** (index / n)));
  };

export const naiveOnlineBatch: NaiveTable = (trial, observations, epoch) => {
  const losses = visitsOf(trial, before(observations, epoch)).map((visits) => visits.at(-1)?.loss ?? 0);
  const n = losses.length;
  const base = Math.exp(Math.log(pressureAt(trial, epoch)) / n);
  return normalised(
    losses.map((loss) => {
      const best = losses.filter((other) => other > loss).length + 1;
      const shared = losses.filter((other) => other === loss).length;
      let sum = 0;
      for (let rank = best; rank < best + shared; rank++) sum += base ** -rank;
      return sum / shared;
    }),
  );
};

function minmax(scores: readonly number[], pressure: number): number[] {
  const n = scores.length;
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  return scores.map((score) => {
    const z = high > low ? (score - low) / (high - low) : 0;
    const index = Math.min(n, Math.max(1, Math.ceil((1 - z) * n)));
    return Math.exp(-(Math.log(pressure) / n) * index);
  });
}

const byScore =
  (score: (trial: Trial, visits: Visit[][]) => number[]): NaiveTable =>
  (trial, observations, epoch) =>
    normalised(minmax(score(trial, visitsOf(trial, before(observations, epoch))), pressureAt(trial, epoch)));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const column = (visits: readonly Visit[], label: number): number[] => visits.map(({ scores }) => scores[label]);
const each = (count: number): number[] => Array.from({ length: count }, (_, j) => j);

export const naiveActiveBias = byScore((trial, rows) =>
  rows.map((visits) => {
    const count = visits.length;
    if (count < 2) return 0;
    return sum(
      each(trial.labels.columns).map((j) => {
        const values = column(visits, j);
        const variance = sum(values.map((value) => (value - mean(values)) ** 2)) / (count - 1);
        return Math.sqrt(variance + variance ** 2 / (count - 1));
      }),
    );
  }),
);

const entropy = (p: number): number => (p === 0 || p === 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p));

export const naiveRecencyBias = byScore((trial, rows) =>
  rows.map((visits) => {
    const recent = visits.slice(-5);
    if (recent.length === 0) return 0;
    const shares = each(trial.labels.columns).map(
      (j) => column(recent, j).filter((score) => score > 0.5).length / recent.length,
    );
    return sum(shares.map(entropy));
  }),
);

/** u_ij of a row's visits. */
function uncertainty(visits: readonly Visit[], label: number): number {
  const recent = column(visits.slice(-5), label);
  if (recent.length === 0) return 0;
  const changes = recent.slice(1).map((value, t) => Math.abs(value - recent[t]));
  const d = changes.length === 0 ? 0 : mean(changes);
  return Math.min(1, (d + entropy(recent[recent.length - 1])) / 2);
}

const binOf = (value: number): number => [0.2, 0.4, 0.6, 0.8].filter((edge) => value >= edge).length;

function informationBetween(first: readonly number[], second: readonly number[]): number {
  const share = (holds: (i: number) => boolean): number => first.filter((_, i) => holds(i)).length / first.length;
  let total = 0;
  for (const a of each(5)) {
    for (const b of each(5)) {
      const both = share((i) => binOf(first[i]) === a && binOf(second[i]) === b);
      if (both === 0) continue;
      total += both * Math.log(both / (share((i) => binOf(first[i]) === a) * share((i) => binOf(second[i]) === b)));
    }
  }
  return total;
}

export const naiveUncertainty = (correlation: "mutualInformation" | "none"): NaiveTable =>
  byScore((trial, rows) => {
    const labels = each(trial.labels.columns);
    const u = rows.map((visits) => labels.map((j) => uncertainty(visits, j)));
    const matrix = labels.map((j) =>
      labels.map((k) => {
        if (correlation === "none" || j === k) return 1;
        return informationBetween(
          u.map((line) => line[j]),
          u.map((line) => line[k]),
        );
      }),
    );
    const scaled = matrix.map((line) => line.map((value) => value / Math.max(...line)));
    return u.map((line) => sum(labels.map((k) => sum(labels.map((j) => line[j] * scaled[j][k])))));
  });

/** The scores that one matrix M gives: sum_j M_ij v_j (1 + P_ij S_ij). */
function labelWeighted(trial: Trial, matrix: readonly number[][]): number[] {
  const { rows, columns, values } = trial.labels;
  const labels = each(columns);
  const own = (i: number, j: number): number => values[i * columns + j];
  const perRow = trial.neighbours.length / rows;
  const near = (i: number, j: number): number => {
    const around = [i, ...trial.neighbours.subarray(i * perRow, (i + 1) * perRow)];
    return Math.max(...around.map((row) => own(row, j)));
  };
  const columnOf = (j: number): number[] => matrix.map((line) => line[j]);
  const v = labels.map((j) => {
    const deviation = Math.sqrt(mean(columnOf(j).map((value) => (value - mean(columnOf(j))) ** 2)));
    return Math.exp(mean(columnOf(j)) / 2 + deviation / 2);
  });
  const masked = (j: number): number[] => columnOf(j).map((value, i) => value * own(i, j));
  const norm = (j: number): number => Math.sqrt(sum(masked(j).map((value) => value * value)));
  const cosine = labels.map((j) =>
    labels.map((k) => {
      if (norm(j) === 0 || norm(k) === 0) return 0;
      return sum(masked(j).map((value, i) => value * masked(k)[i])) / (norm(j) * norm(k));
    }),
  );
  const shares = cosine.map((line) => (sum(line) === 0 ? line : line.map((value) => value / sum(line))));
  return matrix.map((line, i) =>
    sum(
      labels.map((j) => {
        const s = sum(labels.map((k) => near(i, k) * shares[j][k]));
        return line[j] * v[j] * (1 + own(i, j) * s);
      }),
    ),
  );
}

export const naiveD2ace: NaiveTable = (trial, observations, epoch) => {
  const rows = visitsOf(trial, before(observations, epoch));
  const labels = each(trial.labels.columns);
  const hardness = (visits: readonly Visit[], j: number): number => {
    let flips = 0;
    visits.forEach((visit, t) => {
      flips = 0.7 * (t === 0 ? 0 : Math.abs(visit.scores[j] - visits[t - 1].scores[j])) + 0.3 * flips;
    });
    return (1 - Math.exp(-(visits.at(-1)?.entryLosses[j] ?? 0))) * (1 - flips);
  };
  const table = (value: (visits: readonly Visit[], j: number) => number): number[] => {
    const matrix = rows.map((visits) => labels.map((j) => value(visits, j)));
    return normalised(minmax(labelWeighted(trial, matrix), pressureAt(trial, epoch)));
  };
  const uncertain = table(uncertainty);
  const hard = table(hardness);
  const beta = 0.7 - (0.4 * (Math.min(70, Math.max(10, epoch)) - 10)) / 60;
  return uncertain.map((p, i) => beta * p + (1 - beta) * hard[i]);
};

/** Probability of drawing these rows in this order, one after another without replacement. */
export type OrderProbability = (trial: Trial, p: readonly number[], rows: readonly number[]) => number;

export const successive: OrderProbability = (_, p, rows) => {
  let rest = 1;
  let product = 1;
  for (const row of rows) {
    product *= p[row] / rest;
    rest -= p[row];
  }
  return product;
};

export const naiveCorrelation = (trial: Trial, u: number, i: number): number => {
  const { columns, values } = trial.labels;
  const labels = (row: number): number[] => each(columns).filter((j) => values[row * columns + j] === 1);
  const pairs = labels(u).flatMap((j) => labels(i).map((k) => trial.correlation[j * columns + k]));
  return pairs.length === 0 ? 0 : mean(pairs);
};

/** p_t(i) ~ p_i (1 + kappa a(previous, i)) over the rows not yet drawn. */
export const chained =
  (kappa: number): OrderProbability =>
  (trial, p, rows) => {
    let product = 1;
    rows.forEach((row, t) => {
      const factor = (i: number): number => p[i] * (t === 0 ? 1 : 1 + kappa * naiveCorrelation(trial, rows[t - 1], i));
      const left = each(p.length).filter((i) => !rows.slice(0, t).includes(i));
      product *= factor(row) / sum(left.map(factor));
    });
    return product;
  };
