/**
 * The tables of a report as LaTeX (booktabs), each with its title and sentence as caption, to be taken into a paper
 * with \input.
 */
import type { Block, PageTable } from "./page.ts";
import { textOf } from "./page.ts";
import type { Report } from "./report.ts";

/** Tables with more rows belong into a file of data. */
const longest = 40;

/** The tables as LaTeX. */
export function printLatex({ sections }: Pick<Report, "sections">): string {
  const blocks = sections.flatMap((section) => section.blocks);
  const tables = blocks.flatMap((block) => printBlock(block) ?? []);
  return ["% Needs \\usepackage{booktabs}. Made by hardbatch report.", ...tables].join("\n\n") + "\n";
}

function printBlock(block: Block): string | undefined {
  if (block.kind !== "table" && block.kind !== "figure") return undefined;
  if (block.table.rows.length === 0 || block.table.rows.length > longest) return undefined;
  const caption = block.kind === "figure" ? `${block.title}. ${block.sentence}` : `${block.title}.`;
  return [
    "\\begin{table}",
    "\\centering\\small",
    `\\caption{${latex([caption, block.table.note ?? ""].join(" ").trim())}}`,
    `\\label{tab:${block.id}}`,
    tabular(block.table),
    "\\end{table}",
  ].join("\n");
}

function tabular({ columns, rows }: PageTable): string {
  const sides = columns.map(({ align }) => (align === "right" ? "r" : "l")).join("");
  const line = (fields: readonly string[]): string => `${fields.join(" & ")} \\\\`;
  return [
    `\\begin{tabular}{${sides}}`,
    "\\toprule",
    line(columns.map(({ title }) => latex(title))),
    "\\midrule",
    ...rows.map((row) =>
      line(
        row.map((own) => {
          const shown = latex(textOf(own));
          return typeof own !== "string" && own.best === true ? `\\textbf{${shown}}` : shown;
        }),
      ),
    ),
    "\\bottomrule",
    "\\end{tabular}",
  ].join("\n");
}

const commands: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  '"': "\\textquotedbl{}",
  "±": "$\\pm$",
};

/** Words in which nothing is a command. Minus signs before digits are set as such. */
function latex(words: string): string {
  return words
    .replace(/\s+/g, " ")
    .replace(/[\\~^<>"±{}$&#_%]/g, (character) => commands[character] ?? `\\${character}`)
    .replace(/(^|[[\s,])-(?=\d)/g, "$1$-$");
}
