/** Faults in the draws: batches of the wrong shape, streams that are not random, weights that do not fit. */
import { naiveCorrelation, successive } from "../naive/orders.ts";
import { forOtherTrial, withCalls, withModel } from "./altered.ts";
import type { Fault } from "./fault.ts";

/** Goes on from one sampler to the next. */
const shared = { made: 0 };

export const drawFaults: readonly Fault[] = [
  {
    fault: "sampling with replacement",
    law: "distinct",
    subject: withModel("onlineBatch", {}, () => ({ next: (_, p) => [...p] })),
  },
  {
    fault: "a pass that may repeat a row",
    law: "epochs",
    subject: withModel("uniform", {}, () => ({ pass: (rows, _, random) => random.integer(rows) })),
  },
  {
    fault: "the last batch of a pass is filled up",
    law: "sizes",
    subject: withCalls("sequential", { lastBatch: "short" }, (inner, { batchSize }) => {
      let size = 0;
      return {
        next: () => {
          const rows = inner.next();
          size = rows.length;
          return Int32Array.from({ length: batchSize }, (_, k) => rows[k % size]);
        },
        observe: (rows, evidence) => inner.observe(rows.subarray(0, size), evidence),
      };
    }),
  },
  {
    fault: "a stream that goes on from one sampler to the next",
    law: "determinism",
    subject: forOtherTrial("uniform", {}, (trial) => ({ ...trial, seed: shared.made++ })),
  },
  {
    fault: "a stream that ignores the seed",
    law: "seeded",
    subject: forOtherTrial("balanced", {}, (trial) => ({ ...trial, seed: 1 })),
  },
  {
    fault: "importance weights of the wrong size",
    law: "importance",
    subject: withCalls("adaptive", {}, ({ importanceWeights }) =>
      importanceWeights === undefined
        ? {}
        : { importanceWeights: (rows) => importanceWeights(rows).map((v) => (v * (rows.length + 1)) / rows.length) },
    ),
  },
  {
    fault: "importance weights left over from the batch before",
    law: "importance",
    subject: withCalls("adaptive", { refresh: "batch" }, ({ importanceWeights }) => {
      let left: Float32Array | undefined;
      if (importanceWeights === undefined) return {};
      return {
        importanceWeights: (rows) => {
          const own = importanceWeights(rows);
          const given = left?.length === own.length ? left : own;
          left = own;
          return given;
        },
      };
    }),
  },
  {
    fault: "draws by the squares of the probabilities",
    law: "orders",
    subject: withModel("adaptive", {}, () => ({
      next: (...given) => successive(...given).map((chance) => chance ** 2),
    })),
  },
  {
    fault: "the chain is tied to each row's own labels, not to the previous row's",
    law: "orders",
    subject: withModel("adaptiveChain", { kappa: 3 }, () => ({
      next: (trial, p, batch) => {
        const chances = successive(trial, p, batch);
        if (batch.length === 0) return chances;
        return chances.map((chance, row) => chance * (1 + 3 * naiveCorrelation(trial, row, row)));
      },
    })),
  },
  {
    fault: "a shuffle that depends on the one before: it never begins with the same row",
    law: "independence",
    subject: withModel("uniform", { lastBatch: "short" }, ({ pass }) => {
      let first = -1;
      return {
        pass: (rows, visited, random) => {
          const row = pass(rows, visited, random);
          if (visited.length > 0) return row;
          const begins = row === first ? (row + 1) % rows : row;
          first = begins;
          return begins;
        },
      };
    }),
  },
];
