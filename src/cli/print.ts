/** Rows of words as aligned columns. */
import { printTextTable } from "../experiment/report/table.ts";
import { inertLine } from "./terminal.ts";

/** Columns two spaces apart; the first row is a row like the others. Line ends in a name don't break its row. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const [first, ...rest] = rows.map((row) => row.map(inertLine));
  return printTextTable({ columns: first.map((title) => ({ title })), rows: rest });
}

/**
 * Likewise, as lines of at most `width` characters: what is last in a row goes on below itself. A longer word is not
 * cut.
 */
export function wrapped(rows: readonly (readonly string[])[], width = 80): readonly string[] {
  const lines = rows.flatMap((row) => {
    const first = row.slice(0, -1);
    const last = inertLine(row[row.length - 1]);
    const indent = first.reduce((total, _, column) => total + widest(rows, column) + 2, 0);
    return words(last, width - indent).map((part, i) => [...first.map((cell) => (i === 0 ? cell : "")), part]);
  });
  return aligned(lines).split("\n");
}

const longestName = 36;

/** A name within a table: without its end where it is long. */
export const shortName = (name: string): string =>
  name.length > longestName ? `${name.slice(0, longestName - 3)}...` : name;

const widest = (rows: readonly (readonly string[])[], column: number): number =>
  Math.max(...rows.map((row) => inertLine(row[column]).length));

/** The words of a text in lines of at most `width` characters. */
function words(text: string, width: number): readonly string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
