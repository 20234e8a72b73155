/** The cells of the verdict: reading, packing, and which of them belong to which question. */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Cell, printCell } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { mergeResults } from "../../src/experiment/merge.ts";
import { thinCell } from "../../src/experiment/thin.ts";

/** Of the project: benchmarks and tests are run in its folder. */
export const root = (name: string): string => `${process.cwd()}/${name}`;
export const place = (name: string): string => root(`docs/${name}`);
export const cellsFile = place("verdict/cells.jsonl.gz");

export const readCells = (path = cellsFile): readonly Cell[] =>
  mergeResults([{ file: path, parsed: parseCells(gunzipSync(readFileSync(path)).toString("utf8"), path) }]).cells;

/** What the page is made of, from results files: late means exact, curves coarser; equal cells give equal bytes. */
export function packCells(files: readonly string[]): number {
  const sources = files.map((file) => ({ file, parsed: parseCells(readFileSync(file, "utf8"), file) }));
  const { cells } = mergeResults(sources);
  const lines = cells.map((cell) => `${printCell(published(thinCell(cell)))}\n`);
  writeFileSync(cellsFile, gzipSync(lines.join(""), { level: 9 }));
  return cells.length;
}

/** Histograms of n p at ten epochs are enough to see them move, and are most of a cell's bytes. */
function published(cell: Cell): Cell {
  const last = cell.history.length - 1;
  const shown = new Set(Array.from({ length: 10 }, (_, i) => Math.round((i * last) / 9)));
  const history = cell.history.map(({ selection, ...epoch }, at) =>
    selection && shown.has(at) ? { ...epoch, selection } : epoch,
  );
  return { ...cell, history };
}

const isDecomposition = ({ arm }: Cell): boolean => /^A[0-8]$/.test(arm?.name ?? "");

export type Budget = "published" | "fast";

export const budgets: Readonly<Record<Budget, string>> = {
  published: "learning rate 1e-4 for 100 epochs, as published",
  fast: "learning rate 1e-3 for 75 epochs",
};

/** Cells of the arms A0 to A8. */
export const decomposition = (cells: readonly Cell[], model: string, budget: Budget): readonly Cell[] =>
  cells.filter(
    (cell) =>
      isDecomposition(cell) && cell.key.model === model && cell.settings.epochs === (budget === "published" ? 100 : 75),
  );

/** An arm as a page calls it, and the names that it has in the cells: equal settings are one cell under any name. */
export interface NamedArm {
  readonly name: string;
  readonly known: readonly string[];
}

export const named = (name: string, ...known: readonly string[]): NamedArm => ({ name, known: [name, ...known] });

/** Cells of the smaller studies (learning rate 1e-3 for 30 epochs), called by the names of `arms`, in their order. */
export const studied = (cells: readonly Cell[], arms: readonly NamedArm[]): readonly Cell[] =>
  cells.flatMap((cell) => {
    if (isDecomposition(cell) || cell.settings.epochs !== 30) return [];
    const place = arms.findIndex(({ known }) => known.includes(cell.arm?.name ?? ""));
    return place < 0 ? [] : [{ ...cell, arm: { name: arms[place].name, place } }];
  });
