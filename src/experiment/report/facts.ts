/** Counts and names of what a report is about: how large the grid was, what ran it, what is missing. */
import type { Cell } from "../cell.ts";
import type { Analysis } from "./sections.ts";
import { type Group, placeOf } from "./treatments.ts";

export interface Shape {
  readonly data: number;
  readonly models: number;
  readonly treatments: number;
  readonly folds: number;
  readonly seeds: number;
  /** Cells that there are, and those that are missing. */
  readonly expected: number;
}

export function shapeOf({ cells, studies, missing }: Pick<Analysis, "cells" | "studies" | "missing">): Shape {
  const groups = studies.flatMap(({ study }) => study.groups);
  const count = (values: readonly unknown[]): number => new Set(values).size;
  return {
    data: count(groups.map(({ data }) => data)),
    models: count(groups.map(({ model }) => model)),
    treatments: count(studies.flatMap(({ study }) => study.treatments)),
    folds: count(cells.map(({ key }) => key.fold)),
    seeds: count(cells.map(({ key }) => key.seed)),
    expected: cells.length + missing.length,
  };
}

/** `scene, mlp: A6, fold 2, seed 1` for every pair that another treatment of the group has. */
export function missingPairs(group: Group): readonly string[] {
  const pairs = new Set(group.treatments.flatMap(({ cells }) => [...cells.keys()]));
  return group.treatments.flatMap(({ name, cells }) =>
    [...pairs]
      .filter((pair) => !cells.has(pair))
      .map((pair) => `${placeOf(group)}: ${name}, fold ${pair.split(" ")[0]}, seed ${pair.split(" ")[1]}`),
  );
}

export const versionsOf = (cells: readonly Cell[]): readonly string[] =>
  [...new Set(cells.flatMap(({ run }) => (run ? [`hardbatch ${run.version}`] : [])))].sort();

/** The day of the newest cell, so that the same cells give the same report. */
export function newestDate(cells: readonly Cell[]): string | undefined {
  const dates = cells.flatMap(({ run }) => run?.date ?? []).sort();
  return dates.at(-1)?.slice(0, 10);
}
