/**
 * Products with staircases as records: a few rectangular products that leave out most of what counts as zero, and a
 * record that writes zeros where the rectangles hold something else.
 */
import * as records from "../../../kernels/wasm/records.ts";
import { rowsOfRuns } from "../../engine/ops/staircase.ts";
import type { Step } from "../../engine/program.ts";
import type { Shape } from "../../engine/tensor.ts";
import { parts, type Surroundings } from "./chunks.ts";
import { encodePacked, type Product, packedBytesOf } from "./products.ts";

/** Rectangles at most, and the least columns of one: narrower ones lose more in their edges than they leave out. */
const mostRectangles = 8;
const leastColumns = 48;

/** Numbers of the rows that all rectangles go over before the next rows: they stay in the second cache. */
const slabNumbers = 2 ** 17;
/** Whole tiles, of five and of six rows. */
const slabMultiple = 30;

/** Some rows of the sides that are as high as the batch. */
interface Slab {
  readonly first: number;
  readonly count: number;
}

function slabs(rows: number, most: number): Slab[] {
  return Array.from({ length: parts(rows, most) }, (_, i) => ({
    first: i * most,
    count: Math.min(most, rows - i * most),
  }));
}

const isStaircase = (op: string): boolean => op.startsWith("staircase");

/** The matrix with the staircase. */
function matrixOf({ op, inputs, shape }: Step, shapes: readonly Shape[]): Shape {
  return op === "staircaseTransposeLeft" ? shape : shapes[inputs.length - 1];
}

/** Runs of dimensions, `width` columns each: the first and the one behind the last of each rectangle. */
function rectangles({ classes, width }: Step["attributes"]): (readonly [first: number, end: number])[] {
  const dimensions = classes + 1;
  const least = Math.max(2, parts(leastColumns, width));
  const count = Math.max(1, Math.min(mostRectangles, Math.floor(dimensions / least)));
  const edge = (i: number): number => Math.round((dimensions * i) / count);
  return Array.from({ length: count }, (_, i) => [edge(i), edge(i + 1)] as const);
}

/** Bytes of working space: a copy of the matrix, and packed right sides. */
export function staircaseBytes(step: Step, inputs: readonly Shape[]): number {
  if (!isStaircase(step.op)) return 0;
  const [rows, columns] = matrixOf(step, inputs);
  const inner = inputs[0][step.op === "staircaseTransposeLeft" ? 0 : 1];
  return (
    4 * rows * columns + 64 + packedBytesOf({ rows: 8, columns: Math.max(rows, columns), inner, transposed: "neither" })
  );
}

export function encodeStaircase(step: Step, around: Surroundings): readonly (readonly number[])[] {
  const { op, attributes } = step;
  const { width } = attributes;
  const [left, right] = step.inputs.map(around.address);
  const output = around.address(step.output);
  const [leftShape] = step.inputs.map(around.shape);
  const [rows, columns] = matrixOf(step, step.inputs.map(around.shape));
  const copied = around.packed;
  const cutting = { ...around, packed: copied + 64 * parts(4 * rows * columns, 64) };
  const zeros = (from: number, to: number): readonly number[] => [
    records.staircaseRecord,
    records.staircaseWords,
    1,
    from,
    to,
    rows,
    columns,
    attributes.classes,
    width,
  ];
  const product = (
    { rows: r, columns: c, inner, transposed }: Product,
    addresses: { readonly left: number; readonly right: number; readonly output: number },
    strides: { readonly left: number; readonly right: number; readonly output: number },
  ): readonly number[] => encodePacked({ rows: r, columns: c, inner, transposed }, addresses, cutting, strides);
  const runs = (count: number): number => rowsOfRuns(rows, attributes.classes, count);

  const products = ({ first: row, count }: Slab): (readonly number[])[] =>
    rectangles(attributes).flatMap(([first, end]) => {
      if (op === "staircaseMatmul") {
        // The columns of these dimensions, and the rows that count in any of them.
        const inner = runs(end - 1);
        const column = first * width;
        return [
          product(
            { rows: count, columns: (end - first) * width, inner, transposed: "neither" },
            {
              left: left + 4 * row * rows,
              right: copied + 4 * column,
              output: output + 4 * (row * columns + column),
            },
            { left: rows, right: columns, output: columns },
          ),
        ];
      }
      // The rows of these runs, of which there is one less, and the columns in which any of them counts.
      const [from, to] = [runs(first), runs(Math.min(end, attributes.classes))];
      if (from === to) return [];
      const start = (first + 1) * width;
      const corner = 4 * (from * columns + start);
      if (op === "staircaseTransposeRight") {
        return [
          product(
            { rows: count, columns: to - from, inner: columns - start, transposed: "right" },
            {
              left: left + 4 * (row * columns + start),
              right: copied + corner,
              output: output + 4 * (row * rows + from),
            },
            { left: columns, right: columns, output: rows },
          ),
        ];
      }
      return [
        product(
          { rows: to - from, columns: columns - start, inner: count, transposed: "left" },
          { left: left + 4 * from, right: right + 4 * start, output: output + corner },
          { left: rows, right: columns, output: columns },
        ),
      ];
    });
  const [height] = leftShape;
  if (op === "staircaseTransposeLeft") return [...products({ first: 0, count: height }), zeros(output, output)];
  const most = Math.max(slabMultiple, Math.floor(slabNumbers / columns / slabMultiple) * slabMultiple);
  return [zeros(right, copied), ...slabs(height, most).flatMap(products)];
}
