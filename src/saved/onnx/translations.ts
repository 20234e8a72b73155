/**
 * Our ops as ONNX nodes: one entry an op, for every op that predictions are made of. Those of training have none.
 */
import { composedFlow } from "../../engine/ops/flow.ts";
import { staircaseMask } from "../../engine/ops/staircase.ts";
import { input, type Leaf } from "../../engine/tensor.ts";
import { UsageError } from "../../errors.ts";
import type { NodeWriter } from "./nodes.ts";
import { programOfAnyBatch, type Size, type SizedProgram, type SizedStep, sizeFor } from "./sizes.ts";

/** A value of a program in the graph. */
export interface Operand {
  readonly name: string;
  readonly shape: readonly [rows: Size, columns: Size];
  /** Where it is a constant that is one number. */
  readonly number?: number;
}

/** Writes the nodes of one step and answers the name of its value. */
type Translation = (writer: NodeWriter, operands: readonly Operand[], step: SizedStep) => string;

/** ONNX's number of the type. */
const int64 = 7;

const namesOf = (operands: readonly Operand[]): string[] => operands.map(({ name }) => name);

/** An op that is a node of its own. */
const as =
  (kind: string): Translation =>
  (writer, operands) =>
    writer.node(kind, namesOf(operands));

const product =
  (attributes: Readonly<Record<string, { readonly integer: number }>> = {}): Translation =>
  (writer, operands) =>
    writer.node("Gemm", namesOf(operands), attributes);

/** An attribute that is the same for every batch. */
function fixed(size: Size): number {
  if (typeof size === "number") return size;
  throw new Error("an attribute goes with the batch: expected a number");
}

/** -1 is the size that goes with the batch. */
const reshape = (writer: NodeWriter, x: string, sizes: readonly Size[]): string =>
  writer.node("Reshape", [x, writer.integers(sizes.map((size) => (typeof size === "number" ? size : -1)))]);

const leakyRelu = (writer: NodeWriter, x: string, { name, number }: Operand): string =>
  number === undefined ? writer.node("PRelu", [x, name]) : writer.node("LeakyRelu", [x], { alpha: { float: number } });

/** ln softplus(a); far down, where softplus(a) may be 0, by its series as in kernels/scalar.ts. */
function logSoftplus(writer: NodeWriter, a: string): string {
  const series = writer.node("Sub", [a, writer.node("Mul", [0.5, writer.node("Exp", [a])])]);
  const plain = writer.node("Log", [writer.node("Softplus", [a])]);
  return writer.node("Where", [writer.node("Less", [a, -15]), series, plain]);
}

/** (1 + erf(x / sqrt 2)) / 2 */
function normalCdf(writer: NodeWriter, x: string): string {
  const erf = writer.node("Erf", [writer.node("Mul", [x, Math.SQRT1_2])]);
  return writer.node("Mul", [0.5, writer.node("Add", [1, erf])]);
}

export const translations: Readonly<Record<string, Translation>> = {
  identity: as("Identity"),
  add: as("Add"),
  subtract: as("Sub"),
  multiply: as("Mul"),
  divide: as("Div"),
  square: (writer, [x]) => writer.node("Mul", [x.name, x.name]),
  sqrt: as("Sqrt"),
  log: as("Log"),
  elu: as("Elu"),
  sigmoid: as("Sigmoid"),
  softplus: as("Softplus"),
  biasLeakyRelu: (writer, [x, b, slope]) => leakyRelu(writer, writer.node("Add", [x.name, b.name]), slope),
  biasLeakyReluProduct: (writer, [x, b, slope, w]) =>
    writer.node("Mul", [leakyRelu(writer, writer.node("Add", [x.name, b.name]), slope), w.name]),
  expDifference: (writer, [x, y]) => writer.node("Exp", [writer.node("Sub", [x.name, y.name])]),
  sigmoidShare: (writer, [s, w, m]) => {
    const weight = writer.node("Exp", [writer.node("Sub", [w.name, m.name])]);
    return writer.node("Mul", [weight, writer.node("Sigmoid", [s.name])]);
  },
  softplusAffine: (writer, [a, x, b]) =>
    writer.node("Add", [writer.node("Mul", [writer.node("Softplus", [a.name]), x.name]), b.name]),
  // w + ln softplus(a) - |s| - 2 ln(1 + e^-|s|)
  logUnitSlope: (writer, [w, s, a]) => {
    const size = writer.node("Abs", [s.name]);
    const tail = writer.node("Mul", [2, writer.node("Softplus", [writer.node("Neg", [size])])]);
    const sum = writer.node("Add", [w.name, logSoftplus(writer, a.name)]);
    return writer.node("Sub", [writer.node("Sub", [sum, size]), tail]);
  },
  probit: (writer, [x, b, y, margin]) => {
    const sum = writer.node("Add", [x.name, b.name]);
    const present = writer.node("Greater", [y.name, 0.5]);
    const likely = normalCdf(writer, writer.node("Where", [present, sum, writer.node("Neg", [sum])]));
    const least = writer.node("Max", [likely, margin.name]);
    return writer.node("Min", [least, writer.node("Sub", [1, margin.name])]);
  },
  matmul: product(),
  matmulTransposeRight: product({ transB: { integer: 1 } }),
  staircaseMatmul: (writer, [a, b], { attributes: { classes, width } }) => {
    const [rows, columns] = [fixed(b.shape[0]), fixed(b.shape[1])];
    const mask = staircaseMask(rows, { classes: fixed(classes), width: fixed(width) });
    const counted = writer.node("Mul", [b.name, writer.tensor("staircase", [rows, columns], mask)]);
    return writer.node("Gemm", [a.name, counted]);
  },
  gather: (writer, [x, indices]) => {
    const whole = writer.node("Cast", [indices.name], { to: { integer: int64 } });
    return writer.node("Gather", [x.name, reshape(writer, whole, [indices.shape[0]])], { axis: { integer: 0 } });
  },
  sum: (writer, [x], { attributes: { axis } }) => writer.node("ReduceSum", [x.name, writer.integers([fixed(axis)])]),
  max: (writer, [x], { attributes: { axis } }) =>
    writer.node("ReduceMax", [x.name], { axes: { integers: [fixed(axis)] } }),
  slice: (writer, [x], { attributes: { first, count } }) => {
    const [start, end] = [fixed(first), fixed(first) + fixed(count)];
    return writer.node("Slice", [x.name, writer.integers([start]), writer.integers([end]), writer.integers([0])]);
  },
  // By its definition in other ops.
  sigmoidalFlow: (writer, operands) => {
    const names = operands.map((_, i) => `operand${i}`);
    const flow = programOfAnyBatch((batch) => {
      const inputs = operands.map(({ shape: [rows, columns] }, i) =>
        input(names[i], [sizeFor(rows, batch), sizeFor(columns, batch)]),
      );
      const [value, slope] = composedFlow(inputs);
      return { value, slope };
    });
    const known = new Map(names.map((name, i) => [name, operands[i]]));
    const outputs = writeProgram(writer, flow, (leaf) => (leaf.kind === "input" ? known.get(leaf.name) : undefined));
    return writer.node("Concat", outputs, { axis: { integer: 0 } });
  },
  reshape: (writer, [x], { shape }) => reshape(writer, x.name, shape),
  repeat: (writer, [x], { attributes: { times }, shape }) => {
    const [rows, columns] = x.shape;
    const apart = reshape(writer, x.name, [rows, 1, columns]);
    return reshape(writer, writer.node("Expand", [apart, writer.integers([1, fixed(times), 1])]), shape);
  },
  tile: (writer, [x], { attributes: { times } }) => writer.node("Tile", [x.name, writer.integers([fixed(times), 1])]),
};

/**
 * Writes the steps of a program and answers the names of its outputs.
 * @param leaf the value of a leaf; constants are written here
 * @throws UsageError for an op that has no translation
 */
export function writeProgram(
  writer: NodeWriter,
  { program, steps }: SizedProgram,
  leaf: (leaf: Leaf) => Operand | undefined,
): string[] {
  const known = program.values.map((value, id): Operand | undefined => {
    if (value.kind === "step") return undefined;
    if (value.kind !== "constant") return leaf(value);
    const name = writer.tensor(`constant${id}`, value.shape, Float32Array.from(value.values));
    return { name, shape: value.shape, ...(value.values.length === 1 && { number: value.values[0] }) };
  });
  const operandOf = (id: number): Operand => {
    const found = known[id];
    if (found) return found;
    throw new Error("a value is used before it is written");
  };
  for (const step of steps) {
    const translate = translations[step.op];
    if (!translate) throw new UsageError(`op ${step.op} has no translation to ONNX`);
    known[step.output] = { name: translate(writer, step.inputs.map(operandOf), step), shape: step.shape };
  }
  return program.outputs.map(({ value }) => operandOf(value).name);
}
