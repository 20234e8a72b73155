/**
 * The probabilities of the method and of online batch selection once more, straight from the formulas: everything is
 * recomputed in O(n) or worse. The parts of a formula can be exchanged, so that a planted fault is one part.
 */
import type { Trial } from "../subject.ts";
import { before, type NaiveTable, normalised, upTo, type Visit, visitsOf } from "./observations.ts";

export function pressureAt({ pressure, schedule, warmUp, epochs }: Trial, epoch: number): number {
  const last = epochs - 1;
  if (schedule === "constant" || epoch <= warmUp) return pressure;
  if (epoch >= last) return 1;
  if (schedule === "linear") return pressure - ((pressure - 1) * (epoch - warmUp)) / (last - warmUp);
  return pressure * Math.exp(Math.log(1 / pressure) / (last - warmUp)) ** (epoch - warmUp);
}

/** Every row alike. */
export const naiveUniform: NaiveTable = ({ labels }) => upTo(labels.rows).map(() => 1 / labels.rows);

export type Refresh = "epoch" | "batch" | "full";

/** The parts of the method's formula. */
export interface AdaptiveParts {
  /** z_i. */
  readonly hardness: (weight: number, loss: number) => number;
  /** n D, of all z, of those of the batch, and of the one before. */
  readonly largest: (z: readonly number[], batch: readonly number[], previous: number) => number;
  /** Q_i. */
  readonly index: (z: number, largest: number, n: number) => number;
  /** All Q at the beginning of an epoch, where they are made once an epoch, of all z and of those of rows seen. */
  readonly indices?: (z: readonly number[], seen: readonly number[]) => number[];
  /** The selection weight. */
  readonly chance: (pressure: number, index: number, n: number) => number;
}

export const adaptiveParts: AdaptiveParts = {
  hardness: (weight, loss) => weight * loss,
  largest: (z) => Math.max(...z),
  index: (z, largest, n) => (largest === 0 ? 0 : Math.min(n, Math.ceil(z / (largest / n)))),
  chance: (pressure, index, n) => pressure ** (index / n),
};

/** z = w l; after a batch all Q from the present maximum, of which the batch's rows (or all) enter the table. */
export const naiveAdaptive =
  (
    refresh: Refresh,
    { hardness, largest, index, indices, chance }: AdaptiveParts = adaptiveParts,
    measured: (visit: Visit, labels: readonly number[]) => number = ({ loss }) => loss,
  ): NaiveTable =>
  (trial, observations, epoch) => {
    const n = trial.labels.rows;
    const z = new Array<number>(n).fill(0);
    const table = new Array<number>(n).fill(0);
    let most = 0;
    const seen = new Set<number>();
    const { columns } = trial.labels;
    for (const { rows, visits } of refresh === "epoch" ? before(observations, epoch) : observations) {
      rows.forEach((row, k) => {
        const labels = [...trial.labels.values.slice(row * columns, (row + 1) * columns)];
        z[row] = hardness(trial.weights[row], measured(visits[k], labels));
        seen.add(row);
      });
      most = largest(
        z,
        rows.map((row) => z[row]),
        most,
      );
      for (const row of refresh === "full" ? z.keys() : rows) table[row] = index(z[row], most, n);
    }
    const quantized =
      indices?.(
        z,
        [...seen].map((row) => z[row]),
      ) ?? table;
    return normalised(quantized.map((quantized) => chance(pressureAt(trial, epoch), quantized, n)));
  };

/** p(r) ~ exp(ln s / n)^(-r); equal losses share the mean of their ranks' weights. */
export const naiveOnlineBatch: NaiveTable = (trial, observations, epoch) => {
  const losses = visitsOf(trial, before(observations, epoch)).map((visits) => visits.at(-1)?.loss ?? 0);
  const n = losses.length;
  const base = Math.exp(Math.log(pressureAt(trial, epoch)) / n);
  return normalised(
    losses.map((loss) => {
      const best = losses.filter((other) => other > loss).length + 1;
      const shared = losses.filter((other) => other === loss).length;
      let total = 0;
      for (let rank = best; rank < best + shared; rank++) total += base ** -rank;
      return total / shared;
    }),
  );
};
