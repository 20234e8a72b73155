/** Small training runs with their conditions measured, for the laws about them. */
import { createBackend } from "../../src/backends/create.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import type { Conditions, EpochConditions } from "../../src/training/conditions/conditions.ts";
import { judge } from "../../src/training/conditions/verdicts.ts";
import { configure } from "../../src/training/configure.ts";
import type { EndEvent, EpochEvent } from "../../src/training/events.ts";
import type { RunSettings } from "../../src/training/settings.ts";
import { type TrainOptions, train } from "../../src/training/train.ts";

const dataset = parseSynthetic("synthetic:rows=150,labels=5,features=8", 1);
export const data = prepare(dataset, { seed: 1, dropLabelsAtMost: 0 });
export const js = await createBackend("js");

const small: Partial<RunSettings> = {
  epochs: 5,
  batchSize: 16,
  modelOptions: { hidden: [8] },
  optimiser: { learningRate: 1e-2 },
  learningRateWarmUp: 1,
};

export const setUp = (settings: Partial<RunSettings> = {}, backend = js): TrainOptions =>
  configure(data, backend, { ...small, ...settings });

export interface Watched {
  readonly epochs: readonly (EpochEvent & { readonly conditions: EpochConditions })[];
  readonly end: EndEvent & { readonly conditions: Conditions };
}

export async function watch(options: TrainOptions): Promise<Watched> {
  const epochs: Watched["epochs"][number][] = [];
  for await (const event of train({ ...options, conditions: true })) {
    if (event.kind === "epoch" && event.conditions) epochs.push({ ...event, conditions: event.conditions });
    if (event.kind === "end" && event.conditions) return { epochs, end: { ...event, conditions: event.conditions } };
  }
  throw new Error("the run told of no conditions");
}

/** Names of the conditions that did not hold. */
export const broken = (conditions: Conditions): string[] =>
  judge(conditions).flatMap(({ condition, held }) => (held === false ? [condition] : []));

export const names = {
  bounded: "selection bounded, n p_i",
  endless: "every row again and again, sum of min p_i",
  risks: "selected risk / uniform risk",
  unbiased: "gradient of the uniform risk on average",
  gamma: "sqrt(v_t) / a_t never falls, Gamma_t",
} as const;
