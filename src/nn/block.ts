/**
 * The building block that the published models share: Linear, [batch normalisation], leaky rectifier, dropout, once for
 * each width. Bias, activation and dropout are one pass over memory.
 */
import { add, biasLeakyRelu, biasLeakyReluDropout } from "../engine/ops/map.ts";
import { noise, type StateLeaf, type Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";
import { kaimingUniform, uniform } from "./initialise.ts";
import { dense, type Initialisers, type Pass } from "./layers.ts";
import { batchNorm } from "./normalise.ts";

/** Options of `block`. */
export interface BlockOptions {
  /** The width of the input, or the widths of several that count as concatenated. */
  readonly inputs: number | readonly number[];
  /** The width of each layer's output. */
  readonly widths: readonly number[];
  /** Of the leaky rectifier; 0 is ReLU. */
  readonly slope: number;
  /** Share of the units that each training pass silences after every activation. Default 0. */
  readonly dropout?: number;
  /** Batch normalisation before every activation. Default false. */
  readonly normalised?: boolean;
  /** Whether the last layer ends as the others do; else it is linear. Default true. */
  readonly activateLast?: boolean;
  /** Default: Kaiming-uniform weights for the slope and biases uniform on [0, 0.1], as in the published code. */
  readonly initialisers?: Initialisers;
}

/** Dense layers one after another. */
export interface Block {
  readonly parameters: readonly StateLeaf[];
  readonly buffers: readonly StateLeaf[];
  /** `[rows, inputs] -> [rows, last width]`; several inputs as in `Dense.apply`. */
  apply(x: Tensor | readonly Tensor[], pass: Pass): Tensor;
}

/** Dense layers with what stands between them. */
export function block(name: string, random: Random, options: BlockOptions): Block {
  const { inputs, widths, slope, dropout = 0, normalised = false, activateLast = true } = options;
  const { initialisers = { weight: kaimingUniform(slope), bias: uniform(0, 0.1) } } = options;
  const layers = widths.map((width, i) => {
    const layer = `${name}.${i}`;
    const activated = activateLast || i < widths.length - 1;
    const from = i === 0 ? inputs : widths[i - 1];
    return {
      name: layer,
      activated,
      linear: dense(layer, from, width, random, initialisers),
      norm: normalised && activated ? batchNorm(`${layer}.norm`, width, random) : undefined,
    };
  });
  return {
    parameters: layers.flatMap(({ linear, norm }) => [...linear.parameters, ...(norm?.parameters ?? [])]),
    buffers: layers.flatMap(({ norm }) => norm?.buffers ?? []),
    apply(x, pass) {
      let output: Tensor | undefined;
      for (const { name: layer, activated, linear, norm } of layers) {
        const whole = linear.parts(output ?? x);
        const [product, offset] = norm ? norm.parts(add(...whole), pass) : whole;
        if (!activated) {
          output = add(product, offset);
        } else if (dropout > 0 && pass.training) {
          const mask = noise(`${layer}.dropout`, product.shape, "uniform");
          output = biasLeakyReluDropout(product, offset, slope, mask, dropout);
        } else {
          output = biasLeakyRelu(product, offset, slope);
        }
      }
      if (!output) throw new Error(`block ${name} has no layers`);
      return output;
    },
  };
}

/** The width that layers of these widths end with. */
export const lastWidth = (widths: readonly number[]): number => widths[widths.length - 1];
