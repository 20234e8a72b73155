/**
 * Notes on sizes of batches: where a batch holds all training rows nothing is selected, and where a pass ends with a
 * few rows their step may decide more than any selection.
 */
import { type BatchSizes, holdsAll, smallRemainder } from "../../training/last-batch.ts";
import type { Cell } from "../cell.ts";
import { type Group, placeOf } from "./treatments.ts";

/** The sizes of a cell that says how many rows it trained on. */
function sizesOf({ rows, settings }: Cell): BatchSizes | undefined {
  const { batchSize } = settings;
  return rows && typeof batchSize === "number" ? { rows: rows.train, batchSize } : undefined;
}

function isShort({ settings: { samplerOptions } }: Cell): boolean {
  return typeof samplerOptions === "object" && samplerOptions !== null && "lastBatch" in samplerOptions
    ? samplerOptions.lastBatch === "short"
    : false;
}

const range = (values: readonly number[]): string => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? `${low}` : `${low} to ${high}`;
};

export function batchNotes(group: Group): readonly string[] {
  const own = group.treatments.map(({ name, cells }) => ({ name, cells: [...cells.values()] }));
  const sizes = own.flatMap(({ cells }) => cells.flatMap((cell) => sizesOf(cell) ?? []));
  const all = sizes.filter(holdsAll);
  const ending = own.flatMap(({ name, cells }) => {
    const cut = cells.filter(isShort).flatMap((cell) => sizesOf(cell) ?? []);
    const remainders = cut.flatMap((size) => smallRemainder(size) ?? []);
    return remainders.length === 0 ? [] : [{ name, remainders, batches: cut.map(({ batchSize }) => batchSize) }];
  });
  return [
    ...(all.length === 0
      ? []
      : [
          `${placeOf(group)}: batches of ${range(all.map(({ batchSize }) => batchSize))} hold all ${range(all.map(({ rows }) => rows))} training rows, so that nothing is selected`,
        ]),
    ...(ending.length === 0
      ? []
      : [
          `${placeOf(group)}: an epoch of ${ending.map(({ name }) => name).join(", ")} ends with a step on ${range(ending.flatMap(({ remainders }) => remainders))} rows alone ` +
            `(batches of ${range(ending.flatMap(({ batches }) => batches))}, lastBatch short), which others do not make`,
        ]),
  ];
}
