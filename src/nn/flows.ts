/**
 * Conditional densities by normalizing flows: a monotone autoregressive transform, then an affine one, of which each
 * label has its own, onto a standard normal. Every tensor has a row for each pair of instance and label.
 * Huang, Krueger, Lacoste and Courville, Neural Autoregressive Flows, 2018; conditioning as in PACA's code.
 */
import { sigmoidalFlow } from "../engine/ops/flow.ts";
import { add, biasLeakyRelu, log, multiply, softplus, square, subtract } from "../engine/ops/map.ts";
import { matmul } from "../engine/ops/matmul.ts";
import { sum } from "../engine/ops/reduce.ts";
import { repeat, reshape, slice } from "../engine/ops/rows.ts";
import type { StateLeaf, Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";
import { conditioner } from "./conditioner.ts";
import { constantly, type Initialiser, parameter, pytorchDefault, uniform } from "./initialise.ts";
import { sumPairs, withLabels } from "./pairs.ts";

export interface FlowSizes {
  /** D */
  readonly dimensions: number;
  readonly labels: number;
  /** Hidden units of the conditioner; D at least is taken. */
  readonly hidden: number;
  /** Sigmoid units of the monotone transform of each dimension. */
  readonly units: number;
}

export interface ConditionalFlow {
  readonly parameters: readonly StateLeaf[];
  /** ln p(x | label) + D/2 ln(2 pi) of each row for each label: `[batch, D] -> [batch, labels]`. */
  logDensity(x: Tensor): Tensor;
}

export function conditionalFlow(name: string, sizes: FlowSizes, random: Random): ConditionalFlow {
  const monotone = monotoneFlow(name, sizes, random);
  const affine = affineFlow(name, sizes, random);
  return {
    parameters: [...monotone.parameters, ...affine.parameters],
    logDensity(x) {
      const first = monotone.apply(x);
      const second = affine.apply(first.value);
      const density = subtract(first.logSlope, multiply(0.5, square(second.value))); // [batch labels, D]
      return add(sumPairs(density, sizes.labels), second.logDeterminant);
    },
  };
}

/**
 * In each dimension the sigmoidal flow of `units` units with parameters from the conditioner: value and ln of the
 * slope, `[batch labels, D]` both.
 */
function monotoneFlow(name: string, { dimensions, labels, hidden, units }: FlowSizes, random: Random) {
  const width = Math.max(hidden, dimensions);
  const outputs = 3 * Math.floor(width / dimensions);
  const condition = conditioner(`${name}.conditioner`, { dimensions, labels, hidden: width, outputs }, random);
  const slopes = unitLayer(`${name}.unitSlope`, outputs, units, random);
  const shifts = unitLayer(`${name}.unitShift`, outputs, units, random);
  const shares = unitLayer(`${name}.unitWeight`, outputs, units, random);
  return {
    parameters: [condition, slopes, shifts, shares].flatMap((layer): readonly StateLeaf[] => layer.parameters),
    apply(x: Tensor): { readonly value: Tensor; readonly logSlope: Tensor } {
      const pairs = x.shape[0] * labels;
      const parameters = condition.apply(x); // [pairs D, outputs]
      const values = reshape(repeat(x, labels), [pairs * dimensions, 1]);
      const both = sigmoidalFlow(parameters, values, { slopes, shifts, shares }); // [2, pairs D]
      const shape = [pairs, dimensions] as const;
      return { value: reshape(slice(both, 0, 1), shape), logSlope: reshape(slice(both, 1, 1), shape) };
    },
  };
}

/** A dense layer that gives one number for each unit. */
function unitLayer(name: string, inputs: number, units: number, random: Random) {
  const weight = parameter(`${name}.weight`, [units, inputs], pytorchDefault(inputs, units), random);
  const bias = parameter(`${name}.bias`, [units, 1], pytorchDefault(inputs, units), random);
  return { parameters: [weight, bias], weight, bias };
}

/**
 * x -> a x + b with a > 0 and b from the label; the log determinant is the label's, `[1, labels]`. Begins close to the
 * identity.
 */
function affineFlow(name: string, { dimensions, labels }: FlowSizes, random: Random) {
  const start = Math.log(Math.E - 1) / 2; // twice that is 1 after softplus
  const scales = residual(`${name}.affineScale`, labels, dimensions, constantly(start), random);
  const offsets = residual(`${name}.affineOffset`, labels, dimensions, constantly(0), random);
  return {
    parameters: [...scales.parameters, ...offsets.parameters],
    apply(x: Tensor): { readonly value: Tensor; readonly logDeterminant: Tensor } {
      const a = softplus(scales.value()); // [labels, D]
      return {
        value: withLabels((pairs, slope, b) => add(multiply(pairs, slope), b), x, a, offsets.value()),
        logDeterminant: reshape(sum(log(a), "columns"), [1, labels]),
      };
    },
  };
}

/** L2 relu(L1 v) + L3 v for every one-hot v at once, `[labels, D]`: a dense layer over one-hot rows is its weights. */
function residual(name: string, labels: number, dimensions: number, bias: Initialiser, random: Random) {
  const near = uniform(-0.001, 0.001);
  const make = (layer: string, inputs: number, weight: Initialiser, start: Initialiser) => ({
    weight: parameter(`${name}.${layer}.weight`, [inputs, dimensions], weight(inputs, dimensions), random),
    bias: parameter(`${name}.${layer}.bias`, [1, dimensions], start(inputs, dimensions), random),
  });
  const first = make("first", labels, pytorchDefault, pytorchDefault);
  const second = make("second", dimensions, near, bias);
  const skip = make("skip", labels, near, bias);
  return {
    parameters: [first, second, skip].flatMap((layer): StateLeaf[] => [layer.weight, layer.bias]),
    value(): Tensor {
      const hidden = biasLeakyRelu(first.weight, first.bias, 0);
      return add(add(matmul(hidden, second.weight), second.bias), add(skip.weight, skip.bias));
    },
  };
}
