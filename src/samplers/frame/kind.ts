/**
 * A kind of sampler: its maker, the schema of its options and the words about it that `--help` and docs/samplers.md
 * print. Each sampler's file exports one; create.ts lists them.
 */

import type * as v from "valibot";
import type { LabelMatrix, Matrix } from "../../data/dataset.ts";
import type { NeighbourSearch } from "../../data/imbalance/neighbours.ts";
import type { DotProductKernel } from "../../data/imbalance/products.ts";
import { globalImbalance } from "../../data/imbalance/weights.ts";
import { UsageError } from "../../errors.ts";
import { choice, decimal, flag, type OptionsSchema, option, parseOptions, whole } from "../../options.ts";
import type { Random } from "../../random.ts";
import { type ScheduleKind, schedules } from "../draw/schedule.ts";
import type { Sampler } from "../sampler.ts";
import type { SamplerSetup } from "./epochs.ts";
import { type LastBatch, lastBatches, passOrders } from "./pass.ts";

/** The training fold and the run that a sampler is made for. */
export interface SamplerRequest {
  readonly labels: LabelMatrix;
  readonly batchSize: number;
  /** The stream of all draws; give the sampler one of its own, such as `new Random(seed).stream("sampler")`. */
  readonly random: Random;
  /** Epochs of the whole run; falling pressures, the default of the rivals, need it. */
  readonly epochs?: number;
  /** Scaled training features, for samplers that look for neighbours. */
  readonly features?: Matrix;
  /** Where the neighbour search takes its dot products from. */
  readonly kernel?: DotProductKernel;
  /** What finds neighbours; default `nearestNeighbours`. */
  readonly search?: NeighbourSearch;
}

/** What a sampler's file says of it. */
export interface SamplerKind<Schema extends OptionsSchema> {
  readonly name: string;
  /** What it draws more often, in a few words. */
  readonly draws: string;
  /** Who published it, or that it is ours. */
  readonly source: string;
  /** Its options; those without words are for programs alone. */
  readonly options: Schema;
  /** @throws UsageError for an option out of range, or what is needed and missing */
  readonly make: (request: SamplerRequest, options: v.InferOutput<Schema>) => Sampler;
}

/** The same for whoever knows nothing of the options: `make` checks them first. */
export interface CheckedSamplerKind<Schema extends OptionsSchema = OptionsSchema>
  extends Omit<SamplerKind<Schema>, "make"> {
  readonly make: (request: SamplerRequest, options: unknown) => Sampler;
}

export function samplerKind<const Schema extends OptionsSchema>(kind: SamplerKind<Schema>): CheckedSamplerKind<Schema> {
  return {
    ...kind,
    make: (request, given) => kind.make(request, parseOptions(`sampler ${kind.name}`, kind.options, given)),
  };
}

/** What a sampler is made with, for the request. */
export function setupOf(request: SamplerRequest, { lastBatch }: { readonly lastBatch: LastBatch }): SamplerSetup {
  const { labels, batchSize, random, epochs } = request;
  const { minority } = globalImbalance(labels);
  return { labels, minority, batchSize, random, lastBatch, ...(epochs !== undefined && { epochs }) };
}

/** @throws UsageError where there are none, or not as many rows of them as of labels */
export function requireFeatures(sampler: string, { features, labels }: SamplerRequest): Matrix {
  if (features === undefined)
    throw new UsageError(`sampler ${sampler} needs the training features, to find neighbours`);
  if (features.rows === labels.rows) return features;
  throw new UsageError(`${features.rows} rows of features but ${labels.rows} rows of labels: expected the same number`);
}

/** The options of every sampler: all of them pass over the rows, if only in the warm-up. */
export const passOptions = {
  lastBatch: option(
    "the rest of a pass: carried on (ours), a short batch (published), or dropped",
    choice(lastBatches),
    "carry",
  ),
};

/** The options of every sampler that is drawn by probability. */
export function tableOptions(defaults: {
  readonly pressure: number;
  readonly schedule: ScheduleKind;
  readonly warmUp: number;
}) {
  return {
    pressure: option(
      "selection pressure s: no row is more than s times as likely as another",
      decimal(1),
      defaults.pressure,
    ),
    warmUp: option("epochs that use every row once before selection begins", whole(0), defaults.warmUp),
    schedule: option(
      "of the pressure, from the end of the warm-up to 1 at the last epoch",
      choice(schedules),
      defaults.schedule,
    ),
    unbiased: option("weigh each drawn row so that the loss estimates the uniform risk", flag(), false),
    ...passOptions,
    warmUpOrder: option(
      "of the rows in the warm-up; sequential is what the authors' code does",
      choice(passOrders),
      "shuffled",
    ),
  };
}
