/**
 * What a step has to answer for given inputs, from the plain definition of its op, with the error each entry may have:
 * elementwise ops by running error analysis, sums of k terms by gamma(k) times the sum of their absolute values, row
 * moves and maxima exactly. Slow, and written apart from the kernels that it judges.
 */

import type { Attributes, Family, Shape } from "../../src/engine/tensor.ts";
import { size } from "../../src/engine/tensor.ts";
import { type Accuracy, type Approximate, Arithmetic, gamma, stored } from "./arithmetic.ts";
import { definitions } from "./elementwise.ts";
import { flowAdjoints, flowResults } from "./flow.ts";
import { likelihoodAdjoint, likelihoodSum } from "./likelihood.ts";

/** A matrix as plain numbers, row-major. */
export interface Matrix {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
}

/** One application of an op. */
export interface Application {
  readonly op: string;
  readonly family: Family;
  readonly attributes: Attributes;
  readonly shape: Shape;
}

type Entry = (row: number, column: number) => Approximate;
type Rule = (application: Application, inputs: readonly Matrix[], m: Arithmetic) => Entry;

/** Row-major values of the result, each with its error bound. */
export function expected(application: Application, inputs: readonly Matrix[], accuracy: Accuracy): Approximate[] {
  const { op, family, shape } = application;
  const rule = family === "map" ? elementwise : rules[op];
  if (!rule) throw new Error(`test/laws/expected.ts has no definition of ${op}`);
  const entry = rule(application, inputs, new Arithmetic(accuracy));
  return Array.from({ length: size(shape) }, (_, i) => entry(Math.floor(i / shape[1]), i % shape[1]));
}

/** x[row, column], where an axis of size 1 stretches. */
const at = ({ shape: [rows, columns], values }: Matrix, row: number, column: number): number =>
  values[(rows === 1 ? 0 : row) * columns + (columns === 1 ? 0 : column)];

const elementwise: Rule = ({ op }, inputs, m) => {
  const definition = definitions[op];
  if (!definition) throw new Error(`test/laws/elementwise.ts has no definition of ${op}: add one line`);
  return (row, column) => definition.of(m, ...inputs.map((input) => stored(at(input, row, column), m.accuracy)));
};

/** Sum of a(k) b(k) for k < count. */
function dot(m: Arithmetic, count: number, a: (k: number) => number, b: (k: number) => number): Approximate {
  let value = 0;
  let magnitude = 0;
  for (let k = 0; k < count; k++) {
    const product = a(k) * b(k);
    value += product;
    magnitude += Math.abs(product);
  }
  return m.dot(value, count, magnitude);
}

/** The entries of a row that are not zero. */
function columnsStored(table: Matrix, row: number): { readonly column: number; readonly value: number }[] {
  const found = [];
  for (let column = 0; column < table.shape[1]; column++) {
    const value = at(table, row, column);
    if (value !== 0) found.push({ column, value });
  }
  return found;
}

/** Sum of some terms: one term is moved, more are added up. */
function total(m: Arithmetic, terms: readonly number[]): Approximate {
  const magnitude = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  const error = terms.length < 2 ? 0 : gamma(terms.length - 1, m.accuracy.unit + 2 ** -53) * magnitude;
  return { value: terms.reduce((sum, term) => sum + term, 0), error: error + terms.length * m.accuracy.tiny };
}

const exactly = (value: number): Approximate => ({ value, error: 0 });
const rowsOf = (x: Matrix): number[] => Array.from({ length: x.shape[0] }, (_, row) => row);
const columnsOf = (x: Matrix): number[] => Array.from({ length: x.shape[1] }, (_, column) => column);

/** Whether row and column of a matrix of `rows` rows are right of its staircase. */
function rightOfStairs({ classes, width }: Attributes, rows: number): (row: number, column: number) => boolean {
  const runs = Array.from({ length: classes }, (_, run) => Math.floor(rows / classes) + (run < rows % classes ? 1 : 0));
  const runOf = runs.flatMap((length, run) => Array<number>(length).fill(run));
  return (row, column) => column >= (runOf[row] + 1) * width;
}

const rules: Readonly<Record<string, Rule>> = {
  matmul:
    (_, [a, b], m) =>
    (row, column) =>
      dot(
        m,
        a.shape[1],
        (k) => at(a, row, k),
        (k) => at(b, k, column),
      ),
  matmulTransposeLeft:
    (_, [a, b], m) =>
    (row, column) =>
      dot(
        m,
        a.shape[0],
        (k) => at(a, k, row),
        (k) => at(b, k, column),
      ),
  matmulTransposeRight:
    (_, [a, b], m) =>
    (row, column) =>
      dot(
        m,
        a.shape[1],
        (k) => at(a, row, k),
        (k) => at(b, column, k),
      ),
  staircaseMatmul: ({ attributes }, [a, b], m) => {
    const counts = rightOfStairs(attributes, a.shape[1]);
    return (row, column) =>
      dot(
        m,
        a.shape[1],
        (k) => at(a, row, k),
        (k) => (counts(k, column) ? at(b, k, column) : 0),
      );
  },
  staircaseTransposeRight: ({ attributes }, [a, b], m) => {
    const counts = rightOfStairs(attributes, b.shape[0]);
    return (row, column) =>
      dot(
        m,
        a.shape[1],
        (k) => at(a, row, k),
        (k) => (counts(column, k) ? at(b, column, k) : 0),
      );
  },
  staircaseTransposeLeft: ({ attributes }, [a, b], m) => {
    const counts = rightOfStairs(attributes, a.shape[1]);
    return (row, column) =>
      counts(row, column)
        ? dot(
            m,
            a.shape[0],
            (k) => at(a, k, row),
            (k) => at(b, k, column),
          )
        : exactly(0);
  },
  sum: ({ attributes: { axis } }, [x], m) =>
    axis === 0
      ? (_, column) =>
          total(
            m,
            rowsOf(x).map((row) => at(x, row, column)),
          )
      : (row) =>
          total(
            m,
            columnsOf(x).map((column) => at(x, row, column)),
          ),
  max: ({ attributes: { axis } }, [x]) =>
    axis === 0
      ? (_, column) => exactly(Math.max(...rowsOf(x).map((row) => at(x, row, column))))
      : (row) => exactly(Math.max(...columnsOf(x).map((column) => at(x, row, column)))),
  gather:
    (_, [x, indices]) =>
    (row, column) =>
      exactly(x.values[indices.values[row] * x.shape[1] + column]),
  scatter:
    (_, [x, indices], m) =>
    (row, column) =>
      total(
        m,
        rowsOf(x)
          .filter((source) => indices.values[source] === row)
          .map((source) => at(x, source, column)),
      ),
  repeat:
    ({ attributes: { times } }, [x]) =>
    (row, column) =>
      exactly(x.values[Math.floor(row / times) * x.shape[1] + column]),
  tile:
    (_, [x]) =>
    (row, column) =>
      exactly(x.values[(row % x.shape[0]) * x.shape[1] + column]),
  sumRepeated:
    ({ attributes: { times } }, [x], m) =>
    (row, column) =>
      total(
        m,
        rowsOf(x)
          .filter((source) => Math.floor(source / times) === row)
          .map((source) => at(x, source, column)),
      ),
  sumTiled:
    ({ shape: [rows] }, [x], m) =>
    (row, column) =>
      total(
        m,
        rowsOf(x)
          .filter((source) => source % rows === row)
          .map((source) => at(x, source, column)),
      ),
  sparseRows:
    (_, [table, indices]) =>
    (row, column) =>
      exactly(at(table, indices.values[row], column)),
  sparseMatmul: (_, [table, indices, b], m) => {
    const stored = new Map(Array.from(indices.values, (row) => [row, columnsStored(table, row)]));
    return (row, column) => {
      const entries = stored.get(indices.values[row]) ?? [];
      return dot(
        m,
        entries.length,
        (k) => entries[k].value,
        (k) => at(b, entries[k].column, column),
      );
    };
  },
  sparseMatmulTransposeLeft: (_, [table, indices, b], m) => {
    const batch = Array.from(indices.values);
    return (row, column) => {
      const entries = batch.flatMap((source, k) => {
        const value = at(table, source, row);
        return value === 0 ? [] : [{ value, k }];
      });
      return dot(
        m,
        entries.length,
        (e) => entries[e].value,
        (e) => at(b, entries[e].k, column),
      );
    };
  },
  slice:
    ({ attributes: { first } }, [x]) =>
    (row, column) =>
      exactly(x.values[(first + row) * x.shape[1] + column]),
  place:
    ({ attributes: { first } }, [x]) =>
    (row, column) =>
      exactly(row >= first && row < first + x.shape[0] ? x.values[(row - first) * x.shape[1] + column] : 0),
  sigmoidalFlow: (_, inputs, m) => {
    const results = flowResults(inputs, m);
    return (row, column) => results[row][column];
  },
  sigmoidalFlowGradient: (_, inputs, m) => {
    const adjoints = flowAdjoints(inputs, m);
    return (row) => adjoints[row];
  },
  likelihoodSums: (_, inputs, m) => (kind, row) => likelihoodSum(inputs, m, kind, row),
  likelihoodSumsGradient:
    ({ shape: [, columns] }, inputs, m) =>
    (row, column) =>
      likelihoodAdjoint(inputs, m, row * columns + column),
  reshape:
    ({ shape: [, columns] }, [x]) =>
    (row, column) =>
      exactly(x.values[row * columns + column]),
};

/**
 * @throws Error naming the entry where `actual` is further from the definition than the device's arithmetic explains.
 * Entries whose true value is not finite, or overflows the device, are left to the law of NaN and infinity.
 */
export function agrees(
  application: Application,
  inputs: readonly Matrix[],
  actual: ArrayLike<number>,
  accuracy: Accuracy,
): void {
  const entries = expected(application, inputs, accuracy);
  const { op, shape } = application;
  if (actual.length !== entries.length) throw new Error(`${op}: ${actual.length} values, expected ${entries.length}`);
  entries.forEach(({ value, error }, i) => {
    const tolerance = error * 1.001;
    if (!Number.isFinite(value) || !Number.isFinite(tolerance) || Math.abs(value) + tolerance >= accuracy.largest)
      return;
    if (Math.abs(actual[i] - value) <= tolerance) return;
    const [row, column] = [Math.floor(i / shape[1]), i % shape[1]];
    const shapes = inputs.map((input) => `[${input.shape.join(", ")}]`).join(" x ");
    throw new Error(
      `${op} ${shapes}: entry [${row}, ${column}] is ${actual[i]}, expected ${value} within ${tolerance.toExponential(2)}`,
    );
  });
}
