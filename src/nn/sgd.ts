/**
 * Stochastic gradient descent with momentum as graph: v <- momentum v + g, p <- p - rate v, L2 decay added to g, as
 * PyTorch's SGD (no dampening). Every row of a batch moves the parameters by its own share, so that a batch of few rows
 * steps no further than its gradient is long: the opposite of Adam, which this is here to be compared with.
 */
import { add, multiply, subtract } from "../engine/ops/map.ts";
import { input, type StateLeaf, size, state } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";
import { checkShapes, clipScale } from "./gradients.ts";
import type { Optimiser } from "./optimiser.ts";

/** Options of `sgd`. */
export interface SgdOptions {
  /** Default 1e-2. */
  readonly learningRate?: number;
  /** Share of the last step's direction that is kept; default 0. */
  readonly momentum?: number;
  /** L2: `weightDecay` x parameter is added to the gradient. Default 0. */
  readonly weightDecay?: number;
  /**
   * Largest Euclidean norm of all gradients together; longer ones are scaled down before anything else. Default: none.
   */
  readonly clipNorm?: number;
  /** Step t of the first k runs at t / k of the learning rate. Default 0. */
  readonly warmUpSteps?: number;
}

/** @throws UsageError for an option out of range */
export function sgd(parameters: readonly StateLeaf[], options: SgdOptions = {}): Optimiser {
  const { learningRate = 1e-2, momentum = 0, weightDecay = 0, clipNorm, warmUpSteps = 0 } = options;
  const check = (name: keyof SgdOptions, value: number, fine: boolean, expected: string): void => {
    if (!fine) throw new UsageError(`sgd: ${name} is ${value}, expected ${expected}`);
  };
  for (const [name, value] of [["learningRate", learningRate] as const, ["weightDecay", weightDecay] as const]) {
    check(name, value, value >= 0 && Number.isFinite(value), "a number of at least 0");
  }
  check("momentum", momentum, momentum >= 0 && momentum < 1, "a number in [0, 1)");
  check("warmUpSteps", warmUpSteps, Number.isInteger(warmUpSteps) && warmUpSteps >= 0, "a whole number of at least 0");
  if (clipNorm !== undefined) check("clipNorm", clipNorm, clipNorm > 0, "a number above 0");
  const velocities = parameters.flatMap(({ name, shape }) =>
    momentum > 0 ? [state(`sgd.velocity.${name}`, shape, new Float32Array(size(shape)))] : [],
  );
  const rate = input("sgd.rate", [1, 1]);
  return {
    state: velocities,
    updates(gradients) {
      checkShapes("sgd", parameters, gradients);
      const scale = clipNorm === undefined ? undefined : clipScale(gradients, clipNorm);
      return parameters.flatMap((parameter, i) => {
        const clipped = scale === undefined ? gradients[i] : multiply(gradients[i], scale);
        const decayed = weightDecay > 0 ? add(clipped, multiply(parameter, weightDecay)) : clipped;
        const direction = momentum > 0 ? add(multiply(velocities[i], momentum), decayed) : decayed;
        const step = { state: parameter, value: subtract(parameter, multiply(direction, rate)) };
        return momentum > 0 ? [{ state: velocities[i], value: direction }, step] : [step];
      });
    },
    scalars: (step) => ({
      [rate.name]: Float64Array.of(learningRate * Math.min(1, step / Math.max(1, warmUpSteps))),
    }),
  };
}
