/**
 * Sigmoidal flows row by row, in double precision: what `composedFlow` of engine/ops/flow.ts says, with its derivatives
 * written out. Cost: 6 units outputs operations a row, thrice that for the gradient.
 */
import { sigmoid } from "../scalar.ts";
import type { Block, Floats, MakeKernel } from "./kernel.ts";

const margin = 1e-6;

/** ln(1 + e^a) to its last digits, however small it is. */
const softplus = (a: number): number => (a > 0 ? a : 0) + Math.log1p(Math.exp(-Math.abs(a)));
/** Far down, where softplus(a) is e^a - e^2a / 2 + ..., by its series, which does not underflow. */
const isFar = (a: number): boolean => a < -30;
const logSoftplus = (a: number): number => (isFar(a) ? a - 0.5 * Math.exp(a) : Math.log(softplus(a)));
const logSoftplusSlope = (a: number): number => (isFar(a) ? 1 - 0.5 * Math.exp(a) : sigmoid(a) / softplus(a));

export const flow: MakeKernel = (op, inputs, output) => {
  if (op === "sigmoidalFlow") return () => forward(inputs, output);
  if (op === "sigmoidalFlowGradient") return () => backward(inputs, output);
  throw new Error(`flow: no kernel is named ${op}`);
};

/** What the units of one row come to. */
interface Row {
  /** Of each unit: a, s, its weight, its part of the slope. */
  readonly a: Float64Array;
  readonly s: Float64Array;
  readonly weight: Float64Array;
  readonly slope: Float64Array;
  m: number;
  inside: number;
  logSlope: number;
}

const rowOf = (units: number): Row => ({
  a: new Float64Array(units),
  s: new Float64Array(units),
  weight: new Float64Array(units),
  slope: new Float64Array(units),
  m: 0,
  inside: 0,
  logSlope: 0,
});

/** Makes e^(x - largest) of each number, divided by their sum; ln of the sum of e^x. */
function softmax(x: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of x) largest = value > largest ? value : largest;
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    x[i] = Math.exp(x[i] - largest);
    total += x[i];
  }
  for (let i = 0; i < x.length; i++) x[i] /= total;
  return Math.log(total) + largest;
}

/** A dense layer's output for unit t of the row that begins at `from`. */
function dense(weight: Block, bias: Block, t: number, { values, columns }: Block, from: number): number {
  let total = 0;
  for (let o = 0, at = t * columns; o < columns; o++, at++) total += weight.values[at] * values[from + o];
  return total + bias.values[t];
}

function make(inputs: readonly Block[], number: number, row: Row): void {
  const [parameters, x, slopes, slopeBias, shifts, shiftBias, shares, shareBias] = inputs;
  const from = number * parameters.columns;
  const { a, s, weight, slope } = row;
  for (let t = 0; t < a.length; t++) {
    a[t] = dense(slopes, slopeBias, t, parameters, from);
    s[t] = softplus(a[t]) * x.values[number] + dense(shifts, shiftBias, t, parameters, from);
    weight[t] = dense(shares, shareBias, t, parameters, from);
    const tails = Math.abs(s[t]) + 2 * Math.log1p(Math.exp(-Math.abs(s[t])));
    slope[t] = weight[t] + logSoftplus(a[t]) - tails;
  }
  const logSlopes = softmax(slope);
  const logWeights = softmax(weight);
  row.m = 0;
  for (let t = 0; t < a.length; t++) row.m += weight[t] * sigmoid(s[t]);
  row.inside = (1 - margin) * row.m + margin / 2;
  row.logSlope = logSlopes - logWeights + Math.log(1 - margin) - Math.log(row.inside) - Math.log(1 - row.inside);
}

function forward(inputs: readonly Block[], { values, columns: rows }: Block): void {
  const row = rowOf(inputs[2].rows);
  for (let number = 0; number < rows; number++) {
    make(inputs, number, row);
    values[number] = Math.log(row.inside) - Math.log(1 - row.inside);
    values[rows + number] = row.logSlope;
  }
}

/** Where each input's adjoint is in the output. */
function placesOf(inputs: readonly Block[]): readonly number[] {
  let first = 0;
  return inputs.map(({ rows, columns }) => {
    const at = first;
    first += rows * columns;
    return at;
  });
}

function backward(inputs: readonly Block[], { values: y }: Block): void {
  const adjoint = inputs[8];
  const [parameters, x] = inputs;
  const { rows, columns: outputs } = parameters;
  const places = placesOf(inputs);
  const row = rowOf(inputs[2].rows);
  // Sums over rows in double precision, whatever is stored.
  const sums = inputs.slice(2, 8).map(({ values }) => new Float64Array(values.length));
  const part = new Float64Array(outputs);
  for (let number = 0; number < rows; number++) {
    make(inputs, number, row);
    const { a, s, weight, slope, m, inside } = row;
    const [ofValue, ofSlope] = [adjoint.values[number], adjoint.values[rows + number]];
    const ofM = ((1 - margin) * (ofValue + ofSlope * (2 * inside - 1))) / (inside * (1 - inside));
    const from = number * outputs;
    let ofX = 0;
    part.fill(0);
    for (let t = 0; t < a.length; t++) {
      const share = sigmoid(s[t]);
      const density = share * sigmoid(-s[t]);
      const ofS = ofM * weight[t] * density - ofSlope * slope[t] * Math.tanh(s[t] / 2);
      const ofA = ofSlope * slope[t] * logSoftplusSlope(a[t]) + ofS * x.values[number] * sigmoid(a[t]);
      const ofW = ofM * weight[t] * (share - m) + ofSlope * (slope[t] - weight[t]);
      ofX += ofS * softplus(a[t]);
      [ofA, ofS, ofW].forEach((of, layer) => {
        addProducts(sums[2 * layer], t * outputs, of, parameters.values, from, outputs);
        sums[2 * layer + 1][t] += of;
        addProducts(part, 0, of, inputs[2 + 2 * layer].values, t * outputs, outputs);
      });
    }
    y.set(part, places[0] + from);
    y[places[1] + number] = ofX;
  }
  sums.forEach((each, i) => {
    y.set(each, places[2 + i]);
  });
}

function addProducts(to: Float64Array, at: number, factor: number, x: Floats, from: number, count: number): void {
  for (let i = 0; i < count; i++) to[at + i] += factor * x[from + i];
}
