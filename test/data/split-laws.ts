/** What a division of rows into parts must satisfy, whatever makes it. */
import { expect } from "vitest";
import type { LabelMatrix } from "../../src/data/dataset.ts";
import { countPositives } from "../../src/data/labels.ts";
import { foldQuality } from "../../src/data/preparation/fold-quality.ts";

export type Divide = (labels: LabelMatrix, proportions: readonly number[], seed: number) => Int32Array[];

/** Every row stands in exactly one part, and parts are ascending. */
export function isPartition(divide: Divide, labels: LabelMatrix, proportions: readonly number[], seed: number): void {
  const parts = divide(labels, proportions, seed);
  expect(parts.length).toBe(proportions.length);
  const rows = parts.flatMap((part) => [...part]);
  expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: labels.rows }, (_, i) => i));
  for (const part of parts) expect([...part]).toEqual([...part].sort((a, b) => a - b));
}

/** Each part is within one row of its proportion. */
export function hasBalancedSizes(
  divide: Divide,
  labels: LabelMatrix,
  proportions: readonly number[],
  seed: number,
): void {
  divide(labels, proportions, seed).forEach((part, p) => {
    expect(Math.abs(part.length - labels.rows * proportions[p])).toBeLessThan(1 + 1e-6);
  });
}

/** The same seed gives the same parts. */
export function isDeterministic(
  divide: Divide,
  labels: LabelMatrix,
  proportions: readonly number[],
  seed: number,
): void {
  expect(divide(labels, proportions, seed)).toEqual(divide(labels, proportions, seed));
}

/** How far each label's positives are from its proportional share, in rows, at worst over the parts. */
function worstDistances(parts: readonly Int32Array[], labels: LabelMatrix): number[] {
  const { positives, sizes } = foldQuality(labels, parts);
  return Array.from(countPositives(labels), (count, j) =>
    Math.max(...sizes.map((size, p) => Math.abs(positives[p][j] - (count * size) / labels.rows))),
  );
}

/**
 * The rarest label, dealt before any other, is within one row of its share in every part: the best that whole rows
 * allow. Of labels that are equally rare, one is.
 */
export function spreadsTheRarest(
  divide: Divide,
  labels: LabelMatrix,
  proportions: readonly number[],
  seed: number,
): void {
  const counts = Array.from(countPositives(labels));
  const least = Math.min(...counts.filter((count) => count > 0));
  const distances = worstDistances(divide(labels, proportions, seed), labels);
  if (least === Number.POSITIVE_INFINITY) return;
  expect(Math.min(...distances.filter((_, j) => counts[j] === least))).toBeLessThan(1 + 1e-6);
}

/** Where no row has two labels and parts are equally large, every label is within one row of its share. */
export function spreadsSingleLabels(divide: Divide, labels: LabelMatrix, parts: number, seed: number): void {
  const proportions = new Array<number>(parts).fill(1 / parts);
  for (const distance of worstDistances(divide(labels, proportions, seed), labels)) {
    expect(distance).toBeLessThan(1 + 1e-6);
  }
}
