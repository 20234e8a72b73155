/** The nodes of an ONNX graph as they are written: each answers the name of the value that it computes. */
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./messages.ts";

export class NodeWriter {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  readonly #taken: Set<string>;

  /** @param taken names that mean something already */
  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  /**
   * The value of a new node of this kind, `Add` and the like.
   * @param inputs values by name, or numbers, which stretch to any matrix
   */
  node(
    kind: string,
    inputs: readonly (string | number)[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    const names = inputs.map((value) => (typeof value === "number" ? this.#number(value) : value));
    const output = this.#fresh(kind);
    this.nodes.push({ kind, inputs: names, output, attributes });
    return output;
  }

  /** Numbers that belong to the graph, under this name or one like it. */
  tensor(name: string, shape: readonly number[], values: Float32Array | BigInt64Array): string {
    const own = this.#fresh(name);
    this.tensors.push({ name: own, shape, values });
    return own;
  }

  /** A list of whole numbers: sizes, axes, places. */
  integers(values: readonly number[]): string {
    return this.tensor("integers", [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Gives the value one of the taken names. */
  output(value: string, name: string): void {
    this.nodes.push({ kind: "Identity", inputs: [value], output: name, attributes: {} });
  }

  #number(value: number): string {
    return this.tensor("number", [1, 1], Float32Array.of(value));
  }

  #fresh(name: string): string {
    let own = name;
    for (let number = 1; this.#taken.has(own); number++) own = `${name}_${number}`;
    this.#taken.add(own);
    return own;
  }
}
