/** Faults in the formulas: probabilities that are not those of the method or of a rival. */
import { before, type NaiveTable, normalised, visitsOf } from "../naive/observations.ts";
import { naiveActiveBias, naiveD2ace, naiveRecencyBias, naiveUncertainty } from "../naive/rivals.ts";
import {
  type AdaptiveParts,
  adaptiveParts,
  naiveAdaptive,
  naiveOnlineBatch,
  pressureAt,
  type Refresh,
} from "../naive/tables.ts";
import type { Subject } from "../subject.ts";
import { forOtherTrial, withCalls, withModel } from "./altered.ts";
import type { Fault } from "./fault.ts";

const adaptive = (refresh: Refresh, parts: Partial<AdaptiveParts>): Subject =>
  withModel("adaptive", { refresh }, () => ({ table: naiveAdaptive(refresh, { ...adaptiveParts, ...parts }) }));

const table = (name: string, other: NaiveTable, variant = {}): Subject =>
  withModel(name, variant, () => ({ table: other }));

/** Ranks by the number of rows with a higher loss; equal losses by the row's number. */
const tiesByNumber: NaiveTable = (trial, observations, epoch) => {
  const losses = visitsOf(trial, before(observations, epoch)).map((visits) => visits.at(-1)?.loss ?? 0);
  const base = Math.exp(Math.log(pressureAt(trial, epoch)) / losses.length);
  const above = (row: number): number =>
    losses.filter((loss, other) => loss > losses[row] || (loss === losses[row] && other < row)).length;
  return normalised(losses.map((_, row) => base ** -(above(row) + 1)));
};

/** Turns the order round as long as there are rows without evidence. */
const turnedByUnseen: NaiveTable = (trial, observations, epoch) => {
  const p = naiveOnlineBatch(trial, observations, epoch);
  const unseen = visitsOf(trial, before(observations, epoch)).some((visits) => visits.length === 0);
  return unseen ? normalised(p.map((chance) => 1 / chance)) : p;
};

export const formulaFaults: readonly Fault[] = [
  {
    fault: "off by one in Q: rounded down",
    law: "model",
    subject: adaptive("epoch", {
      index: (z, largest, n) => (largest === 0 ? 0 : Math.min(n, Math.floor(z / (largest / n)))),
    }),
  },
  {
    fault: "one index too many: floor + 1",
    law: "golden",
    subject: adaptive("full", { index: (z, largest, n) => (largest === 0 ? 0 : Math.floor(z / (largest / n)) + 1) }),
  },
  {
    fault: "forgetting w",
    law: "model",
    subject: adaptive("epoch", { hardness: (_, loss) => loss }),
  },
  {
    fault: "normalising over the batch: D from the batch's own maximum",
    law: "model",
    subject: adaptive("batch", { largest: (_, batch) => Math.max(...batch) }),
  },
  {
    fault: "stale maximum: it rises but never falls",
    law: "model",
    subject: adaptive("full", { largest: (_, batch, previous) => Math.max(previous, ...batch) }),
  },
  {
    fault: "refresh by epoch is drawn by at once",
    law: "model",
    subject: table("adaptive", naiveAdaptive("batch"), { refresh: "epoch" }),
  },
  {
    fault: "full refresh forgets the other rows",
    law: "model",
    subject: table("adaptive", naiveAdaptive("batch"), { refresh: "full" }),
  },
  {
    fault: "warm-up one epoch too long",
    law: "model",
    subject: forOtherTrial("adaptive", {}, (trial) => ({ ...trial, warmUp: trial.warmUp + 1 })),
  },
  {
    fault: "wrong label axis: S = Z C in place of Z C^T",
    law: "model",
    subject: table("d2ace", naiveD2ace({ smoothing: [0.7, 0.3], transposed: true })),
  },
  {
    fault: "flips smoothed the wrong way round",
    law: "model",
    subject: table("d2ace", naiveD2ace({ smoothing: [0.3, 0.7], transposed: false })),
  },
  {
    fault: "population variance for the sample variance",
    law: "model",
    subject: table("activeBias", naiveActiveBias(0)),
  },
  {
    fault: "a window of four",
    law: "model",
    subject: table("recencyBias", naiveRecencyBias(4)),
  },
  {
    fault: "probabilities that are not normalised",
    law: "distribution",
    subject: withCalls("adaptive", {}, (inner) => ({ probabilities: () => inner.probabilities().map((p) => 2 * p) })),
  },
  {
    fault: "twice the pressure",
    law: "bounds",
    subject: adaptive("batch", { chance: (pressure, index, n) => pressure ** ((2 * index) / n) }),
  },
  {
    fault: "biased tie: equal losses ranked by row number",
    law: "equality",
    subject: table("onlineBatch", tiesByNumber),
  },
  {
    fault: "easy rows first",
    law: "monotony",
    subject: table(
      "uncertainty",
      naiveUncertainty("none", (z, pressure, n) => Math.exp(-(Math.log(pressure) / n) * Math.max(1, Math.ceil(z * n)))),
      { correlation: "none" },
    ),
  },
  {
    fault: "the first row is favoured",
    law: "equivariance",
    subject: withModel("recencyBias", {}, (model) => ({
      table: (...given) => normalised(model.table(...given).map((p, row) => (row === 0 ? 1.01 * p : p))),
    })),
  },
  {
    fault: "a quantum in the unit of the losses",
    law: "scaling",
    subject: adaptive("epoch", { index: (z, largest, n) => Math.min(n, Math.ceil(z / (largest / n + 1e-6))) }),
  },
  {
    fault: "the exponent forgets the number of rows",
    law: "unseenRatio",
    subject: adaptive("epoch", { chance: (pressure, index) => pressure ** (index / 12) }),
  },
  {
    fault: "rows without evidence turn the order round",
    law: "unseenOrder",
    subject: table("onlineBatch", turnedByUnseen),
  },
];
