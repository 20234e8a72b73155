/**
 * One row per sampler (and variant): how to make it, what it promises, and its formula. The laws run over this table; a
 * new sampler is one more row.
 */
import type { SamplerSetup } from "../../src/samplers/frame/epochs.ts";
import type { Table } from "../../src/samplers/frame/table.ts";
import type { Sampler } from "../../src/samplers/sampler.ts";
import {
  chained,
  type NaiveTable,
  naiveActiveBias,
  naiveAdaptive,
  naiveD2ace,
  naiveOnlineBatch,
  naiveRecencyBias,
  naiveUncertainty,
  naiveUniform,
  type OrderProbability,
  successive,
} from "./naive.ts";
import type { Trial } from "./trial.ts";

export type Subject = typeof import("./subject.ts");

interface Basics {
  readonly name: string;
  make(trial: Trial): Sampler;
  readonly naive: NaiveTable;
  /** Ties in the evidence leave the naive formula and the code in exact agreement. */
  readonly exactTies: boolean;
}

/** Every row once an epoch; uses no evidence. */
export interface PassCandidate extends Basics {
  readonly kind: "pass";
  /** The first batch of an epoch is a uniformly random ordered choice. */
  readonly shuffled: boolean;
}

/** Drawn by probability after a warm-up. */
export interface TableCandidate extends Basics {
  readonly kind: "table";
  table(trial: Trial): Table;
  makeUnbiased?(trial: Trial): Sampler;
  readonly order: OrderProbability;
  /** What is observed changes the next draw, once past the warm-up; else the next epoch's. */
  readonly feedback: boolean;
  /** Scaling all losses by a power of two changes nothing. */
  readonly scaleFree: boolean;
  /** What rows never seen do to the chances of the others: nothing but their order kept, their ratios kept to one quantum, or neither promised. */
  readonly unseen: "order" | "ratio" | "none";
}

export type Candidate = PassCandidate | TableCandidate;

export type Law = (subject: Subject, candidate: Candidate) => void;

export function setupOf(subject: Subject, trial: Trial): SamplerSetup {
  const { labels, minority, batchSize, seed, epochs } = trial;
  return { labels, minority, batchSize, epochs, random: new subject.Random(seed) };
}

export function candidates(subject: Subject): Candidate[] {
  const setup = (trial: Trial): SamplerSetup => setupOf(subject, trial);
  const pass = (name: string, make: (setup: SamplerSetup) => Sampler, shuffled: boolean): PassCandidate => ({
    kind: "pass",
    name,
    make: (trial) => make(setup(trial)),
    naive: naiveUniform,
    exactTies: true,
    shuffled,
  });
  const options = ({ pressure, schedule, warmUp }: Trial) => ({ pressure, schedule, warmUp });
  const adaptive = (refresh: "epoch" | "batch" | "full"): TableCandidate => {
    const all = (trial: Trial) => ({ ...options(trial), weights: trial.weights, refresh });
    return {
      kind: "table",
      name: `adaptive, refresh ${refresh}`,
      make: (trial) => subject.adaptiveSampler(setup(trial), all(trial)),
      makeUnbiased: (trial) => subject.adaptiveSampler(setup(trial), { ...all(trial), unbiased: true }),
      table: (trial) => subject.adaptiveTable("adaptive", setup(trial), all(trial), trial.warmUp),
      naive: naiveAdaptive(refresh),
      order: successive,
      feedback: refresh !== "epoch",
      exactTies: true,
      scaleFree: true,
      unseen: "ratio",
    };
  };
  const chain: TableCandidate = {
    ...adaptive("epoch"),
    name: "adaptiveChain",
    make: (trial) => {
      const { weights, correlation } = trial;
      return subject.adaptiveChainSampler(setup(trial), { ...options(trial), weights, correlation, kappa: 3 });
    },
    order: chained(3),
  };
  delete chain.makeUnbiased;
  const uncertain = (correlation: "mutualInformation" | "none"): TableCandidate => ({
    kind: "table",
    name: `uncertainty, correlation ${correlation}`,
    make: (trial) => subject.uncertaintySampler(setup(trial), { ...options(trial), correlation }),
    makeUnbiased: (trial) =>
      subject.uncertaintySampler(setup(trial), { ...options(trial), correlation, unbiased: true }),
    table: (trial) => {
      const { rows, columns } = trial.labels;
      const scores = subject.correlatedUncertainty(rows, columns, correlation);
      return subject.scoreTable(setup(trial), scores, options(trial), trial.warmUp);
    },
    naive: naiveUncertainty(correlation),
    order: successive,
    feedback: false,
    exactTies: false,
    scaleFree: false,
    // Rows without evidence change the mutual information.
    unseen: correlation === "none" ? "order" : "none",
  });
  return [
    pass("uniform", subject.uniformSampler, true),
    pass("sequential", subject.sequentialSampler, false),
    pass("balanced", subject.balancedSampler, false),
    adaptive("epoch"),
    adaptive("batch"),
    adaptive("full"),
    chain,
    {
      kind: "table",
      name: "onlineBatch",
      make: (trial) => subject.onlineBatchSampler(setup(trial), options(trial)),
      makeUnbiased: (trial) => subject.onlineBatchSampler(setup(trial), { ...options(trial), unbiased: true }),
      table: (trial) => subject.onlineBatchTable(setup(trial), options(trial), trial.warmUp),
      naive: naiveOnlineBatch,
      order: successive,
      feedback: false,
      exactTies: true,
      scaleFree: true,
      unseen: "order",
    },
    {
      kind: "table",
      name: "activeBias",
      make: (trial) => subject.activeBiasSampler(setup(trial), options(trial)),
      makeUnbiased: (trial) => subject.activeBiasSampler(setup(trial), { ...options(trial), unbiased: true }),
      table: (trial) => {
        const scores = subject.predictionVariance(trial.labels.rows, trial.labels.columns);
        return subject.scoreTable(setup(trial), scores, options(trial), trial.warmUp);
      },
      naive: naiveActiveBias,
      order: successive,
      feedback: false,
      exactTies: false,
      scaleFree: false,
      unseen: "order",
    },
    {
      kind: "table",
      name: "recencyBias",
      make: (trial) => subject.recencyBiasSampler(setup(trial), options(trial)),
      makeUnbiased: (trial) => subject.recencyBiasSampler(setup(trial), { ...options(trial), unbiased: true }),
      table: (trial) => {
        const scores = subject.recentDisagreement(trial.labels.rows, trial.labels.columns);
        return subject.scoreTable(setup(trial), scores, options(trial), trial.warmUp);
      },
      naive: naiveRecencyBias,
      order: successive,
      feedback: false,
      exactTies: true,
      scaleFree: false,
      unseen: "order",
    },
    uncertain("mutualInformation"),
    uncertain("none"),
    {
      kind: "table",
      name: "d2ace",
      make: (trial) => subject.d2aceSampler(setup(trial), { ...options(trial), neighbours: trial.neighbours }),
      makeUnbiased: (trial) =>
        subject.d2aceSampler(setup(trial), { ...options(trial), neighbours: trial.neighbours, unbiased: true }),
      table: (trial) => {
        const all = { ...options(trial), neighbours: trial.neighbours };
        return new subject.D2aceTable(setup(trial), subject.labelLists(trial.labels), all, trial.warmUp);
      },
      naive: naiveD2ace,
      order: successive,
      feedback: false,
      exactTies: false,
      scaleFree: false,
      // Rows without evidence change every label's mean and spread.
      unseen: "none",
    },
  ];
}
