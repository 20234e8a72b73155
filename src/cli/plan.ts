/** `compare --plan`: the cells of a grid with what each will take; nothing runs. */
import * as v from "valibot";
import { DataError } from "../errors.ts";
import { type CellKey, type CellRecord, canonicalJson, idOf } from "../experiment/cell.ts";
import { costs, printBytes, secondsOf } from "../experiment/cost.ts";
import type { Grid, PlannedCell } from "../experiment/grid.ts";
import { writeAtomically } from "../files/atomic.ts";
import { mostListBytes, readOrdinary } from "../files/ordinary.ts";
import { aligned } from "./print.ts";
import { duration } from "./progress.ts";
import { inertLine, printOut } from "./terminal.ts";

interface PlanLine {
  readonly id: string;
  readonly key: CellKey;
  readonly arm: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly done: boolean;
  readonly operations: number;
  readonly estimatedSeconds: number;
  readonly estimatedBytes: number;
}

/**
 * The cells of a plan that no record is of, in words.
 * @throws DataError for a file that is none, or a line that is no cell of a plan
 */
export async function unrunCells(file: string, records: readonly CellRecord[]): Promise<readonly string[]> {
  const known = new Set(records.map(idOf));
  let text: string;
  try {
    text = (await readOrdinary(file, mostListBytes)).toString("utf8");
  } catch (error) {
    if (error instanceof DataError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new DataError({ file }, `the plan can't be read: ${why}`);
  }
  const lines = text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [{ line, number: index + 1 }]));
  if (lines.length === 0) throw new DataError({ file }, "there is no cell; expected what compare --plan FILE writes");
  return lines.flatMap(({ line, number }) => {
    const cell = plannedCell(line);
    if (!cell)
      throw new DataError({ file, line: number }, "no cell of a plan; expected what compare --plan FILE writes");
    const { id, arm, key } = cell;
    return known.has(id) ? [] : [`${key.data}, ${key.model}: ${arm}, fold ${key.fold}, seed ${key.seed}`];
  });
}

const plannedSchema = v.object({
  id: v.string(),
  arm: v.string(),
  key: v.object({ data: v.string(), model: v.string(), fold: v.number(), seed: v.number() }),
});

function plannedCell(line: string): v.InferOutput<typeof plannedSchema> | undefined {
  try {
    const found = v.safeParse(plannedSchema, JSON.parse(line));
    return found.success ? found.output : undefined;
  } catch {
    return undefined;
  }
}

/** @param path where the cells are written as lines of JSON; true prints a table by arm instead */
export async function printPlan(
  { why, arms }: Pick<Grid, "why" | "arms">,
  cells: readonly PlannedCell[],
  isDone: (id: string) => boolean,
  path: string | true,
): Promise<void> {
  const cost = costs();
  const lines = cells.map((cell): PlanLine => {
    const { operations, bytes } = cost(cell);
    const { id, key, arm, stored } = cell;
    return {
      id,
      key,
      arm: arm.name,
      settings: stored,
      done: isDone(id),
      operations,
      estimatedSeconds: Number((0.1 + secondsOf(cell, operations)).toPrecision(3)),
      estimatedBytes: Math.round(bytes),
    };
  });
  const text = lines.map((line) => `${canonicalJson(line)}\n`).join("");
  if (path !== true) await writeAtomically(path, text);
  const reasons = arms.flatMap(({ name, why: own }) => (own === undefined ? [] : [[name, own]]));
  const words = [...(why === undefined ? [] : [inertLine(why)]), ...(reasons.length > 0 ? [aligned(reasons)] : [])];
  printOut([...words, summary(lines, path)].join("\n\n"));
}

function summary(lines: readonly PlanLine[], path: string | true): string {
  const groups = new Map<string, PlanLine[]>();
  for (const line of lines) {
    const name = JSON.stringify([line.key.data, line.key.model, line.arm]);
    const group = groups.get(name);
    if (group) group.push(line);
    else groups.set(name, [line]);
  }
  const seconds = (own: readonly PlanLine[]): number =>
    own.reduce((sum, { done, estimatedSeconds }) => sum + (done ? 0 : estimatedSeconds), 0);
  const largest = (own: readonly PlanLine[]): number => Math.max(0, ...own.map(({ estimatedBytes }) => estimatedBytes));
  const rows = [...groups.values()].map((own) => [
    own[0].key.data,
    own[0].key.model,
    own[0].arm,
    `${own.filter(({ done }) => !done).length} of ${own.length}`,
    `about ${duration(seconds(own))}`,
    printBytes(largest(own)),
  ]);
  const left = lines.filter(({ done }) => !done);
  return (
    `${aligned([["data", "model", "arm", "cells to run", "on one core", "memory"], ...rows])}\n` +
    `${left.length} of ${lines.length} cells to run, about ${duration(seconds(lines))} on one core, ` +
    `at most ${printBytes(largest(lines))} of memory each (estimates)\n` +
    (path === true ? "" : `written to ${path}, one line of JSON a cell\n`)
  );
}
