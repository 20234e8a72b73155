/**
 * A graph evaluated node by node, each into an array of its own: what a program has to come to, whatever it merges,
 * leaves out or keeps in one place.
 */
import { flow } from "../../kernels/js/flow.ts";
import type { Block } from "../../kernels/js/kernel.ts";
import { likelihood } from "../../kernels/js/likelihood.ts";
import { map } from "../../kernels/js/map.ts";
import { matmul } from "../../kernels/js/matmul.ts";
import { reduce } from "../../kernels/js/reduce.ts";
import { rows } from "../../kernels/js/rows.ts";
import { sparse } from "../../kernels/js/sparse.ts";
import type { Values } from "../../src/backends/backend.ts";
import { sorted } from "../../src/engine/gradient.ts";
import { type Floats, type Leaf, size, type Tensor } from "../../src/engine/tensor.ts";

const kernels = { map, matmul, reduce, rows, sparse, flow, likelihood };

function leafValues(leaf: Leaf, feeds: Values): Floats | Uint8Array {
  if (leaf.kind === "state") return leaf.initial;
  return leaf.kind === "data" || leaf.kind === "constant" ? leaf.values : feeds[leaf.name];
}

/** Float64 values of the tensors, states at their beginning. */
export function evaluate(tensors: readonly Tensor[], feeds: Values): Float64Array[] {
  const blocks = new Map<Tensor, Block>();
  const blockOf = (tensor: Tensor): Block => {
    const known = blocks.get(tensor);
    if (known) return known;
    const [rows, columns] = tensor.shape;
    if (tensor.kind === "sparse") {
      const block = { values: Float64Array.from(tensor.values), rows, columns, compressed: tensor };
      blocks.set(tensor, block);
      return block;
    }
    const values = new Float64Array(size(tensor.shape));
    const block = { values, rows, columns };
    blocks.set(tensor, block);
    if (tensor.kind !== "node") {
      values.set(leafValues(tensor, feeds));
    } else if (tensor.op.name === "reshape") {
      values.set(blockOf(tensor.inputs[0]).values);
    } else {
      const { op, inputs, attributes } = tensor;
      kernels[op.family](op.name, inputs.map(blockOf), block, attributes)();
    }
    return block;
  };
  for (const node of sorted(tensors)) blockOf(node);
  return tensors.map((tensor) => Float64Array.from(blockOf(tensor).values));
}
