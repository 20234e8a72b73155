/**
 * The document of a report as plain text for terminals and as Markdown: figures stand there as their sentence and their
 * table.
 */
import type { Block, PageTable } from "./page.ts";
import { textOf } from "./page.ts";
import type { Report } from "./report.ts";
import { printMarkdownTable, printTextTable, type Table } from "./table.ts";

/** Wider tables are split by columns in text, the first column standing in each part. */
const terminal = 80;
/** Longer tables of figures stand in the page and in CSV files only. */
const longest = 24;

/** The sections as text for a terminal, or as Markdown. */
export function printDocument({ sections }: Pick<Report, "sections">, format: "text" | "markdown"): string {
  const text = format === "text";
  const heading = (title: string, level: number): string =>
    text
      ? `${title}\n${(level === 2 ? "=" : "-").repeat([...title].length)}`
      : `${"#".repeat(level)} ${escaped(title)}`;
  const paragraph = (words: string): string => (text ? wrapped(words) : escaped(words));
  const table = (own: PageTable): readonly string[] => {
    const plain = { columns: own.columns, rows: own.rows.map((row) => row.map(marked)) };
    const parts = text ? splitColumns(plain).map(printTextTable) : [printMarkdownTable(plain)];
    return [...parts, ...(own.note === undefined ? [] : [paragraph(own.note)])];
  };
  const print = (block: Block): readonly string[] => {
    switch (block.kind) {
      case "text":
        return [paragraph(block.text)];
      case "list":
        return [block.items.map((item) => (text ? wrapped(item, "- ") : `- ${escaped(item)}`)).join("\n")];
      case "table":
        return [heading(block.title, 3), ...table(block.table)];
      case "figure": {
        const long = block.table.rows.length > longest;
        const count = `(A table of ${block.table.rows.length} rows: see the page, --format html.)`;
        return [heading(block.title, 3), paragraph(block.sentence), ...(long ? [count] : table(block.table))];
      }
    }
  };
  const parts = sections.flatMap(({ title, blocks }) => [heading(title, 2), ...blocks.flatMap(print)]);
  return `${parts.join("\n\n")}\n`;
}

const marked = (own: PageTable["rows"][number][number]): string =>
  typeof own !== "string" && own.best === true ? `${textOf(own)} *` : textOf(own);

/** What Markdown would take for markup; names may hold anything. */
const escaped = (words: string): string => words.replace(/[\\`*_[\]<>#|~]/g, "\\$&").replace(/\s*\n\s*/g, " ");

/** Lines of at most 80 characters, broken at blanks. */
function wrapped(words: string, bullet = ""): string {
  const indent = " ".repeat(bullet.length);
  const lines: string[] = [];
  let line = bullet;
  for (const word of words.split(/\s+/)) {
    const joined = line === bullet || line === indent ? line + word : `${line} ${word}`;
    if ([...joined].length > terminal && line !== bullet && line !== indent) {
      lines.push(line);
      line = indent + word;
    } else line = joined;
  }
  return [...lines, line].join("\n");
}

function splitColumns({ columns, rows }: Table): readonly Table[] {
  const widths = columns.map(({ title }, c) =>
    Math.max(...[title, ...rows.map((row) => row[c])].map((field) => [...field].length)),
  );
  const parts: number[][] = [];
  let width = 0;
  for (let c = 1; c < columns.length; c++) {
    const last = parts.at(-1);
    if (last && width + 2 + widths[c] <= terminal) {
      last.push(c);
      width += 2 + widths[c];
    } else {
      parts.push([0, c]);
      width = widths[0] + 2 + widths[c];
    }
  }
  if (parts.length === 0) return [{ columns, rows }];
  return parts.map((own) => ({ columns: own.map((c) => columns[c]), rows: rows.map((row) => own.map((c) => row[c])) }));
}
