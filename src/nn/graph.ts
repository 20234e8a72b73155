/**
 * The graph isomorphism layer: each node's vector, its neighbours' added, through a block, plus what went in.
 *   h' = block((1 + epsilon) h + A h) + h,   epsilon trained from 0
 * Xu, Hu, Leskovec and Jegelka 2019; the residual as in CLIF's code.
 */
import { add, multiply } from "../engine/ops/map.ts";
import { matmul } from "../engine/ops/matmul.ts";
import type { StateLeaf, Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";
import { type BlockOptions, block } from "./block.ts";
import { parameter } from "./initialise.ts";
import type { Pass } from "./layers.ts";

export interface GraphLayer {
  readonly parameters: readonly StateLeaf[];
  readonly buffers: readonly StateLeaf[];
  /** @param nodes `[nodes, width]` @param adjacency `[nodes, nodes]` */
  apply(nodes: Tensor, adjacency: Tensor, pass: Pass): Tensor;
}

/** The block's last width has to be that of the nodes. */
export function graphLayer(name: string, random: Random, options: BlockOptions): GraphLayer {
  const epsilon = parameter(`${name}.epsilon`, [1, 1], [0, 0], random);
  const body = block(`${name}.block`, random, options);
  return {
    parameters: [epsilon, ...body.parameters],
    buffers: body.buffers,
    apply(nodes, adjacency, pass) {
      const gathered = add(multiply(add(1, epsilon), nodes), matmul(adjacency, nodes));
      return add(body.apply(gathered, pass), nodes);
    },
  };
}
