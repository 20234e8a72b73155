/**
 * Every sampler by name: works out what each needs from the training fold (instance weights, label correlation, neighbours)
 * and makes it. The one place that knows all samplers.
 */

import type { LabelMatrix, Matrix } from "../data/dataset.ts";
import { nearestNeighbours } from "../data/imbalance/neighbours.ts";
import type { DotProductKernel } from "../data/imbalance/products.ts";
import {
  globalImbalance,
  imbalanceWeights,
  symmetricConditionalProbability,
  type Weighting,
} from "../data/imbalance/weights.ts";
import { UsageError } from "../errors.ts";
import type { Random } from "../random.ts";
import { type AdaptiveOptions, adaptiveSampler } from "./adaptive.ts";
import { type AdaptiveChainOptions, adaptiveChainSampler } from "./adaptive-chain.ts";
import { balancedSampler } from "./balanced.ts";
import type { SamplerSetup } from "./frame/epochs.ts";
import type { TableOptions } from "./frame/table.ts";
import { activeBiasSampler } from "./rivals/active-bias.ts";
import { type D2aceOptions, d2aceSampler } from "./rivals/d2ace.ts";
import { onlineBatchSampler } from "./rivals/online-batch.ts";
import { recencyBiasSampler } from "./rivals/recency-bias.ts";
import { type UncertaintyOptions, uncertaintySampler } from "./rivals/uncertainty.ts";
import type { Sampler } from "./sampler.ts";
import { sequentialSampler } from "./sequential.ts";
import { uniformSampler } from "./uniform.ts";

/** How the instance weights w are made where they aren't given; see `imbalanceWeights`. */
export interface WeightingOptions {
  readonly weighting?: Weighting;
  readonly weightScale?: number;
  /** Neighbours that the local imbalance looks at; published 5. */
  readonly k?: number;
}

/** The options of each sampler; what is left out takes the sampler's default. */
export interface SamplerOptions {
  readonly uniform: Readonly<Record<never, never>>;
  readonly sequential: Readonly<Record<never, never>>;
  readonly balanced: Readonly<Record<never, never>>;
  readonly onlineBatch: TableOptions;
  readonly activeBias: TableOptions;
  readonly recencyBias: TableOptions;
  readonly adaptive: AdaptiveOptions & WeightingOptions;
  readonly adaptiveChain: Omit<AdaptiveChainOptions, "correlation"> &
    WeightingOptions & { readonly correlation?: Float64Array };
  readonly uncertainty: UncertaintyOptions;
  readonly d2ace: Omit<D2aceOptions, "neighbours"> & { readonly neighbours?: Int32Array };
}

export type SamplerName = keyof SamplerOptions;

const table = ["pressure", "schedule", "warmUp", "warmUpOrder", "unbiased"];
const adaptive = [...table, "refresh", "weights", "weighting", "weightScale", "k"];

/** The names of each sampler's options. */
export const samplerOptionNames: Readonly<Record<SamplerName, readonly string[]>> = {
  uniform: [],
  sequential: [],
  balanced: [],
  onlineBatch: table,
  activeBias: table,
  recencyBias: table,
  adaptive,
  adaptiveChain: [...adaptive, "correlation", "kappa"],
  uncertainty: [...table, "correlation"],
  d2ace: [...table, "hardness", "neighbours"],
};

export function isSamplerName(name: string): name is SamplerName {
  return Object.hasOwn(samplerOptionNames, name);
}

/** The training fold and the run that a sampler is made for. */
export interface SamplerRequest<Name extends SamplerName = SamplerName> {
  readonly labels: LabelMatrix;
  readonly batchSize: number;
  /** The stream of all draws; give the sampler one of its own, such as `new Random(seed).stream("sampler")`. */
  readonly random: Random;
  /** Epochs of the whole run; falling pressures, the default of the rivals, need it. */
  readonly epochs?: number;
  /** Scaled training features, where neighbours have to be found: `adaptive` and `adaptiveChain` (weightings `imbalance` and `local`), `d2ace`. */
  readonly features?: Matrix;
  /** Where the neighbour search takes its dot products from. */
  readonly kernel?: DotProductKernel;
  readonly options?: SamplerOptions[Name];
}

type Makers = { readonly [Name in SamplerName]: (setup: SamplerSetup, request: SamplerRequest<Name>) => Sampler };

const makers: Makers = {
  uniform: (setup) => uniformSampler(setup),
  sequential: (setup) => sequentialSampler(setup),
  balanced: (setup) => balancedSampler(setup),
  onlineBatch: (setup, { options }) => onlineBatchSampler(setup, options),
  activeBias: (setup, { options }) => activeBiasSampler(setup, options),
  recencyBias: (setup, { options }) => recencyBiasSampler(setup, options),
  adaptive: (setup, request) =>
    adaptiveSampler(setup, { ...request.options, weights: instanceWeights("adaptive", request) }),
  adaptiveChain: (setup, request) =>
    adaptiveChainSampler(setup, {
      ...request.options,
      weights: instanceWeights("adaptiveChain", request),
      correlation: request.options?.correlation ?? symmetricConditionalProbability(request.labels),
    }),
  uncertainty: (setup, { options }) => uncertaintySampler(setup, options),
  d2ace: (setup, request) =>
    d2aceSampler(setup, { ...request.options, neighbours: request.options?.neighbours ?? sixNeighbours(request) }),
};

/**
 * The sampler of that name for the training fold.
 *
 * @throws UsageError for an unknown name or option, an option out of range, features that are needed and missing, or a batch
 * size above the number of rows.
 */
export function createSampler<Name extends SamplerName>(name: Name, request: SamplerRequest<Name>): Sampler {
  if (!isSamplerName(name)) {
    throw new UsageError(`sampler "${name}": expected one of ${Object.keys(samplerOptionNames).join(", ")}`);
  }
  const known = samplerOptionNames[name];
  for (const option of Object.keys(request.options ?? {})) {
    if (known.includes(option)) continue;
    const choice = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
    throw new UsageError(`sampler ${name} has no option "${option}"; ${choice}`);
  }
  const { labels, batchSize, random, epochs } = request;
  const { minority } = globalImbalance(labels);
  const setup = { labels, minority, batchSize, random, ...(epochs === undefined ? {} : { epochs }) };
  return makers[name](setup, request);
}

function instanceWeights(name: string, request: SamplerRequest<"adaptive" | "adaptiveChain">): Float64Array {
  const { labels, options = {}, kernel } = request;
  if (options.weights !== undefined) return options.weights;
  const { weighting = "imbalance", weightScale = 1, k = 5 } = options;
  const needsFeatures = weighting !== "none" && weighting !== "global";
  const features = needsFeatures
    ? requireFeatures(`${name} with weighting "${weighting}"`, request)
    : noFeatures(labels);
  return imbalanceWeights(features, labels, { weighting, weightScale, k, ...(kernel && { kernel }) }).weights;
}

function sixNeighbours(request: SamplerRequest<"d2ace">): Int32Array {
  const { kernel } = request;
  return nearestNeighbours(requireFeatures("d2ace", request), { k: 6, ...(kernel && { kernel }) }).indices;
}

function requireFeatures(sampler: string, { features, labels }: SamplerRequest): Matrix {
  if (features === undefined)
    throw new UsageError(`sampler ${sampler} needs the training features, to find neighbours`);
  if (features.rows !== labels.rows) {
    throw new UsageError(
      `${features.rows} rows of features but ${labels.rows} rows of labels: expected the same number`,
    );
  }
  return features;
}

function noFeatures({ rows }: LabelMatrix): Matrix {
  return { kind: "dense", rows, columns: 0, values: new Float32Array(0) };
}
