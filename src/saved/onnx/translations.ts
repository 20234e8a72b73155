/**
 * Our ops as ONNX nodes: one entry an op, for every op that predictions are made of. Those of training have none.
 */
import type { NodeWriter } from "./nodes.ts";
import type { Size, SizedStep } from "./sizes.ts";

/** A value of a program in the graph. */
export interface Operand {
  readonly name: string;
  readonly shape: readonly [rows: Size, columns: Size];
  /** Where it is a constant that is one number. */
  readonly number?: number;
}

/** Writes the nodes of one step and answers the name of its value. */
type Translation = (writer: NodeWriter, operands: readonly Operand[], step: SizedStep) => string;

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
  sum: (writer, [x], { attributes: { axis } }) => writer.node("ReduceSum", [x.name, writer.integers([fixed(axis)])]),
  max: (writer, [x], { attributes: { axis } }) =>
    writer.node("ReduceMax", [x.name], { axes: { integers: [fixed(axis)] } }),
  reshape: (writer, [x], { shape }) => reshape(writer, x.name, shape),
  repeat: (writer, [x], { attributes: { times }, shape }) => {
    const [rows, columns] = x.shape;
    const apart = reshape(writer, x.name, [rows, 1, columns]);
    return reshape(writer, writer.node("Expand", [apart, writer.integers([1, fixed(times), 1])]), shape);
  },
  tile: (writer, [x], { attributes: { times } }) => writer.node("Tile", [x.name, writer.integers([fixed(times), 1])]),
};
