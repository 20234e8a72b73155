/** Rows of words as aligned columns. */
import { printTextTable } from "../experiment/report/table.ts";
import { inertLine } from "./terminal.ts";

/** Columns two spaces apart; the first row is a row like the others. Line ends in a name don't break its row. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const [first, ...rest] = rows.map((row) => row.map(inertLine));
  return printTextTable({ columns: first.map((title) => ({ title })), rows: rest });
}
