/**
 * Time of the exact neighbour search: dense and sparse rows, few queries and all. Prints pairs of rows a second, the
 * figure that stays the same as data grows. Run by `npm run bench`.
 */
import { performance } from "node:perf_hooks";
import { loadedWasm } from "../src/backends/wasm.ts";
import type { Matrix } from "../src/data/dataset.ts";
import { nearestNeighbours } from "../src/data/imbalance/neighbours.ts";
import {
  type DotProductKernel,
  denseProducts,
  deviceProducts,
  products,
  sparseProducts,
} from "../src/data/imbalance/products.ts";
import { Random } from "../src/random.ts";

interface Case {
  readonly title: string;
  readonly features: Matrix;
  readonly queries: number;
  readonly kernel: DotProductKernel;
}

/** Uniform values with the given share of non-zeros; `whole` makes all of those 1. */
function randomRows(rows: number, columns: number, share: number, whole: boolean): Matrix {
  const random = new Random(1);
  const values = Float32Array.from({ length: rows * columns }, () => {
    if (random.uniform() >= share) return 0;
    return whole ? 1 : random.uniform();
  });
  return { kind: "dense", rows, columns, values };
}

const { rowProducts } = await loadedWasm({ threads: 1 });
if (!rowProducts) throw new Error("the wasm device offers no products of rows");
const onWasm = deviceProducts(rowProducts);

const dense = randomRows(4000, 100, 1, false);
const words = randomRows(8000, 500, 0.045, true);
const cases: Case[] = [
  { title: "4,000 x 100 dense, all rows", features: dense, queries: 4000, kernel: denseProducts },
  { title: "4,000 x 100 dense, all rows, wasm", features: dense, queries: 4000, kernel: onWasm },
  { title: "4,000 x 100 dense, 200 rows", features: dense, queries: 200, kernel: denseProducts },
  { title: "8,000 x 500, 4.5% ones, panels, 1,600 rows", features: words, queries: 1600, kernel: denseProducts },
  { title: "8,000 x 500, 4.5% ones, wasm, 1,600 rows", features: words, queries: 1600, kernel: onWasm },
  { title: "8,000 x 500, 4.5% ones, lists, 1,600 rows", features: words, queries: 1600, kernel: sparseProducts },
  { title: "8,000 x 500, 4.5% ones, chosen, all rows", features: words, queries: 8000, kernel: products },
];

for (const { title, features, queries, kernel } of cases) {
  const rows = Array.from({ length: queries }, (_, i) => i);
  nearestNeighbours(features, { k: 5, queries: rows.slice(0, 50), kernel });
  const start = performance.now();
  nearestNeighbours(features, { k: 5, queries: rows, kernel });
  const seconds = (performance.now() - start) / 1000;
  const rate = (queries * features.rows) / seconds / 1e6;
  console.log(`${title.padEnd(46)} ${seconds.toFixed(2).padStart(7)} s ${rate.toFixed(1).padStart(8)} million pairs/s`);
}
