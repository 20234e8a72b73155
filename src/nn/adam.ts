/**
 * Adam as graph: from gradients to what parameters and moving averages become. Three passes over memory a parameter; L2
 * decay and clipping ride along in them. What changes from step to step (learning rate, bias corrections) is fed as
 * scalars. Kingma and Ba 2015; AMSGrad: Reddi, Kale and Kumar 2018; AdamW: Loshchilov and Hutter 2019. Arithmetic as
 * PyTorch's.
 */
import { adamStep, maximum, movingAverage, movingSquare } from "../engine/ops/map.ts";
import { type InputLeaf, input, type Operand, type StateLeaf, state } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";
import { checkShapes, clipScale } from "./gradients.ts";
import type { Optimiser } from "./optimiser.ts";

/** Options of `adam`. */
export interface AdamOptions {
  /** Default 1e-3. */
  readonly learningRate?: number;
  /** Memory of the gradients' moving average; default 0.9. */
  readonly beta1?: number;
  /** Memory of the squared gradients' moving average; default 0.999. */
  readonly beta2?: number;
  /** Added to the denominator; default 1e-8. */
  readonly epsilon?: number;
  /** L2: `weightDecay` x parameter is added to the gradient. Default 0. */
  readonly weightDecay?: number;
  /** AdamW: each step shrinks parameters by learning rate x this. Default 0. */
  readonly decoupledWeightDecay?: number;
  /** Divide by the largest denominator so far: steps never grow again. Default false. */
  readonly amsgrad?: boolean;
  /**
   * Largest Euclidean norm of all gradients together; longer ones are scaled down before anything else. Default: none.
   */
  readonly clipNorm?: number;
  /** Step t of the first k runs at t / k of the learning rate. Default 0. */
  readonly warmUpSteps?: number;
}

/** @throws UsageError for an option out of range */
export function adam(parameters: readonly StateLeaf[], options: AdamOptions = {}): Optimiser {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = 0, decoupledWeightDecay = 0, amsgrad = false, clipNorm, warmUpSteps = 0 } = options;
  const check = (name: keyof AdamOptions, value: number, fine: boolean, expected: string): void => {
    if (!fine) throw new UsageError(`adam: ${name} is ${value}, expected ${expected}`);
  };
  const atLeastZero = { learningRate, epsilon, weightDecay, decoupledWeightDecay };
  for (const name of ["learningRate", "epsilon", "weightDecay", "decoupledWeightDecay"] as const) {
    const value = atLeastZero[name];
    check(name, value, value >= 0 && Number.isFinite(value), "a number of at least 0");
  }
  check("beta1", beta1, beta1 >= 0 && beta1 < 1, "a number in [0, 1)");
  check("beta2", beta2, beta2 >= 0 && beta2 < 1, "a number in [0, 1)");
  check("warmUpSteps", warmUpSteps, Number.isInteger(warmUpSteps) && warmUpSteps >= 0, "a whole number of at least 0");
  if (clipNorm !== undefined) check("clipNorm", clipNorm, clipNorm > 0, "a number above 0");

  const kept = (what: string): StateLeaf[] =>
    parameters.map(({ name, shape }) => state(`adam.${what}.${name}`, shape, "zeros"));
  const means = kept("mean");
  const squares = kept("square");
  const largest = amsgrad ? kept("largest") : [];
  const rate = input("adam.rate", [1, 1]);
  const root = input("adam.root", [1, 1]);
  const keep: InputLeaf | undefined = decoupledWeightDecay > 0 ? input("adam.keep", [1, 1]) : undefined;

  const rateAt = (step: number): number => learningRate * Math.min(1, step / Math.max(1, warmUpSteps));
  return {
    state: [...means, ...squares, ...largest],
    stepSizes: { secondMoments: amsgrad ? largest : squares, beta2, rate: rateAt },
    updates(gradients) {
      checkShapes("adam", parameters, gradients);
      const scale = clipNorm === undefined ? 1 : clipScale(gradients, clipNorm);
      return parameters.flatMap((parameter, i) => {
        const g = gradients[i];
        const decayed: readonly [Operand, number] = weightDecay > 0 ? [parameter, weightDecay] : [0, 0];
        const m = movingAverage(means[i], g, 1 - beta1, scale, ...decayed);
        const v = movingSquare(squares[i], g, 1 - beta2, scale, ...decayed);
        const bound = amsgrad ? maximum(largest[i], v) : v;
        const value = adamStep(parameter, m, bound, rate, root, epsilon, keep ?? 1);
        return [
          { state: means[i], value: m },
          { state: squares[i], value: v },
          ...(amsgrad ? [{ state: largest[i], value: bound }] : []),
          { state: parameter, value },
        ];
      });
    },
    scalars(step) {
      const current = rateAt(step);
      return {
        [rate.name]: Float64Array.of(current / (1 - beta1 ** step)),
        [root.name]: Float64Array.of(Math.sqrt(1 - beta2 ** step)),
        ...(keep && { [keep.name]: Float64Array.of(1 - current * decoupledWeightDecay) }),
      };
    },
  };
}
