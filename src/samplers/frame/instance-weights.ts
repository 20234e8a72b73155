/** The instance weights w of the adaptive samplers: given, or worked out from the training fold as the options say. */

import type { LabelMatrix, Matrix } from "../../data/dataset.ts";
import { imbalanceWeights, type Weighting, weightings } from "../../data/imbalance/weights.ts";
import { choice, decimal, option, whole } from "../../options.ts";
import { requireFeatures, type SamplerRequest } from "./kind.ts";

export const imbalanceOptions = {
  weighting: option(
    "what instance weights are made of; see docs/folds-and-weights.md",
    choice(weightings),
    "imbalance",
  ),
  weightScale: option("multiplies the part of the weights above 1", decimal(0), 1),
  k: option("neighbours that the local imbalance looks at", whole(1), 5),
};

interface Options {
  readonly weights?: Float64Array;
  readonly weighting: Weighting;
  readonly weightScale: number;
  readonly k: number;
}

/** `[rows]` @throws UsageError where neighbours are needed and there are no features */
export function instanceWeights(sampler: string, request: SamplerRequest, options: Options): Float64Array {
  const { labels, kernel, search } = request;
  const { weights, weighting, weightScale, k } = options;
  if (weights !== undefined) return weights;
  const needsFeatures = weighting !== "none" && weighting !== "global";
  const features = needsFeatures
    ? requireFeatures(`${sampler} with weighting "${weighting}"`, request)
    : noFeatures(labels);
  const how = { ...(kernel && { kernel }), ...(search && { search }) };
  return imbalanceWeights(features, labels, { weighting, weightScale, k, ...how }).weights;
}

function noFeatures({ rows }: LabelMatrix): Matrix {
  return { kind: "dense", rows, columns: 0, values: new Float32Array(0) };
}
