/**
 * Sigmoidal flows by their definition in running-error arithmetic, unit by unit: the value, the log slope and all
 * adjoints, each with the error that a device may have made.
 */
import type { Approximate, Arithmetic } from "./arithmetic.ts";
import type { Matrix } from "./expected.ts";

const margin = 1e-6;

/** What one row comes to. */
interface Row {
  readonly units: readonly {
    readonly a: Approximate;
    readonly s: Approximate;
    readonly softplus: Approximate;
    readonly share: Approximate;
    readonly density: Approximate;
    readonly weight: Approximate;
    readonly slope: Approximate;
  }[];
  readonly m: Approximate;
  readonly inside: Approximate;
  readonly outside: Approximate;
  readonly logSlope: Approximate;
}

const one: Approximate = { value: 1, error: 0 };

/** A divisor that may be zero says nothing. */
const divide = (m: Arithmetic, x: Approximate, y: Approximate): Approximate => {
  const quotient = m.divide(x, y);
  return Math.abs(y.value) > y.error ? quotient : { ...quotient, error: Number.POSITIVE_INFINITY };
};
const log = (m: Arithmetic, x: Approximate): Approximate =>
  x.value > x.error ? m.log(x) : { value: Math.log(x.value), error: Number.POSITIVE_INFINITY };
const sigmoid = (m: Arithmetic, x: Approximate): Approximate => {
  const z = m.exp(x.value > 0 ? m.negate(x) : x);
  return m.divide(x.value > 0 ? one : z, m.add(one, z));
};
const softplus = (m: Arithmetic, x: Approximate): Approximate => {
  const soft = m.log(m.add(one, m.exp({ value: -Math.abs(x.value), error: x.error })));
  return x.value > 0 ? m.add(x, soft) : soft;
};
/** A product that a device may take by way of logarithms, of which these are the parts. */
function byLogarithms(m: Arithmetic, product: Approximate, ...parts: readonly number[]): Approximate {
  const magnitude = parts.reduce((total, part) => total + Math.abs(part), 1);
  return { value: product.value, error: product.error + 8 * m.accuracy.unit * magnitude * product.value };
}

/** A dense layer's output for one unit and one row. */
function dense(
  m: Arithmetic,
  [weight, bias]: readonly Matrix[],
  unit: number,
  parameters: Matrix,
  row: number,
): Approximate {
  const outputs = parameters.shape[1];
  let value = 0;
  let magnitude = 0;
  for (let o = 0; o < outputs; o++) {
    const product = weight.values[unit * outputs + o] * parameters.values[row * outputs + o];
    value += product;
    magnitude += Math.abs(product);
  }
  return m.add(m.dot(value, outputs, magnitude), m.exact(bias.values[unit]));
}

function rowOf(m: Arithmetic, [parameters, x, ...layers]: readonly Matrix[], row: number): Row {
  const [units] = layers[0].shape;
  const at = Array.from({ length: units }, (_, unit) => unit);
  const [as, bs, ws] = [0, 2, 4].map((i) => at.map((unit) => dense(m, layers.slice(i, i + 2), unit, parameters, row)));
  const largest = ws.reduce((most, w) => (w.value > most.value ? w : most));
  const made = at.map((unit) => {
    const a = as[unit];
    const soft = softplus(m, a);
    const s = m.add(m.multiply(soft, m.exact(x.values[row])), bs[unit]);
    const share = sigmoid(m, s);
    const density = m.multiply(share, sigmoid(m, m.negate(s)));
    const weight = m.exp(m.subtract(ws[unit], largest));
    const product = m.multiply(m.multiply(weight, soft), density);
    const slope = byLogarithms(m, product, ws[unit].value, largest.value, s.value, a.value);
    return { a, s, softplus: soft, share, density, weight, slope };
  });
  const total = m.sum(...made.map(({ weight }) => weight));
  const slopes = m.sum(...made.map(({ slope }) => slope));
  const mean = divide(m, m.sum(...made.map(({ weight, share }) => m.multiply(weight, share))), total);
  const inside = m.add(m.multiply(m.rounded(1 - margin, 0), mean), m.rounded(margin / 2, 0));
  const outside = m.subtract(one, inside);
  const tails = m.add(log(m, inside), log(m, outside));
  const logSlope = m.sum(log(m, slopes), m.negate(log(m, total)), m.rounded(Math.log(1 - margin), 0), m.negate(tails));
  return {
    units: made.map((unit) => ({
      ...unit,
      weight: divide(m, unit.weight, total),
      slope: divide(m, unit.slope, slopes),
    })),
    m: mean,
    inside,
    outside,
    logSlope,
  };
}

const rowsOf = (inputs: readonly Matrix[], m: Arithmetic): Row[] =>
  Array.from({ length: inputs[0].shape[0] }, (_, row) => rowOf(m, inputs, row));

/** `[2, rows]`, row by row of the result. */
export function flowResults(inputs: readonly Matrix[], m: Arithmetic): readonly (readonly Approximate[])[] {
  const rows = rowsOf(inputs, m);
  const values = rows.map(({ inside, outside }) => m.subtract(log(m, inside), log(m, outside)));
  return [values, rows.map(({ logSlope }) => logSlope)];
}

/** The adjoints of all inputs one behind the other. */
export function flowAdjoints(inputs: readonly Matrix[], m: Arithmetic): readonly Approximate[] {
  const [parameters, x, ...layers] = inputs.slice(0, -1);
  const [rows, outputs] = parameters.shape;
  const g = inputs[inputs.length - 1];
  const [units] = layers[0].shape;
  const doubled = (each: Approximate): Approximate => ({ value: 2 * each.value, error: 2 * each.error });
  // [rows][3 units]: of a, of s and of w.
  const adjoints = rowsOf(inputs.slice(0, -1), m).map((row, number) => {
    const [ofValue, ofSlope] = [m.exact(g.values[number]), m.exact(g.values[rows + number])];
    const both = m.add(ofValue, m.multiply(ofSlope, m.subtract(row.inside, row.outside)));
    const ofM = divide(m, m.multiply(m.rounded(1 - margin, 0), both), m.multiply(row.inside, row.outside));
    const made = row.units.map(({ a, softplus, share, density, weight, slope }) => {
      const lean = m.subtract(one, doubled(share));
      const bySlope = m.multiply(ofSlope, slope);
      const byShare = m.multiply(ofM, weight);
      const ofS = m.add(m.multiply(bySlope, lean), m.multiply(byShare, density));
      const steep = sigmoid(m, a);
      const ofA = m.add(
        m.multiply(bySlope, divide(m, steep, softplus)),
        m.multiply(m.multiply(ofS, m.exact(x.values[number])), steep),
      );
      const ofW = m.add(m.multiply(byShare, m.subtract(share, row.m)), m.multiply(ofSlope, m.subtract(slope, weight)));
      return { ofA, ofS, ofW, ofX: m.multiply(ofS, softplus) };
    });
    return {
      layers: [made.map(({ ofA }) => ofA), made.map(({ ofS }) => ofS), made.map(({ ofW }) => ofW)],
      ofX: m.sum(...made.map(({ ofX }) => ofX)),
    };
  });
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const product = (adjoint: Approximate, factor: number): Approximate => m.multiply(adjoint, m.exact(factor));
  const ofParameters = numbers(rows * outputs).map((i) => {
    const [row, output] = [Math.floor(i / outputs), i % outputs];
    const terms = numbers(3 * units).map((t) => {
      const [layer, unit] = [Math.floor(t / units), t % units];
      return product(adjoints[row].layers[layer][unit], layers[2 * layer].values[unit * outputs + output]);
    });
    return m.sum(...terms);
  });
  const ofLayers = [0, 1, 2].flatMap((layer) => [
    ...numbers(units * outputs).map((i) => {
      const [unit, output] = [Math.floor(i / outputs), i % outputs];
      const terms = adjoints.map(({ layers: of }, row) =>
        product(of[layer][unit], parameters.values[row * outputs + output]),
      );
      return m.sum(...terms);
    }),
    ...numbers(units).map((unit) => m.sum(...adjoints.map(({ layers: of }) => of[layer][unit]))),
  ]);
  return [...ofParameters, ...adjoints.map(({ ofX }) => ofX), ...ofLayers];
}
