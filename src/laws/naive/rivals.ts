/**
 * The probabilities of the rivals that score rows by the history of their outputs, straight from their papers'
 * formulas. Constants that a planted fault changes are parameters.
 */
import type { Trial } from "../subject.ts";
import { before, mean, type NaiveTable, normalised, sum, upTo, type Visit, visitsOf } from "./observations.ts";
import { pressureAt } from "./tables.ts";

/** The weight of a score that lies at `z` between the smallest (0) and the largest (1). */
export type Minmax = (z: number, pressure: number, n: number) => number;

export const published: Minmax = (z, pressure, n) => {
  const index = Math.min(n, Math.max(1, Math.ceil((1 - z) * n)));
  return Math.exp(-(Math.log(pressure) / n) * index);
};

function minmax(scores: readonly number[], pressure: number, weight: Minmax): number[] {
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  return scores.map((score) => weight(high > low ? (score - low) / (high - low) : 0, pressure, scores.length));
}

type Scores = (trial: Trial, visits: Visit[][]) => number[];

const byScore =
  (scores: Scores, weight: Minmax = published): NaiveTable =>
  (trial, observations, epoch) =>
    normalised(minmax(scores(trial, visitsOf(trial, before(observations, epoch))), pressureAt(trial, epoch), weight));

const column = (visits: readonly Visit[], label: number): number[] => visits.map(({ scores }) => scores[label]);

/** @param lost degrees of freedom that the variance of T outputs lacks: 1 for the sample variance */
export const activeBiasScores =
  (lost = 1): Scores =>
  (trial, rows) =>
    rows.map((visits) => {
      const count = visits.length;
      if (count < 2) return 0;
      return sum(
        upTo(trial.labels.columns).map((j) => {
          const values = column(visits, j);
          const variance = sum(values.map((value) => (value - mean(values)) ** 2)) / (count - lost);
          return Math.sqrt(variance + variance ** 2 / (count - 1));
        }),
      );
    });

export const naiveActiveBias = (lost = 1): NaiveTable => byScore(activeBiasScores(lost));

const entropy = (p: number): number => (p === 0 || p === 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p));

export const recencyBiasScores =
  (window = 5): Scores =>
  (trial, rows) =>
    rows.map((visits) => {
      const recent = visits.slice(-window);
      if (recent.length === 0) return 0;
      const shares = upTo(trial.labels.columns).map(
        (j) => column(recent, j).filter((score) => score > 0.5).length / recent.length,
      );
      return sum(shares.map(entropy));
    });

export const naiveRecencyBias = (window = 5): NaiveTable => byScore(recencyBiasScores(window));

/** u_ij of a row's visits. */
export function uncertainty(visits: readonly Visit[], label: number): number {
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
  for (const a of upTo(5)) {
    for (const b of upTo(5)) {
      const both = share((i) => binOf(first[i]) === a && binOf(second[i]) === b);
      if (both === 0) continue;
      total += both * Math.log(both / (share((i) => binOf(first[i]) === a) * share((i) => binOf(second[i]) === b)));
    }
  }
  return total;
}

export const naiveUncertainty = (correlation: "mutualInformation" | "none", weight: Minmax = published): NaiveTable =>
  byScore((trial, rows) => {
    const labels = upTo(trial.labels.columns);
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
  }, weight);

/** What a planted fault changes of D2ACE. */
export interface D2aceParts {
  /** Shares of the newest change and of the older ones in the smoothed flips. */
  readonly smoothing: readonly [newest: number, older: number];
  /** S = Z C in place of Z C^T. */
  readonly transposed: boolean;
}

const d2aceParts: D2aceParts = { smoothing: [0.7, 0.3], transposed: false };

/** The scores that one matrix M gives: sum_j M_ij v_j (1 + P_ij S_ij). */
function labelWeighted(trial: Trial, matrix: readonly number[][], { transposed }: D2aceParts): number[] {
  const { rows, columns, values } = trial.labels;
  const labels = upTo(columns);
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
        const s = sum(labels.map((k) => near(i, k) * (transposed ? shares[k][j] : shares[j][k])));
        return line[j] * v[j] * (1 + own(i, j) * s);
      }),
    ),
  );
}

export const naiveD2ace =
  (parts: D2aceParts = d2aceParts): NaiveTable =>
  (trial, observations, epoch) => {
    const rows = visitsOf(trial, before(observations, epoch));
    const labels = upTo(trial.labels.columns);
    const hardness = (visits: readonly Visit[], j: number): number => {
      let flips = 0;
      visits.forEach((visit, t) => {
        const change = t === 0 ? 0 : Math.abs(visit.scores[j] - visits[t - 1].scores[j]);
        flips = parts.smoothing[0] * change + parts.smoothing[1] * flips;
      });
      return (1 - Math.exp(-(visits.at(-1)?.entryLosses[j] ?? 0))) * (1 - flips);
    };
    const table = (value: (visits: readonly Visit[], j: number) => number): number[] => {
      const matrix = rows.map((visits) => labels.map((j) => value(visits, j)));
      return normalised(minmax(labelWeighted(trial, matrix, parts), pressureAt(trial, epoch), published));
    };
    const uncertain = table(uncertainty);
    const hard = table(hardness);
    const beta = 0.7 - (0.4 * (Math.min(70, Math.max(10, epoch)) - 10)) / 60;
    return uncertain.map((p, i) => beta * p + (1 - beta) * hard[i]);
  };
