/** What every neighbour search must satisfy, whatever computes its products. */
import { expect } from "vitest";
import type { Matrix } from "../../src/data/dataset.ts";
import type { Neighbours } from "../../src/data/imbalance/neighbours.ts";
import { valueAt } from "./matrices.ts";

export type Search = (features: Matrix, k: number, queries: readonly number[]) => Neighbours;

/** Sum of squared differences in float64, columns ascending: the definition. */
function distance(features: Matrix, a: number, b: number): number {
  let sum = 0;
  for (let j = 0; j < features.columns; j++) sum += (valueAt(features, a, j) - valueAt(features, b, j)) ** 2;
  return sum;
}

/** All other rows sorted by (distance, index), cut to k. */
function bruteForce(features: Matrix, k: number, query: number): { row: number; distance: number }[] {
  return Array.from({ length: features.rows }, (_, row) => ({ row, distance: distance(features, query, row) }))
    .filter(({ row }) => row !== query)
    .sort((a, b) => a.distance - b.distance || a.row - b.row)
    .slice(0, k);
}

/** The search answers as sorting all other rows by (distance, index) does, to the last bit of the distances. */
export function findsTheNearest(search: Search, features: Matrix, k: number, queries: readonly number[]): void {
  const found = search(features, k, queries);
  expect(found.k).toBe(Math.min(k, features.rows - 1));
  expect([...found.queries]).toEqual(queries);
  queries.forEach((query, i) => {
    const wanted = bruteForce(features, k, query);
    const at = [i * found.k, (i + 1) * found.k] as const;
    expect([...found.indices.subarray(...at)]).toEqual(wanted.map(({ row }) => row));
    expect([...found.squaredDistances.subarray(...at)]).toEqual(wanted.map((other) => other.distance));
  });
}
