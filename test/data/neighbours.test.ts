/**
 * The neighbour search against a plain double loop, with every kernel, and against searches that are wrong in one way
 * each.
 */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadedWasm } from "../../src/backends/wasm.ts";
import { nearestNeighbours } from "../../src/data/imbalance/neighbours.ts";
import {
  type DotProductKernel,
  denseProducts,
  deviceProducts,
  lighter,
  products,
  sparseProducts,
} from "../../src/data/imbalance/products.ts";
import { loadDataset } from "../../src/data/load.ts";
import { denseInputs } from "../../src/data/preparation/inputs.ts";
import { applyPreprocessing, fitPreprocessing } from "../../src/data/preparation/preprocess.ts";
import { allRows } from "../../src/data/rows.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { runs } from "../arbitraries.ts";
import { describeWith, realData } from "../fixtures.ts";
import { dense, matrices, toSparse, valueAt } from "./matrices.ts";
import { findsTheNearest, type Search } from "./neighbour-laws.ts";

/** Products summed in float32, as a device would; `unitRoundoff` is what it owns up to. */
const singlePrecision =
  (unitRoundoff: number): DotProductKernel =>
  (features) => ({
    unitRoundoff,
    queryBlock: 3,
    candidateBlock: 5,
    compute(queries, start, end, out) {
      queries.forEach((query, i) => {
        for (let row = start; row < end; row++) {
          let sum = 0;
          for (let j = features.columns - 1; j >= 0; j--) {
            sum = Math.fround(sum + Math.fround(valueAt(features, query, j) * valueAt(features, row, j)));
          }
          out[i * 5 + row - start] = sum;
        }
      });
    },
  });

const searchWith =
  (kernel: DotProductKernel): Search =>
  (features, k, queries) =>
    nearestNeighbours(features, { k, queries, kernel });

const { rowProducts } = await loadedWasm({ threads: 1 });

const wasmProducts: DotProductKernel = (features) => {
  if (!rowProducts) throw new Error("the wasm device offers no products of rows");
  return deviceProducts(rowProducts)(features);
};

const kernels: Record<string, DotProductKernel> = {
  chosen: products,
  panels: denseProducts,
  lists: sparseProducts,
  "float32 products": singlePrecision(2 ** -24),
  "the wasm device": wasmProducts,
  "lists or the wasm device": lighter(wasmProducts, 3),
};

/** Near-duplicates far from the origin: what is wrong with |a|^2 + |b|^2 - 2ab in float32. */
function farAway(): ReturnType<typeof dense> {
  const random = new Random(5);
  return dense(
    40,
    6,
    Array.from({ length: 240 }, () => 100 + 0.01 * random.uniform()),
  );
}

const everyRow = (rows: number): number[] => Array.from({ length: rows }, (_, i) => i);

describe("nearest neighbours", () => {
  for (const [name, kernel] of Object.entries(kernels)) {
    it(`are exact with ${name}`, () => {
      const cases = matrices({ rows: 30, columns: 9 }).chain((features) =>
        fc.record({
          features: fc.constant(features),
          k: fc.integer({ min: 1, max: 8 }),
          queries: fc.array(fc.integer({ min: 0, max: features.rows - 1 }), { maxLength: 12 }),
        }),
      );
      fc.assert(
        fc.property(cases, ({ features, k, queries }) => findsTheNearest(searchWith(kernel), features, k, queries)),
        runs(150),
      );
    });

    it(`are exact across block borders with ${name}`, () => {
      const random = new Random(11);
      const rows = 150;
      const features = dense(
        rows,
        20,
        Array.from({ length: rows * 20 }, () => (random.uniform() < 0.6 ? 0 : random.integer(3))),
      );
      findsTheNearest(searchWith(kernel), features, 6, everyRow(rows));
      findsTheNearest(searchWith(kernel), toSparse(features), 6, everyRow(rows));
    });
  }

  it("are exact for near-duplicates far from the origin, in float32 too", () => {
    for (const kernel of Object.values(kernels)) findsTheNearest(searchWith(kernel), farAway(), 5, everyRow(40));
  });

  it("asks about all rows when not told which", () => {
    const features = dense(3, 1, [0, 1, 3]);
    expect([...nearestNeighbours(features, { k: 1 }).indices]).toEqual([1, 0, 1]);
  });

  it("finds a duplicate, not the row itself", () => {
    const { indices, squaredDistances } = nearestNeighbours(dense(3, 1, [7, 7, 7]), { k: 2 });
    expect([...indices]).toEqual([1, 2, 0, 2, 0, 1]);
    expect([...squaredDistances]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("gives a single row no neighbours", () => {
    expect(nearestNeighbours(dense(1, 2, [1, 2]), { k: 5 })).toMatchObject({ k: 0, indices: new Int32Array(0) });
  });

  it("refuses what has no answer", () => {
    const features = dense(2, 1, [0, Number.NaN]);
    expect(() => nearestNeighbours(features, { k: 1 })).toThrow("row 1 (from 0) has a feature that is not a finite");
    expect(() => nearestNeighbours(dense(2, 1, [0, 1]), { k: 0 })).toThrow(UsageError);
    expect(() => nearestNeighbours(dense(2, 1, [0, 1]), { k: 1, queries: [2] })).toThrow("from 0 to 1");
  });
});

for (const [name, file] of [
  ["emotions", "emotions/emotions.arff"],
  ["enron", "enron/enron.arff"],
]) {
  describeWith(join(realData, file), `nearest neighbours in ${name}`, () => {
    it("are exact with every kernel, dense and sparse, ties and duplicates included", async () => {
      const dataset = await loadDataset(join(realData, file));
      const prepared = applyPreprocessing(dataset, fitPreprocessing(dataset, allRows(dataset.labels.rows)));
      const features = denseInputs(prepared.features);
      const queries = [0, 1, 100, 250, 400, 592];
      for (const kernel of [products, denseProducts, sparseProducts]) {
        findsTheNearest(searchWith(kernel), features, 6, queries);
        const sparse = searchWith(kernel)(toSparse(features), 6, queries);
        expect(sparse).toEqual(searchWith(kernel)(features, 6, queries));
      }
    });
  });
}

describe("the neighbour law catches", () => {
  const grid = dense(8, 1, [0, 0, 1, 1, 2, 2, 3, 3]);
  const exact = searchWith(products);

  const wrong: Record<string, Search> = {
    "the row itself as its neighbour": (features, k, queries) => {
      const found = exact(features, k, queries);
      queries.forEach((query, i) => {
        found.indices[i * found.k] = query;
      });
      return found;
    },
    "ties given to the higher index": (features, k, queries) => {
      const last = features.rows - 1;
      const reversed = dense(features.rows, 1, Float32Array.from(features.values).reverse());
      const mirrored = exact(
        reversed,
        k,
        queries.map((query) => last - query),
      );
      return { ...mirrored, queries: Int32Array.from(queries), indices: mirrored.indices.map((row) => last - row) };
    },
    "one neighbour too few": (features, k, queries) => exact(features, k - 1, queries),
  };
  for (const [name, search] of Object.entries(wrong)) {
    it(name, () => expect(() => findsTheNearest(search, grid, 3, everyRow(8))).toThrow());
  }

  it("products that hide their rounding", () => {
    expect(() => findsTheNearest(searchWith(singlePrecision(0)), farAway(), 5, everyRow(40))).toThrow();
  });
});
