/**
 * Random compressed tables with what is awkward about them: rows and columns without an entry, stored zeros, one long
 * row.
 */
import { type SparseLeaf, sparse } from "../../src/engine/tensor.ts";
import type { Random } from "../../src/random.ts";
import type { Matrix } from "./expected.ts";

/** A table of which about `share` of the entries are stored; every third row and every fourth column may be empty. */
export function randomTable(
  name: string,
  [rows, columns]: readonly [number, number],
  share: number,
  random: Random,
): SparseLeaf {
  const emptyRow = random.integer(4);
  const emptyColumn = random.integer(4);
  const offsets = new Uint32Array(rows + 1);
  const indices: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (row % 3 !== emptyRow) {
      const chosen = new Set(
        Array.from({ length: Math.ceil(share * columns) }, () => random.integer(columns)).filter(
          (column) => columns < 3 || column % 4 !== emptyColumn,
        ),
      );
      indices.push(...[...chosen].sort((a, b) => a - b));
    }
    offsets[row + 1] = indices.length;
  }
  const values = Float32Array.from(indices, () => (random.integer(9) === 0 ? 0 : 10 * random.uniform() - 5));
  return sparse(name, [rows, columns], { offsets, indices: Uint32Array.from(indices), values });
}

/** The table with its zeros. */
export function writtenOut({ shape, offsets, indices, values }: SparseLeaf): Matrix {
  const [rows, columns] = shape;
  const all = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let e = offsets[row]; e < offsets[row + 1]; e++) all[row * columns + indices[e]] = values[e];
  }
  return { shape, values: all };
}
