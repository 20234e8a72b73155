/**
 * What the conditions report has the device compute: figures of a step's gradients and second moments, the losses of
 * many rows, and the gradient of a weighted mean of them. The last two look at the model as a step would (noise on) and
 * change nothing.
 */
import type { Values } from "../../backends/backend.ts";
import { noiseFeeds } from "../../backends/noise.ts";
import { gradient } from "../../engine/gradient.ts";
import { absolute, maximum, multiply, sqrt, subtract } from "../../engine/ops/map.ts";
import { max } from "../../engine/ops/reduce.ts";
import { gather } from "../../engine/ops/rows.ts";
import { type Program, program, type Update } from "../../engine/program.ts";
import { input, type Tensor } from "../../engine/tensor.ts";
import type { Model } from "../../models/model.ts";
import type { Optimiser, StepSizes } from "../../nn/optimiser.ts";
import type { Random } from "../../random.ts";
import { type DatasetLeaves, rowsInput, weightsInput } from "../step.ts";

const inverseRate = "conditions.inverseRate";
const inverseRateBefore = "conditions.inverseRateBefore";

/** Figures of one step, each `[1, 1]`; the names of its outputs. */
export const gradientFigure = "conditions.largestGradient";
export const gammaFigure = "conditions.smallestGamma";

/** What the outputs say; of the second moments only where the optimiser has them. */
export interface StepFigures {
  readonly largestGradient: number;
  readonly smallestGamma?: number;
}

const largest = (x: Tensor): Tensor => max(max(x, "rows"), "columns");
const largestOf = (all: readonly Tensor[]): Tensor => all.map(largest).reduce((a, b) => maximum(a, b));

/** |g|_inf and, where the optimiser has second moments, the smallest Gamma_t of the step. */
export function stepFigures(
  gradients: readonly Tensor[],
  updates: readonly Update[],
  { stepSizes }: Optimiser,
): Readonly<Record<string, Tensor>> {
  const gradientSize = largestOf(gradients.map((g) => absolute(g)));
  if (!stepSizes) return { [gradientFigure]: gradientSize };
  const [now, before] = [input(inverseRate, [1, 1]), input(inverseRateBefore, [1, 1])];
  const moments = new Set(stepSizes.secondMoments);
  const falls = updates
    .filter(({ state }) => moments.has(state))
    .map(({ state, value }) => subtract(multiply(sqrt(state), before), multiply(sqrt(value), now)));
  return { [gradientFigure]: gradientSize, [gammaFigure]: subtract(0, largestOf(falls)) };
}

/** What the figures of step number `step`, from 1, are fed besides. Before the first step v is 0, whatever the rate. */
export function stepFigureFeeds(step: number, stepSizes: StepSizes | undefined): Values {
  if (!stepSizes) return {};
  const inverse = (t: number): Float64Array => {
    const rate = t < 1 ? 0 : stepSizes.rate(t);
    return Float64Array.of(rate > 0 ? 1 / rate : 0);
  };
  return { [inverseRate]: inverse(step), [inverseRateBefore]: inverse(step - 1) };
}

export interface ProbePrograms {
  /** Output `losses`, `[block, 1]`. */
  readonly losses: Program;
  /** Outputs: the gradients of the parameters by name, of the mean over the block of weight times loss. */
  readonly slopes: Program;
}

/** Programs that look at `block` rows at a time. */
export function probePrograms(model: Model, dataset: DatasetLeaves, block: number): ProbePrograms {
  const rows = input(rowsInput, [block, 1]);
  const batch = { features: gather(dataset.features, rows), labels: gather(dataset.labels, rows) };
  const weights = input(weightsInput, [block, 1]);
  const slopes = gradient(model.objective({ ...batch, weights }).loss, model.parameters);
  return {
    losses: program({ losses: model.objective(batch).perRow }),
    slopes: program(Object.fromEntries(model.parameters.map(({ name }, i) => [name, slopes[i]]))),
  };
}

/** Looks at many rows through the programs. */
export interface Probe {
  /** `[rows.length]` losses l_i of rows of the data set. */
  losses(rows: Int32Array, noise: Random): Promise<Float64Array>;
  /**
   * All parameters' gradients of the weighted mean of the rows' losses, one after another. @param weights
   * `[rows.length]`
   */
  slopes(rows: Int32Array, weights: Float64Array, noise: Random): Promise<Float64Array>;
}

/** @param block rows that the programs look at together @param run runs one of them on a device, one at a time */
export function probe(
  programs: ProbePrograms,
  block: number,
  run: (name: keyof ProbePrograms, feeds: Values) => Promise<Values>,
): Probe {
  const fill = { losses: noiseFeeds(programs.losses), slopes: noiseFeeds(programs.slopes) };
  const chosen = new Float32Array(block);
  const chosenWeights = new Float32Array(block);
  /** Calls `each` with the outputs of every block; the last one is filled up with the first rows, at weight 0. */
  const blocks = async (
    name: keyof ProbePrograms,
    rows: Int32Array,
    weights: Float64Array | undefined,
    noise: Random,
    each: (outputs: Values, from: number) => void,
  ): Promise<void> => {
    for (let from = 0; from < rows.length; from += block) {
      for (let i = 0; i < block; i++) {
        chosen[i] = rows[(from + i) % rows.length];
        if (weights) chosenWeights[i] = from + i < rows.length ? weights[from + i] : 0;
      }
      const feeds = { ...fill[name]({ seed: noise.seed, step: from / block }), [rowsInput]: chosen };
      each(await run(name, weights ? { ...feeds, [weightsInput]: chosenWeights } : feeds), from);
    }
  };
  return {
    async losses(rows, noise) {
      const found = new Float64Array(rows.length);
      await blocks("losses", rows, undefined, noise, ({ losses }, from) => {
        found.set(losses.subarray(0, Math.min(block, rows.length - from)), from);
      });
      return found;
    },
    async slopes(rows, weights, noise) {
      const shapes = programs.slopes.outputs.map(({ name, value }) => ({ name, shape: programs.slopes.values[value] }));
      const total = shapes.reduce((sum, { shape }) => sum + shape.shape[0] * shape.shape[1], 0);
      const found = new Float64Array(total);
      await blocks("slopes", rows, weights, noise, (outputs) => {
        let at = 0;
        for (const { name } of programs.slopes.outputs) {
          for (const slope of outputs[name]) found[at++] += (slope * block) / rows.length;
        }
      });
      return found;
    },
  };
}
