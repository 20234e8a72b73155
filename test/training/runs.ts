/**
 * Small runs for the tests of this folder: one prepared data set, settings that take milliseconds, and what a run told.
 */
import { js } from "../../src/backends/js.ts";
import { type PreparedData, prepare } from "../../src/data/preparation/prepare.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import type { Evidence, Sampler } from "../../src/samplers/sampler.ts";
import { configure } from "../../src/training/configure.ts";
import type { EndEvent, EpochEvent, TrainingEvent } from "../../src/training/events.ts";
import type { RunSettings } from "../../src/training/settings.ts";
import { type TrainOptions, train } from "../../src/training/train.ts";

/** 43 training rows, 5 validation rows, 12 test rows; 6 features, 4 labels. */
export const data: PreparedData = prepare(synthetic({ rows: 60, features: 6, labels: 4, imbalance: 4 }, 3), {
  seed: 1,
  dropLabelsAtMost: 1,
});

/** Batches of 16: three an epoch, the last of 11 rows where every row comes once. */
export const settings = {
  modelOptions: { hidden: [8, 8], dropout: 0.1 },
  epochs: 4,
  batchSize: 16,
  optimiser: { learningRate: 0.01, weightDecay: 1e-4 },
} as const satisfies Partial<RunSettings>;

/** The run of `settings`, changed by `more`, on the reference device unless `over` says otherwise. */
export function setup(more: Partial<RunSettings> = {}, over: Partial<TrainOptions> = {}): TrainOptions {
  return { ...configure(data, over.backend ?? js(), { ...settings, ...more }), ...over };
}

export interface Story {
  readonly events: readonly TrainingEvent[];
  readonly losses: readonly number[];
  readonly epochs: readonly EpochEvent[];
  readonly end: EndEvent;
}

/** Follows a run to its end; `watch` sees every event as it comes. */
export async function follow(options: TrainOptions, watch: (event: TrainingEvent) => void = () => {}): Promise<Story> {
  const events: TrainingEvent[] = [];
  for await (const event of train(options)) {
    events.push(event);
    watch(event);
  }
  const end = events.find((event) => event.kind === "end");
  if (!end) throw new Error("the run has no end");
  return {
    events,
    losses: events.flatMap((event) => (event.kind === "step" ? event.loss : [])),
    epochs: events.filter((event) => event.kind === "epoch"),
    end,
  };
}

export interface Seen {
  readonly rows: Int32Array;
  readonly evidence: Evidence;
  /** `[rows]` of the training fold, as the batch was drawn. */
  readonly probabilities: Float64Array;
}

/** The sampler, with a record of its batches and of what it was told about them. */
export function recording(sampler: Sampler): { readonly sampler: Sampler; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  let probabilities: Float64Array = new Float64Array(0);
  const recorder = new Proxy(sampler, {
    get(target, name) {
      if (name === "next") {
        return () => {
          probabilities = target.probabilities();
          return target.next();
        };
      }
      if (name === "observe") {
        return (rows: Int32Array, evidence: Evidence) => {
          const copies = Object.entries(evidence).map(([kind, values]) => [kind, values?.slice()]);
          seen.push({ rows: rows.slice(), evidence: Object.fromEntries(copies), probabilities });
          target.observe(rows, evidence);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { sampler: recorder, seen };
}

/** All numbers of the arrays, by name. */
export const numbers = (values: Readonly<Record<string, ArrayLike<number>>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(values).map(([name, each]) => [name, Array.from(each)]));

/** The methods of an executable as a plain object, to be changed one by one. */
export const bound = <T extends Awaited<ReturnType<ReturnType<typeof js>["compile"]>>>(executable: T) => ({
  description: executable.description,
  run: executable.run.bind(executable),
  read: executable.read.bind(executable),
  write: executable.write.bind(executable),
  dispose: executable.dispose.bind(executable),
});

/** What two runs of one seed have in common to the bit. */
export const bits = ({ losses, end, epochs }: Story): unknown => [
  losses,
  numbers(end.values),
  Array.from(end.testScores),
  epochs.map(({ validation }) => validation),
];
