/**
 * Faults in the calls: evidence that is taken but should not be, snapshots that lose something, batches drawn ahead
 * wrongly.
 */
import type { Evidence } from "../../samplers/sampler.ts";
import { readState } from "../naive/memory.ts";
import { withCalls, withModel } from "./altered.ts";
import type { Fault } from "./fault.ts";

const finite = (values: Float32Array | undefined): Float32Array | undefined =>
  values?.map((value) => (Number.isNaN(value) ? 0 : value));

/** The evidence with 0 in place of NaN. */
function withoutNaN({ rowLosses, entryLosses, scores }: Evidence): Evidence {
  const kinds = { rowLosses: finite(rowLosses), entryLosses: finite(entryLosses), scores: finite(scores) };
  return Object.fromEntries(Object.entries(kinds).filter(([, values]) => values !== undefined));
}

export const callFaults: readonly Fault[] = [
  {
    fault: "NaN passes the check of the evidence",
    law: "refusal",
    subject: withCalls("activeBias", {}, (inner) => ({
      observe: (rows, evidence) => inner.observe(rows, withoutNaN(evidence)),
    })),
  },
  {
    fault: "evidence of other rows is taken",
    law: "refusal",
    subject: withCalls("uniform", {}, (inner) => {
      const waiting: Int32Array[] = [];
      return {
        next: () => {
          waiting.push(inner.next());
          return waiting[waiting.length - 1];
        },
        observe: (_, evidence) => inner.observe(waiting.shift() ?? new Int32Array(0), evidence),
      };
    }),
  },
  {
    fault: "restore forgets the random stream",
    law: "snapshots",
    subject: withCalls("uniform", {}, (inner) => ({
      restore: (state) => inner.restore({ ...state, random: inner.state().random }),
    })),
  },
  {
    fault: "restore forgets what was observed in the epoch under way",
    law: "snapshots",
    subject: withCalls("adaptive", {}, (inner) => ({
      restore: (state) => {
        const { memory, random } = readState(state);
        const observations = memory.observations.filter(({ epoch }) => epoch < memory.epoch);
        inner.restore({ memory: { ...memory, observations }, random });
      },
    })),
  },
  {
    fault: "restore forgets the batches that wait",
    law: "snapshots",
    subject: withCalls("d2ace", {}, (inner) => ({
      restore: (state) => {
        const { memory, random } = readState(state);
        inner.restore({ memory: { ...memory, observed: memory.drawn.length }, random });
      },
    })),
  },
  {
    fault: "a snapshot that goes on changing",
    law: "snapshots",
    subject: withCalls("sequential", {}, (inner) => {
      const live: Record<string, unknown> = {};
      return {
        state: () => Object.assign(live, inner.state()),
        observe: (rows, evidence) => {
          inner.observe(rows, evidence);
          Object.assign(live, inner.state());
        },
      };
    }),
  },
  {
    fault: "batches are observed in any order",
    law: "ahead",
    subject: withCalls("balanced", {}, (inner) => {
      const waiting: Int32Array[] = [];
      return {
        next: () => {
          waiting.push(inner.next());
          return waiting[waiting.length - 1];
        },
        observe: (rows, evidence) => {
          const known = waiting.some((other) => other.join() === rows.join());
          inner.observe(known ? (waiting.shift() ?? rows) : rows, evidence);
        },
      };
    }),
  },
  {
    fault: "draws that need feedback go ahead",
    law: "ahead",
    subject: withModel("adaptive", { refresh: "full" }, () => ({ feedback: false })),
  },
  {
    fault: "nothing is drawn ahead in the warm-up",
    law: "ahead",
    subject: withCalls("adaptive", { refresh: "batch" }, (inner) => ({
      get ahead() {
        return Math.min(1, inner.ahead);
      },
    })),
  },
  {
    fault: "drawing goes on past the end of the epoch",
    law: "ahead",
    subject: withCalls("sequential", {}, (inner) => {
      let last: Int32Array = new Int32Array(0);
      return {
        next: () => {
          if (inner.ahead > 0) last = inner.next();
          return last;
        },
      };
    }),
  },
  {
    fault: "ages count from the batch last drawn",
    law: "ahead",
    subject: withCalls("uniform", {}, (inner) => {
      let waiting = 0;
      let late = 0;
      return {
        next: () => {
          waiting++;
          return inner.next();
        },
        observe: (rows, evidence) => {
          inner.observe(rows, evidence);
          waiting--;
          late += waiting;
        },
        trace: () => {
          const trace = inner.trace();
          return trace && { ...trace, meanAge: trace.meanAge - late / 100 };
        },
      };
    }),
  },
  {
    fault: "importance weights of the batch drawn last",
    law: "ahead",
    subject: withCalls("onlineBatch", {}, (inner) => {
      const { importanceWeights } = inner;
      if (importanceWeights === undefined) return {};
      let last: Int32Array = new Int32Array(0);
      return {
        next: () => {
          last = inner.next();
          return last;
        },
        importanceWeights: () => importanceWeights(last),
      };
    }),
  },
  {
    fault: "the trace forgets the rows drawn in earlier epochs",
    law: "model",
    subject: withCalls("recencyBias", {}, (inner) => ({
      trace: () => {
        const trace = inner.trace();
        return trace && { ...trace, neverDrawn: trace.drawsPerRow.filter((count) => count === 0).length };
      },
    })),
  },
];
