/** The cells of the verdict: reading, packing, and which of them belong to which question. */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Cell, type LabelRecord, printCell } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { mergeResults } from "../../src/experiment/merge.ts";
import { thinCell, thinned } from "../../src/experiment/thin.ts";

/** Of the project: benchmarks and tests are run in its folder. */
export const root = (name: string): string => `${process.cwd()}/${name}`;
export const place = (name: string): string => root(`docs/${name}`);
export const cellsFile = place("verdict/cells.jsonl.gz");

export const readCells = (path = cellsFile): readonly Cell[] =>
  mergeResults([{ file: path, parsed: parseCells(gunzipSync(readFileSync(path)).toString("utf8"), path) }]).cells;

/** Epochs of a cell's curves that are published, and of its histograms of n p, which are most of a cell's bytes. */
const shown = { curves: 30, histograms: 10 };
const digits = 5;

/**
 * What the page is made of, from results files: late means exact, curves coarser; equal cells give equal bytes. Arms
 * that have not run on every fold yet are left out.
 */
export function packCells(files: readonly string[]): number {
  const sources = files.map((file) => ({ file, parsed: parseCells(readFileSync(file, "utf8"), file) }));
  const cells = ofWholeArms(mergeResults(sources).cells);
  const lines = cells.map((cell) => `${printCell(published(thinCell(cell, { points: shown.curves, digits })))}\n`);
  writeFileSync(cellsFile, gzipSync(lines.join(""), { level: 9 }));
  return cells.length;
}

function ofWholeArms(cells: readonly Cell[]): readonly Cell[] {
  const nameOf = ({ key, settings }: Cell): string =>
    JSON.stringify([key.data, key.seed, key.model, key.sampler, settings]);
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(nameOf(cell), (counts.get(nameOf(cell)) ?? 0) + 1);
  return cells.filter((cell) => counts.get(nameOf(cell)) === cell.settings.folds);
}

function published(cell: Cell): Cell {
  const at = new Set(thinned(cell.history.length, shown.histograms));
  const history = cell.history.map(({ selection, ...epoch }, index) =>
    selection && at.has(index) ? { ...epoch, selection } : epoch,
  );
  return { ...cell, history, ...(cell.labels && { labels: cell.labels.map(coarser) }) };
}

function coarser(label: LabelRecord): LabelRecord {
  const round = (value: number | null): number | null => value && Number(value.toPrecision(digits));
  return { ...label, auc: round(label.auc), averagePrecision: round(label.averagePrecision) };
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
