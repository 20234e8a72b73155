/**
 * The lazy graph: a tensor is either a leaf or an op applied to tensors. Building one computes nothing; shapes are
 * checked on the way. Everything has rank 2, row-major. Knows nothing of devices, memory or labels.
 */
import { UsageError } from "../errors.ts";

/** Rows and columns. */
export type Shape = readonly [rows: number, columns: number];

/** Values of a tensor; Float64 is the reference, Float32 what devices use. */
export type Floats = Float32Array | Float64Array;

/** The name of a kernel family. */
export type Family = "map" | "matmul" | "reduce" | "rows" | "sparse" | "flow" | "likelihood";

/** The numbers an op takes besides tensors, such as an axis or a count; part of what a kernel is compiled for. */
export type Attributes = Readonly<Record<string, number>>;

/** What flows back to an input; null where the derivative is zero, undefined where there is no rule for it. */
export type Adjoint = Tensor | null | undefined;

/** An operation on tensors. */
export interface Op {
  readonly name: string;
  readonly family: Family;
  /**
   * The shape of the result. @throws UsageError where the shapes disagree; the caller adds the op's name and shapes.
   */
  shape(inputs: readonly Shape[], attributes: Attributes): Shape;
  /**
   * What the adjoint g of `node` hands to each input, as more graph. g, and each answer, may be smaller than what it is
   * the adjoint of: an axis of size 1 stretches. Absent: the op is not differentiable.
   */
  gradient?(node: Node, g: Tensor): readonly Adjoint[];
}

/** An op applied to tensors. */
export interface Node {
  readonly kind: "node";
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly shape: Shape;
}

/** Sent at each run. */
export interface InputLeaf {
  readonly kind: "input";
  readonly name: string;
  readonly shape: Shape;
}

/** Of noise: uniform on [0, 1) or standard normal. */
export type Distribution = "uniform" | "normal";

/** Filled at each run from the run's seeded stream: uniform on [0, 1) or standard normal. */
export interface NoiseLeaf {
  readonly kind: "noise";
  readonly name: string;
  readonly shape: Shape;
  readonly distribution: Distribution;
}

/** Lives on the device, begins as `initial` and is written only by a program's updates. */
export interface StateLeaf {
  readonly kind: "state";
  readonly name: string;
  readonly shape: Shape;
  /** Made when it is first asked for: the graph of a large model takes no memory for numbers that are never used. */
  readonly initial: Floats;
  /** Whether `initial` is zeros, which a device may have without being sent them. */
  readonly zeros: boolean;
}

/** Frozen values that are sent to a device once, such as a data set. */
export interface DataLeaf {
  readonly kind: "data";
  readonly name: string;
  readonly shape: Shape;
  readonly values: Floats | Uint8Array;
}

/**
 * What a compressed table stores: entry e of row i, `offsets[i] <= e < offsets[i + 1]`, is `values[e]` in column
 * `indices[e]`.
 */
export interface CompressedRows {
  /** `[rows + 1]` */
  readonly offsets: Uint32Array;
  /** Ascending within a row. */
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/**
 * Frozen rows of which only some entries are stored, the others being 0; sent to a device once. Only its rows,
 * gathered, can be used.
 */
export interface SparseLeaf extends CompressedRows {
  readonly kind: "sparse";
  readonly name: string;
  readonly shape: Shape;
}

/** Frozen values that belong to the formula, such as 0.5 or a mask. */
export interface ConstantLeaf {
  readonly kind: "constant";
  readonly shape: Shape;
  readonly values: Floats;
}

/** What a graph begins with. */
export type Leaf = InputLeaf | NoiseLeaf | StateLeaf | DataLeaf | SparseLeaf | ConstantLeaf;
/** A node of a graph; it holds no numbers until a device has run it. */
export type Tensor = Leaf | Node;

/** A tensor, or a number standing for a 1 x 1 constant. */
export type Operand = Tensor | number;

export const size = ([rows, columns]: Shape): number => rows * columns;
export const formatShape = ([rows, columns]: Shape): string => `[${rows}, ${columns}]`;
export const sameShape = (a: Shape, b: Shape): boolean => a[0] === b[0] && a[1] === b[1];

function checkedShape(what: string, shape: Shape): Shape {
  const [rows, columns] = shape;
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 1 || columns < 1) {
    throw new UsageError(`${what}: shape ${formatShape(shape)}: expected two whole numbers of at least 1`);
  }
  return [rows, columns];
}

function checkedValues<V extends { readonly length: number }>(what: string, shape: Shape, values: V): V {
  if (values.length !== size(shape)) {
    throw new UsageError(`${what}: ${values.length} values for shape ${formatShape(shape)}, expected ${size(shape)}`);
  }
  return values;
}

/** A leaf that is given with each run. */
export function input(name: string, shape: Shape): InputLeaf {
  return { kind: "input", name, shape: checkedShape(`input ${name}`, shape) };
}

/** A leaf that is filled anew with each run. */
export function noise(name: string, shape: Shape, distribution: Distribution): NoiseLeaf {
  return { kind: "noise", name, shape: checkedShape(`noise ${name}`, shape), distribution };
}

/**
 * A leaf that updates change from run to run.
 * @param initial the values, or how they are made when they are first needed
 */
export function state(name: string, shape: Shape, initial: Floats | "zeros" | (() => Floats)): StateLeaf {
  const what = `state ${name}`;
  const zeros = initial === "zeros";
  const make = zeros ? () => new Float32Array(size(shape)) : typeof initial === "function" ? initial : () => initial;
  let values = typeof initial === "object" ? checkedValues(what, shape, initial) : undefined;
  return {
    kind: "state",
    name,
    shape: checkedShape(what, shape),
    zeros,
    get initial() {
      values ??= checkedValues(what, shape, make());
      return values;
    },
  };
}

/** A leaf of numbers that stay on the device for all runs. */
export function data(name: string, shape: Shape, values: Floats | Uint8Array): DataLeaf {
  const what = `data ${name}`;
  return { kind: "data", name, shape: checkedShape(what, shape), values: checkedValues(what, shape, values) };
}

/**
 * @throws UsageError where offsets don't rise from 0 to the number of entries, or the columns of a row don't rise
 * within the shape
 */
export function sparse(name: string, shape: Shape, { offsets, indices, values }: CompressedRows): SparseLeaf {
  const what = `sparse data ${name}`;
  const [rows, columns] = checkedShape(what, shape);
  const count = indices.length;
  if (offsets.length !== rows + 1 || offsets[0] !== 0 || offsets[rows] !== count || values.length !== count) {
    throw new UsageError(
      `${what}: ${offsets.length} offsets, ${count} columns and ${values.length} values: expected ${rows + 1} offsets, ` +
        "the first 0, the last the number of entries, and as many columns as values",
    );
  }
  for (let row = 0; row < rows; row++) {
    if (offsets[row] > offsets[row + 1]) throw new UsageError(`${what}: row ${row} ends before it begins`);
    for (let e = offsets[row]; e < offsets[row + 1]; e++) {
      if (indices[e] < columns && (e === offsets[row] || indices[e - 1] < indices[e])) continue;
      throw new UsageError(`${what}: row ${row} has column ${indices[e]}: expected ascending columns below ${columns}`);
    }
  }
  return { kind: "sparse", name, shape: [rows, columns], offsets, indices, values };
}

/** A leaf of fixed numbers. */
export function constant(shape: Shape, values: Floats): ConstantLeaf {
  return { kind: "constant", shape: checkedShape("constant", shape), values: checkedValues("constant", shape, values) };
}

/** The operand as a tensor; a number becomes a 1 x 1 constant. */
export function tensor(operand: Operand): Tensor {
  return typeof operand === "number" ? constant([1, 1], Float64Array.of(operand)) : operand;
}

/** `op` applied to `inputs`. @throws UsageError naming the op, the shapes and what disagrees. */
export function apply(op: Op, inputs: readonly Tensor[], attributes: Attributes = {}): Node {
  const shapes = inputs.map((input) => input.shape);
  const wrong = inputs.find(({ kind }, i) => (kind === "sparse") !== (op.family === "sparse" && i === 0));
  if (wrong) {
    throw new UsageError(
      wrong.kind === "sparse"
        ? `${op.name}: ${wrong.name} is a sparse table: expected rows of it, by gather`
        : `${op.name}: expected a sparse table as its first operand`,
    );
  }
  try {
    return { kind: "node", op, inputs, attributes, shape: checkedShape("result", op.shape(shapes, attributes)) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${op.name} ${shapes.map(formatShape).join(" x ")}: ${error.message}`);
  }
}
