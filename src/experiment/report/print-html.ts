/**
 * The report as one page of HTML that needs nothing else: pictures are inline, there is no script, nothing is fetched,
 * and every name that came from outside is text. The same report gives the same bytes.
 */
import { curves } from "../../charts/curves.ts";
import { lineSample } from "../../charts/key.ts";
import { escapeText } from "../../charts/svg.ts";
import { compactHtml } from "./compact-html.ts";
import { pageStyle } from "./html-style.ts";
import { type Block, drawFigure, type Entry, type Figure, type PageTable, type Section, textOf } from "./page.ts";
import { printCsvTable } from "./print-csv.ts";
import type { Report } from "./report.ts";

/** Widths at which figures are drawn: window, tablet and print; phone. */
const widths = { wide: 760, narrow: 328 } as const;
const panelWidth = 270;

/** Nothing may be loaded or run, nothing sent; the style sheet stands in the page. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Options of `printHtml`. */
export interface PageOptions {
  /** Of the page; default "hardbatch report". */
  readonly title?: string;
}

/** The page as one file of HTML that loads nothing. */
export function printHtml(
  { sections }: Pick<Report, "sections">,
  { title = "hardbatch report" }: PageOptions = {},
): string {
  const [verdict, ...others] = sections;
  const facts = verdict.blocks.flatMap((block) => (block.kind === "list" ? block.items : []));
  const rest = verdict.blocks.filter(({ kind }) => kind !== "list");
  return compactHtml(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="hardbatch">
<title>${escapeText(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>${bdi(title)}</h1>
<ul class="facts">${facts.map((fact) => `<li>${bdi(fact)}</li>`).join("")}</ul>
<section class="verdict" id="${verdict.id}" aria-label="Verdict"><h2>${escapeText(verdict.title)}</h2>
${rest.map(printBlock).join("\n")}
</section>
<nav aria-label="Sections"><ol>${others.map(({ id, title: name }) => `<li><a href="#${id}">${escapeText(name)}</a></li>`).join("")}</ol></nav>
</header>
<main>
${others.map(printSection).join("\n")}
</main>
<footer><p>Made by hardbatch from the cells of the results files; every number is computed from them, and each figure's table has the figure's numbers.</p></footer>
</body>
</html>
`);
}

/** Words whose direction of writing stays their own. */
const bdi = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? escapeText(text) : `<bdi>${escapeText(text)}</bdi>`;

const printSection = ({ id, title, blocks }: Section): string =>
  `<section id="${id}"><h2>${escapeText(title)}</h2>\n${blocks.map(printBlock).join("\n")}\n</section>`;

function printBlock(block: Block): string {
  switch (block.kind) {
    case "text":
      return `<p>${bdi(block.text)}</p>`;
    case "list":
      return `<ul class="list">${block.items.map((item) => `<li>${bdi(item)}</li>`).join("")}</ul>`;
    case "table":
      return `<div class="block" id="${block.id}"><h3>${bdi(block.title)}</h3>${printTable(block.table)}${csvLink(block.id, block.table)}</div>`;
    case "figure":
      return printFigure(block);
  }
}

function printFigure(figure: Figure): string {
  const { id, title, sentence, table } = figure;
  return [
    `<figure id="${id}"><figcaption><h3>${bdi(title)}</h3><p>${bdi(sentence)}</p></figcaption>`,
    figure.chart.kind === "smallMultiples"
      ? printPanels(figure.chart.data.panels)
      : Object.entries(widths)
          .map(([name, width]) => `<div class="${name}">${drawFigure(figure, width)}</div>`)
          .join(""),
    `<details><summary>Table</summary>${printTable(table)}</details></figure>`,
  ].join("");
}

type Panels = Extract<Figure["chart"], { kind: "smallMultiples" }>["data"]["panels"];

/** Panels flow with the width of the page, so that each is drawn once. */
function printPanels(panels: Panels): string {
  const names = new Map(
    panels.flatMap(({ series }) => series.map(({ name, style }, index) => [style ?? index, name] as const)),
  );
  const key = [...names].sort(([a], [b]) => a - b).map(([style, name]) => `<li>${lineSample(style)}${bdi(name)}</li>`);
  const drawn = panels.map((panel) => curves({ ...panel, width: panelWidth, height: 200, legend: false }));
  return `<ul class="key">${key.join("")}</ul><div class="panels">${drawn.map((svg) => `<div>${svg}</div>`).join("")}</div>`;
}

function printTable({ columns, rows, note }: PageTable): string {
  // Most columns are numbers, which stand right: words carry the class, the shorter page.
  const side = (index: number): string => (columns[index]?.align === "right" ? "" : "l");
  /** @param first whether the row begins there, beside a name that goes on from above */
  const field = (own: Entry, index: number, span: number, first: boolean): string => {
    if (span === 0) return "";
    const best = typeof own !== "string" && own.best === true;
    const classes = [side(index), ...(first ? ["in"] : []), ...(best ? ["best"] : [])].filter(Boolean).join(" ");
    const over = span > 1 ? ` rowspan="${span}"` : "";
    return `<td${classes === "" ? "" : ` class="${classes}"`}${over}>${bdi(textOf(own))}</td>`;
  };
  const head = columns.map(
    ({ title }, index) => `<th scope="col"${side(index) === "" ? "" : ' class="l"'}>${bdi(title)}</th>`,
  );
  const spans = side(0) === "" || columns.length < 2 ? rows.map(() => 1) : runs(rows.map(([first]) => textOf(first)));
  const body = rows.map((row, at) => {
    const fields = row.map((own, index) =>
      field(own, index, index === 0 ? spans[at] : 1, index === 1 && spans[at] === 0),
    );
    return `<tr>${fields.join("")}</tr>`;
  });
  const foot = note === undefined ? "" : `<p class="note">${bdi(note)}</p>`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>${foot}`;
}

/** For each text how many equal ones begin there; 0 within a run. A name that goes on for many rows is said once. */
function runs(texts: readonly string[]): readonly number[] {
  return texts.map((text, at) => {
    if (text === "") return 1;
    if (at > 0 && texts[at - 1] === text) return 0;
    const end = texts.findIndex((other, place) => place > at && other !== text);
    return (end < 0 ? texts.length : end) - at;
  });
}

const csvLink = (id: string, table: PageTable): string =>
  `<a class="csv" download="${id}.csv" href="data:text/csv;charset=utf-8,${escapeText(dataText(printCsvTable(table)))}">CSV</a>`;

/** What a data address can't hold as it is; lone surrogates have no UTF-8. */
const dataText = (text: string): string =>
  text
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(/[^\x20-\x7e]|[%#"<>&\\^`{|}]/gu, (character) => encodeURIComponent(character));
