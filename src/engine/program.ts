/**
 * A program is a graph made plain: a list of values, of which the first are leaves and the others steps in an order
 * that can run, with the names of what comes out and which state is rewritten. It is printable data; devices run it.
 * Equal steps are merged and what no output or update needs is left out; no other rewriting happens here.
 */
import { UsageError } from "../errors.ts";
import { sorted } from "./gradient.ts";
import { copy } from "./ops/map.ts";
import {
  type Attributes,
  type ConstantLeaf,
  type DataLeaf,
  type Family,
  formatShape,
  type InputLeaf,
  type Leaf,
  type Node,
  type NoiseLeaf,
  type Shape,
  type SparseLeaf,
  type StateLeaf,
  sameShape,
  type Tensor,
} from "./tensor.ts";

/** The number of a value in `Program.values`. */
export type ValueId = number;

/** One kernel call. */
export interface Step {
  readonly kind: "step";
  readonly op: string;
  readonly family: Family;
  readonly attributes: Attributes;
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
  readonly shape: Shape;
}

/** A graph as plain data that a device can compile. */
export interface Program {
  /** Leaves first, then steps in running order; `values[i]` is value number i. */
  readonly values: readonly (Leaf | Step)[];
  readonly inputs: readonly InputLeaf[];
  readonly noise: readonly NoiseLeaf[];
  readonly state: readonly StateLeaf[];
  readonly data: readonly (DataLeaf | SparseLeaf)[];
  readonly constants: readonly ConstantLeaf[];
  readonly steps: readonly Step[];
  /** `state` takes the value of step `value`; all of them after all steps. */
  readonly updates: readonly { readonly state: ValueId; readonly value: ValueId }[];
  readonly outputs: readonly { readonly name: string; readonly value: ValueId }[];
}

/** A state and the tensor that it becomes. */
export interface Update {
  readonly state: StateLeaf;
  readonly value: Tensor;
}

/**
 * The program that computes `outputs` and then performs `updates`.
 * @throws UsageError where two different leaves share a name, an update has another shape than its state, or a state is
 * updated twice
 */
export function program(outputs: Readonly<Record<string, Tensor>>, updates: readonly Update[] = []): Program {
  // Updates and outputs take the values of steps, never of leaves: no device then has to care in which order states are
  // rewritten.
  const fresh = updates.map(({ state, value }) => {
    if (!sameShape(state.shape, value.shape)) {
      throw new UsageError(
        `update of state ${state.name}: shape ${formatShape(value.shape)}, expected ${formatShape(state.shape)}`,
      );
    }
    return isStep(value) ? value : copy(value);
  });
  const results = Object.values(outputs).map((value) => (isStep(value) ? value : copy(value)));
  const roots = [...results, ...fresh];
  const nodes = sorted(roots);
  const builder = new Builder();
  for (const node of nodes) for (const input of node.inputs) if (input.kind !== "node") builder.leaf(input);
  for (const { state } of updates) builder.leaf(state);
  for (const node of nodes) builder.step(node);

  const written = new Set<StateLeaf>();
  for (const { state } of updates) {
    if (written.has(state)) throw new UsageError(`state ${state.name} is updated twice`);
    written.add(state);
  }
  const leaves = <K extends Leaf["kind"]>(kind: K): Extract<Leaf, { kind: K }>[] =>
    builder.values.filter((value): value is Extract<Leaf, { kind: K }> => value.kind === kind);
  return {
    values: builder.values,
    inputs: leaves("input"),
    noise: leaves("noise"),
    state: leaves("state"),
    data: builder.values.filter((value) => value.kind === "data" || value.kind === "sparse"),
    constants: leaves("constant"),
    steps: builder.values.filter((value) => value.kind === "step"),
    updates: updates.map(({ state }, i) => ({ state: builder.id(state), value: builder.id(fresh[i]) })),
    outputs: Object.keys(outputs).map((name, i) => ({ name, value: builder.id(results[i]) })),
  };
}

/** Whether the tensor is computed by a kernel; a reshape of a leaf only renames it. */
function isStep(value: Tensor): value is Node {
  return value.kind === "node" && (value.op.name !== "reshape" || isStep(value.inputs[0]));
}

class Builder {
  readonly values: (Leaf | Step)[] = [];
  readonly #ids = new Map<Tensor, ValueId>();
  readonly #known = new Map<string, ValueId>();

  id(tensor: Tensor): ValueId {
    const id = this.#ids.get(tensor);
    if (id === undefined) throw new Error("program: a tensor was used before it was numbered");
    return id;
  }

  leaf(leaf: Leaf): void {
    if (this.#ids.has(leaf)) return;
    const key = leaf.kind === "constant" ? constantKey(leaf) : `leaf ${leaf.name}`;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined && leaf.kind !== "constant") {
      throw new UsageError(
        `two different leaves are named ${leaf.name}: a name stands for one input, noise, state or data`,
      );
    }
    this.#number(leaf, leaf, key, known);
  }

  step(node: Node): void {
    const inputs = node.inputs.map((input) => this.id(input));
    const { op, attributes, shape } = node;
    const key = `${op.name} ${inputs.join(",")} ${shape.join("x")} ${JSON.stringify(attributes)}`;
    const output = this.values.length;
    const step: Step = { kind: "step", op: op.name, family: op.family, attributes, inputs, output, shape };
    this.#number(node, step, key, this.#known.get(key));
  }

  #number(tensor: Tensor, value: Leaf | Step, key: string | undefined, known: ValueId | undefined): void {
    this.#ids.set(tensor, known ?? this.values.length);
    if (known !== undefined) return;
    if (key !== undefined) this.#known.set(key, this.values.length);
    this.values.push(value);
  }
}

/** Single numbers are merged by value; larger constants are told apart. */
function constantKey({ values }: ConstantLeaf): string | undefined {
  return values.length === 1 ? `constant ${Object.is(values[0], -0) ? "-0" : values[0]}` : undefined;
}

/** The program as text, one line a value. */
export function print(program: Program): string {
  const lines = program.values.flatMap((value) => {
    if (value.kind === "step") return [printStep(program, value)];
    if (value.kind === "constant") return [];
    const kind = value.kind === "noise" ? `noise ${value.distribution}` : value.kind;
    const entries = value.kind === "sparse" ? ` of ${value.values.length} entries` : "";
    return [`${kind} ${value.name} ${formatShape(value.shape)}${entries}`];
  });
  return [
    ...lines,
    ...program.updates.map(({ state, value }) => `${printId(program, state)} <- ${printId(program, value)}`),
    ...program.outputs.map(({ name, value }) => `return ${name} = ${printId(program, value)}`),
  ].join("\n");
}

/** One step as text: `%9 [2, 2] = matmul(x, w)`. */
export function printStep(program: Program, { output, shape, op, inputs, attributes }: Step): string {
  const operands = inputs.map((id) => printId(program, id)).join(", ");
  const numbers = Object.entries(attributes).map(([key, value]) => ` ${key}=${value}`);
  return `%${output} ${formatShape(shape)} = ${op}(${operands})${numbers.join("")}`;
}

function printId(program: Program, id: ValueId): string {
  const value = program.values[id];
  if (value.kind === "step") return `%${id}`;
  if (value.kind !== "constant") return value.name;
  return value.values.length === 1 ? `${value.values[0]}` : `constant%${id}`;
}
