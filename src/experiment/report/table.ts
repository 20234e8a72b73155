/** Tables of words and figures as aligned plain text or Markdown. Knows nothing of what they mean. */

export interface Column {
  readonly title: string;
  /** Figures stand right, names left (the default). */
  readonly align?: "left" | "right";
}

/** A table as text, to be printed in one of several formats. */
export interface Table {
  readonly columns: readonly Column[];
  /** `[rows][columns]`; a missing cell is empty. In text a row of one cell reaches over the columns. */
  readonly rows: readonly (readonly string[])[];
}

/** Columns two spaces apart, a header line, no trailing spaces. Widths count code points. */
export function printTextTable({ columns, rows }: Table): string {
  const cells = [columns.map(({ title }) => title), ...rows];
  const aligned = cells.filter(({ length }) => length > 1 || columns.length === 1);
  const widths = columns.map((_, c) => Math.max(...aligned.map((row) => width(row[c] ?? ""))));
  return cells
    .map((row) =>
      columns
        .map(({ align }, c) => pad(row[c] ?? "", widths[c], align))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A table of GitHub's Markdown; bars and line ends in cells are escaped. */
export function printMarkdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ title }) => escaped(title))),
    line(columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
    ...rows.map((row) => line(columns.map((_, c) => escaped(row[c] ?? "")))),
  ].join("\n");
}

const width = (text: string): number => [...text].length;
const escaped = (text: string): string => text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");

function pad(text: string, target: number, align: Column["align"] = "left"): string {
  const space = " ".repeat(Math.max(0, target - width(text)));
  return align === "right" ? space + text : text + space;
}
