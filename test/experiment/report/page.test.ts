/**
 * The document of a report and its printers: figures agree with tables, names are text, the same cells give the same
 * bytes.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell } from "../../../src/experiment/cell.ts";
import type { Figure } from "../../../src/experiment/report/page.ts";
import { printCsv, printCsvTable } from "../../../src/experiment/report/print-csv.ts";
import { printDocument } from "../../../src/experiment/report/print-document.ts";
import { printHtml } from "../../../src/experiment/report/print-html.ts";
import { printLatex } from "../../../src/experiment/report/print-latex.ts";
import { printReport } from "../../../src/experiment/report/print-report.ts";
import { buildReport, type Report } from "../../../src/experiment/report/report.ts";
import { runs } from "../../arbitraries.ts";
import { cellOf, grid } from "../cells.ts";
import { disagreements } from "./page-laws.ts";
import { studyCells } from "./study.ts";

const study = studyCells();
const report = buildReport(study, { timings: true });

const figuresOf = ({ sections }: Report): readonly Figure[] =>
  sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === "figure"));

describe("a whole study", () => {
  test("has all sections and every kind of figure that its cells allow", () => {
    expect(report.sections.map(({ title }) => title)).toEqual([
      ...["Verdict", "1 The question", "2 Over data sets", "3 Convergence", "4 What was drawn"],
      ...["6 Per label", "7 Cost", "8 Tables", "9 Small print"],
    ]);
    expect(new Set(figuresOf(report).map(({ chart }) => chart.kind))).toEqual(
      new Set([
        "waterfall",
        "forest",
        "criticalDifferenceDiagram",
        "comparisonMatrix",
        "smallMultiples",
        "heatmap",
        "scatter",
      ]),
    );
    expect(printDocument(report, "text")).toContain("Section 5 Ablations is left out: no sampler ran");
  });

  test("leads with A6 - A4, and warns that three data sets are too few", () => {
    expect(report.verdict[0]).toMatch(/^A6 - A4, late mean, test: [+-]0\.\d{4} macroAuc \[/);
    expect(report.verdict[0]).toContain("undecided (3 data sets are too few");
  });

  test("with eight data sets decides by the interval", () => {
    const data = Array.from({ length: 8 }, (_, index) => `set-${index}`);
    const { verdict } = buildReport(studyCells({ data, arms: ["A0", "A1", "A2", "A3", "A4", "A5", "A6"], epochs: 8 }));
    expect(verdict[0]).toMatch(/over 8 data sets: equivalent within 0\.005 \(TOST p < 0\.001\)/);
  });
});

describe("chart, sentence and table", () => {
  test("agree in every figure", () => {
    for (const figure of figuresOf(report)) expect(disagreements(figure)).toEqual([]);
  });

  test("agree for parts of the study in any mixture", () => {
    fc.assert(
      fc.property(fc.subarray([...study], { minLength: 1 }), (cells) => {
        for (const figure of figuresOf(buildReport(cells, { timings: true })))
          expect(disagreements(figure)).toEqual([]);
      }),
      runs(6),
    );
  });

  test("negative control: a changed table, and a changed sentence, are seen", () => {
    const [figure] = figuresOf(report).filter(({ chart }) => chart.kind === "forest");
    const rows = figure.table.rows.slice(1);
    expect(disagreements({ ...figure, table: { ...figure.table, rows } })).not.toEqual([]);
    expect(disagreements({ ...figure, sentence: "+0.1234 macroAuc" })).not.toEqual([]);
  });
});

describe("printers", () => {
  const printers: readonly (readonly [string, (own: Report) => string])[] = [
    ["text", (own) => printDocument(own, "text")],
    ["markdown", (own) => printDocument(own, "markdown")],
    ["latex", printLatex],
    ["csv", printCsv],
    ["html", (own) => printHtml(own)],
    ["json", (own) => JSON.stringify(own)],
  ];

  test.each(printers)("%s: the order of the cells of a study changes nothing", (_, print) => {
    const small = studyCells({ data: ["a", "b"], arms: ["A0", "A4", "A6"], epochs: 4 });
    const first = print(buildReport(small, { timings: true }));
    const mixed = [...small].sort((a, b) => b.key.fold - a.key.fold);
    expect(
      print(
        buildReport(
          [...mixed].sort((a, b) => (a.key.data < b.key.data ? -1 : 1)),
          { timings: true },
        ),
      ),
    ).toBe(first);
  });

  test.each(printers)("%s: without times nothing depends on them", (_, print) => {
    const small = studyCells({ data: ["a"], arms: ["A0", "A6"], epochs: 4 });
    const other = small.map(
      (cell): Cell => ({
        ...cell,
        run: { version: "0.1.0", numerics: 1, date: "2031-01-01T00:00:00.000Z", seconds: 99 },
        history: cell.history.map((epoch) => ({ ...epoch, seconds: 7 })),
      }),
    );
    expect(print(buildReport(other))).toBe(print(buildReport(small)));
    expect(print(buildReport(small))).not.toContain("2026-11-25");
  });

  test("text keeps to 80 columns wherever there is a blank to break at", () => {
    const lines = printDocument(report, "text").split("\n");
    for (const line of lines.filter((own) => [...own].length > 80)) expect(line).not.toMatch(/^[- ]*\S+ \S+ \S+ \S+$/);
    expect(lines.filter((line) => [...line].length > 110)).toEqual([]);
  });

  test("CSV has a line for each comparison, with all digits", () => {
    const lines = printCsv(report).trimEnd().split("\n");
    const compared = report.contrasts.reduce(
      (sum, { perDataSet, overDataSets }) => sum + perDataSet.length + (overDataSets ? 1 : 0),
      0,
    );
    expect(lines.length).toBe(1 + compared);
    expect(lines[1]).toContain(String(report.contrasts[0].perDataSet[0].comparison.mean));
    expect(printCsvTable({ columns: [{ title: "=1+1" }], rows: [[{ text: "0.1", value: 0.123456789 }]] })).toBe(
      "'=1+1\n0.123456789\n",
    );
  });

  test("LaTeX: names hold no command", () => {
    const cells = grid(({ fold }) => 0.5 + fold / 100, { data: ["a_b & 50% {x} \\input{y}"] });
    const text = printLatex(buildReport(cells));
    expect(text).toContain("a\\_b \\& 50\\% \\{x\\} \\textbackslash{}input\\{y\\}");
    expect(text).toContain("\\toprule");
  });

  test("HTML: any name is text, and there is neither script nor anything to load", () => {
    const names = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "]]></svg>", "javascript:alert(1)"];
    const cells = studyCells({ data: names.slice(0, 3), arms: ["A0", names[3]], epochs: 3 });
    const html = printHtml(buildReport(cells), { title: names[1] });
    for (const own of ["<script", "<img", "<link", "<iframe", "refresh", 'javascript:alert(1)"', "url("])
      expect(html.includes(own)).toBe(false);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });
});

describe("what earlier reports got wrong", () => {
  test("two data sets of one name are never paired with each other", () => {
    const own = (fingerprint: string, value: number) =>
      grid(({ fold }) => value + fold / 1000).map((cell) => ({ ...cell, settings: { ...cell.settings, fingerprint } }));
    const mixed = buildReport([...own("aaaaaaaa11", 0.6), ...own("bbbbbbbb22", 0.9)], { metrics: ["macroAuc"] });
    expect(mixed.tables.map(({ data }) => data)).toEqual([
      "emotions (fingerprint aaaaaaaa)",
      "emotions (fingerprint bbbbbbbb)",
    ]);
    for (const { rows } of mixed.tables)
      expect(rows.map(({ treatment }) => treatment)).toEqual(["uniform", "adaptive"]);
    expect(mixed.contrasts[0].perDataSet.map(({ comparison }) => comparison.mean)).toEqual([0, 0]);
  });

  test("a data set made anew for each seed is one data set", () => {
    const cells = grid(() => 0.5, { seeds: [1, 2] }).map((cell) => ({
      ...cell,
      settings: { ...cell.settings, fingerprint: `made with ${cell.key.seed}` },
    }));
    expect(buildReport(cells).tables.map(({ data }) => data)).toEqual(["emotions"]);
  });

  test("a mean of fewer cells than there are says so, in every format", () => {
    const cells = grid(({ fold }) => (fold < 2 ? 0.8 + fold / 100 : null), { folds: 4 });
    const half = buildReport(cells, { metrics: ["macroAuc"] });
    expect(half.tables[0].rows[0]).toMatchObject({ count: 2, cells: 4 });
    for (const text of [
      printReport(half),
      printDocument(half, "text"),
      printDocument(half, "markdown"),
      printLatex(half),
      printHtml(half),
    ])
      expect(text).toContain("(2 of 4)");
    expect(
      printReport(
        buildReport(
          grid(() => 0.8),
          { metrics: ["macroAuc"] },
        ),
      ),
    ).not.toMatch(/\(\d+ of/);
  });

  test("missing and failed cells are listed, not averaged away", () => {
    const cells = grid(() => 0.5).slice(1);
    const failure = {
      key: { ...cells[0].key, fold: 9 },
      settings: {},
      backend: "js",
      failure: { kind: "divergence", message: "loss <b>" },
    } as const;
    const found = buildReport(cells, { failures: [failure] });
    expect(found.missing).toEqual(["emotions, mlp: uniform, fold 0, seed 1"]);
    expect(printDocument(found, "text")).toContain("Missing: 1 cell; failed: 1.");
    expect(printHtml(found)).toContain("divergence: loss &lt;b&gt;");
  });

  test("one cell alone has a report, too", () => {
    const alone = buildReport([cellOf({}, { macroAuc: 0.5 })]);
    expect(alone.verdict).toEqual(["Nothing is compared: the cells are of one sampler with one setting."]);
    expect(printHtml(alone)).toContain("0.5000");
  });
});
