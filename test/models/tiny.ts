/** Every model at sizes that a property can afford, and batches for them. */
import fc from "fast-check";
import { symmetricConditionalProbability } from "../../src/data/imbalance/weights.ts";
import { countPositives } from "../../src/data/labels.ts";
import { createModel, type ModelName, modelNames } from "../../src/models/create.ts";
import type { Model } from "../../src/models/model.ts";
import { Random } from "../../src/random.ts";
import { seed } from "../arbitraries.ts";

type Options = Readonly<Record<string, unknown>>;

/** Widths between 1 and 5 everywhere. */
function widthsFor(name: ModelName, random: Random): Options {
  const width = (): number => 1 + random.integer(5);
  const list = (): number[] => Array.from({ length: 1 + random.integer(3) }, width);
  switch (name) {
    case "mlp":
      return { hidden: list() };
    case "clif":
      return { hidden: width(), featureLayers: 1 + random.integer(3), graphLayers: 1 + random.integer(2) };
    case "dela":
      return { encoder: list(), decoder: list(), latent: width() };
    case "paca": {
      const [encoder, decoder, labelEncoder, labelDecoder, map] = Array.from({ length: 5 }, list);
      const flow = { flowHidden: width(), flowUnits: width(), latent: width() };
      return { encoder, decoder, labelEncoder, labelDecoder, map, ...flow };
    }
    case "mpvae": {
      const [labelEncoder, featureEncoder, decoder] = Array.from({ length: 3 }, list);
      return { labelEncoder, featureEncoder, decoder, latent: width(), rank: width(), draws: width(), testDraws: 3 };
    }
    case "c2ae": {
      const [featureEncoder, labelEncoder, decoder] = Array.from({ length: 3 }, list);
      return { featureEncoder, labelEncoder, decoder };
    }
  }
}

/** Options that change what is computed, beyond widths and weights. (Hard gates have no true gradient.) */
const variants: Readonly<Record<ModelName, readonly Options[]>> = {
  mlp: [
    {},
    { dropout: 0.3 },
    { loss: "focal" },
    { loss: "asymmetric" },
    { loss: "classBalanced" },
    { loss: "classBalanced", beta: 0.5, dropout: 0.3 },
  ],
  clif: [{}, { graph: "identity" }, { gate: true, dropout: 0 }],
  dela: [{ gates: "relaxed" }, { gates: "relaxed", dropout: 0 }],
  paca: [{}, { reconstruction: "crossEntropy", dropout: 0 }],
  mpvae: [{}, { decoders: "shared", sharedNoise: true }, { bounds: "affine", covariance: "xavier", dropout: 0.3 }],
  c2ae: [{}, { dropout: 0.3 }],
};

export interface Trial {
  readonly model: Model;
  readonly batch: number;
  /** `[batch, features]` in [0, 1]. */
  readonly features: Float64Array;
  /** `[batch, labels]` */
  readonly labels: Float64Array;
  readonly random: Random;
}

export interface Sizes {
  readonly features: number;
  readonly labels: number;
  readonly batch: number;
}

export function trialOf(name: ModelName, sizes: Sizes, options: Options, start: number): Trial {
  const random = new Random(start);
  const features = Float64Array.from({ length: sizes.batch * sizes.features }, () => random.uniform());
  const labels = Float64Array.from({ length: sizes.batch * sizes.labels }, () => random.integer(2));
  const matrix = { rows: sizes.batch, columns: sizes.labels, values: Uint8Array.from(labels) };
  const model = createModel(name, {
    features: sizes.features,
    labels: sizes.labels,
    random,
    labelCorrelation: symmetricConditionalProbability(matrix),
    labelCounts: countPositives(matrix),
    options: { ...widthsFor(name, random), ...options },
  });
  return { model, batch: sizes.batch, features, labels, random };
}

const size = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });
const sizes = fc.record({ features: size(6), labels: size(5), batch: size(5) });

/** A model by name, at random sizes, widths and variant; `fixed` options override. */
export const trials = (name: ModelName, fixed: Options = {}): fc.Arbitrary<Trial> =>
  fc.record({ sizes, variant: fc.constantFrom(...variants[name]), start: seed() }).map(({ sizes, variant, start }) => ({
    ...trialOf(name, sizes, { ...variant, ...fixed }, start),
    [fc.toStringMethod]: () => `${name} ${JSON.stringify({ ...sizes, ...variant, ...fixed, seed: start })}`,
  }));

export const everyModel = modelNames;
