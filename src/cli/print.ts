/** Rows of words as aligned columns. */
import { printTextTable } from "../experiment/report/table.ts";

/** Columns two spaces apart; the first row is a row like the others. */
export function aligned([first, ...rest]: readonly (readonly string[])[]): string {
  return printTextTable({ columns: first.map((title) => ({ title })), rows: rest });
}
