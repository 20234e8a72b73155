/**
 * Conditional densities by normalizing flows: a monotone autoregressive transform, then an affine one, of which each
 * label has its own, onto a standard normal. Every tensor has a row for each pair of instance and label.
 * Huang, Krueger, Lacoste and Courville, Neural Autoregressive Flows, 2018; conditioning as in PACA's code.
 */
import {
  add,
  biasLeakyRelu,
  detach,
  divide,
  expDifference,
  log,
  logUnitSlope,
  multiply,
  sigmoidShare,
  softplus,
  softplusAffine,
  square,
  subtract,
} from "../engine/ops/map.ts";
import { matmul, matmulTransposeRight } from "../engine/ops/matmul.ts";
import { max, sum } from "../engine/ops/reduce.ts";
import { repeat, reshape } from "../engine/ops/rows.ts";
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

/** Keeps the transformed value off 0 and 1. */
const margin = 1e-6;

/**
 * In each dimension x -> logit(m'), m' = (1 - 1e-6) m + 5e-7, m = sum_t w_t sigmoid(a_t x + b_t): w on the simplex, a >
 * 0, and (a, b, w) from the conditioner. Value and ln of the slope, `[batch labels, D]` both. The few units are rows,
 * the many (instance, label, dimension) columns, along which devices are fast.
 */
function monotoneFlow(name: string, { dimensions, labels, hidden, units }: FlowSizes, random: Random) {
  const width = Math.max(hidden, dimensions);
  const outputs = 3 * Math.floor(width / dimensions);
  const condition = conditioner(`${name}.conditioner`, { dimensions, labels, hidden: width, outputs }, random);
  const slopes = unitLayer(`${name}.unitSlope`, outputs, units, random);
  const shifts = unitLayer(`${name}.unitShift`, outputs, units, random);
  const weights = unitLayer(`${name}.unitWeight`, outputs, units, random);
  return {
    parameters: [condition, slopes, shifts, weights].flatMap((each): readonly StateLeaf[] => each.parameters),
    apply(x: Tensor): { readonly value: Tensor; readonly logSlope: Tensor } {
      const pairs = x.shape[0] * labels;
      const parameters = condition.apply(x); // [pairs D, outputs]
      const [a, b, w] = [slopes, shifts, weights].map((layer) => layer.apply(parameters)); // [units, pairs D]
      const s = softplusAffine(a, reshape(repeat(x, labels), [1, pairs * dimensions]), b);
      const shares = exponentials(w);
      const m = divide(sum(sigmoidShare(s, w, shares.largest), "rows"), shares.sum); // [1, pairs D]
      const inside = add(multiply(1 - margin, m), margin / 2);
      const [low, high] = [log(inside), log(subtract(1, inside))];
      const slope = subtract(logSum(exponentials(logUnitSlope(w, s, a))), logSum(shares));
      const logSlope = subtract(add(slope, Math.log(1 - margin)), add(low, high));
      const shape = [pairs, dimensions] as const;
      return { value: reshape(subtract(low, high), shape), logSlope: reshape(logSlope, shape) };
    },
  };
}

/** A dense layer the other way round: `[rows, inputs] -> [units, rows]`. */
function unitLayer(name: string, inputs: number, units: number, random: Random) {
  const weight = parameter(`${name}.weight`, [units, inputs], pytorchDefault(inputs, units), random);
  const bias = parameter(`${name}.bias`, [units, 1], pytorchDefault(inputs, units), random);
  return { parameters: [weight, bias], apply: (x: Tensor): Tensor => add(matmulTransposeRight(weight, x), bias) };
}

/**
 * The sum of e^(x - largest) in each column, and what was taken out: nothing overflows, and at least one is 1. `[1,
 * columns]`
 */
function exponentials(x: Tensor) {
  const largest = detach(max(x, "rows"));
  return { largest, sum: sum(expDifference(x, largest), "rows") };
}

const logSum = ({ largest, sum }: ReturnType<typeof exponentials>): Tensor => add(log(sum), largest);

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
