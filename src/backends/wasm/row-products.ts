/**
 * Dot products between rows of one matrix, by the kernels of the wasm device on one thread: for searches outside of
 * programs, such as that for neighbours. The matrix lies in a memory of its own, which goes when the object does.
 */
import type { RowProducts } from "../backend.ts";
import { shareLargeSteps } from "./chunks.ts";
import { createMemory, Layout, threadScratch } from "./layout.ts";
import { instantiateAtOnce, type Simd } from "./module.ts";
import { encodeProduct, packedBytesOf } from "./products.ts";

/**
 * Rows multiplied with so many others at a time: enough that packing these costs little, and both stay in the cache.
 */
const leftRows = 128;
const rightRows = 512;

/**
 * @param fill writes the matrix, row-major, over zeros
 * @throws UsageError where memory is refused
 */
export function wasmRowProducts(
  simd: Simd,
  rows: number,
  columns: number,
  fill: (values: Float32Array) => void,
): RowProducts {
  const layout = new Layout(threadScratch(1));
  const matrix = layout.allocate(4 * rows * columns);
  const left = layout.allocate(4 * leftRows * columns);
  const output = layout.allocate(4 * leftRows * rightRows);
  const product = { rows: leftRows, columns: rightRows, inner: columns, transposed: "right" } as const;
  const packed = layout.allocate(packedBytesOf(product));
  const record = layout.allocate(256);
  const memory = createMemory(layout.bytes, false);
  const kernels = instantiateAtOnce(simd, memory);
  kernels.initialize(threadScratch(0), false, false);
  const floats = new Float32Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  fill(floats.subarray(matrix / 4, matrix / 4 + rows * columns));
  return {
    leftRows,
    rightRows,
    compute(queries, start, end) {
      queries.forEach((row, i) => {
        const from = matrix / 4 + row * columns;
        floats.copyWithin(left / 4 + i * columns, from, from + columns);
      });
      const addresses = { left, right: matrix + 4 * start * columns, output };
      const wanted = { ...product, rows: queries.length, columns: end - start };
      words.set(encodeProduct(wanted, addresses, { threads: 1, threshold: shareLargeSteps, packed }), record / 4);
      kernels.run(record, 1);
      return floats.subarray(output / 4, output / 4 + wanted.rows * wanted.columns);
    },
  };
}
