/**
 * Binary concrete gates: random switches whose odds can be learnt. Maddison, Mnih and Teh 2017; Jang, Gu and Poole
 * 2017.
 */
import { add, clamp, detach, divide, greater, log, sigmoid, subtract } from "../engine/ops/map.ts";
import type { Tensor } from "../engine/tensor.ts";

/** The least uniform noise, and 1 minus the most: the spacing of float32 at 1, as in the published code. */
const margin = 2 ** -23;

/**
 * sigmoid((logit + ln u - ln(1 - u)) / temperature) in the shape of the logits, u uniform noise on [0, 1).
 * A hard gate is 1 where that is above 1/2 and 0 elsewhere, with the gradient of the soft one (straight-through).
 */
export function binaryConcrete(logits: Tensor, uniform: Tensor, temperature: number, hard: boolean): Tensor {
  const u = clamp(uniform, margin, 1 - margin);
  const odds = add(logits, subtract(log(u), log(subtract(1, u))));
  const soft = sigmoid(divide(odds, temperature));
  return hard ? straightThrough(greater(odds, 0), soft) : soft;
}

/** The value of one tensor with the gradient of another. Bengio, Leonard and Courville 2013. */
export function straightThrough(value: Tensor, gradientOf: Tensor): Tensor {
  return add(detach(subtract(value, gradientOf)), gradientOf);
}
