/** The compact page shows what the long one does: classes written out again give the same pictures and tables. */
import { describe, expect, test } from "vitest";
import { curves } from "../../../src/charts/curves.ts";
import { heatmap } from "../../../src/charts/heatmap.ts";
import { compactHtml } from "../../../src/experiment/report/compact-html.ts";
import { buildReport } from "../../../src/experiment/report/report.ts";
import { cellOf } from "../cells.ts";

const name = `<b>"A" & 'B' fill="none"</b> 1.2345`;
const points = Array.from({ length: 9 }, (_, x) => ({ x, y: Math.sin(x) }));
const pictures = [
  curves({ title: name, description: name, xLabel: name, yLabel: "y", series: [{ name, points }] }),
  heatmap({
    ...{ title: name, description: "d", rowLabel: name, columnLabel: "c", rows: [name, "b"], columns: ["1", "2"] },
    values: [
      [0.25, null],
      [1, 3],
    ],
  }),
];
const page = `<html><style>a{}</style>${pictures.join("")}<table><thead><tr><th>x</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></html>`;

/** Every attribute of every element in the order of their names, classes as what they stand for. */
function elements(html: string): readonly string[] {
  const rules = new Map([...html.matchAll(/\.(s[0-9a-z]+)\{([^}]*)\}/g)].map(([, own, style]) => [own, style]));
  return [...html.matchAll(/<([a-z]+)((?: [A-Za-z0-9-]+="[^"]*")*)\/?>/g)].map(([, element, written]) => {
    const own = [...written.matchAll(/ ([A-Za-z0-9-]+)="([^"]*)"/g)].flatMap(([, key, value]): [string, string][] =>
      key === "class"
        ? (rules.get(value) ?? "").split(";").map((rule) => {
            const at = rule.indexOf(":");
            return [rule.slice(0, at), rule.slice(at + 1).replace(/px$/, "")];
          })
        : [[key, value.replaceAll("&#39;", "'").replace(/^var\((--[a-z0-9-]+), #\w+\)$/, "var($1)")]],
    );
    const shown = own.filter(([key]) => key !== "xmlns").map(([key, value]) => `${key}=${rounded(key, value)}`);
    return [element, ...shown.sort()].join(" ");
  });
}

const rounded = (key: string, value: string): string =>
  key === "fill-opacity" || key === "stroke-width" || key.startsWith("font") || key === "stroke-dasharray"
    ? value
    : value.replace(/\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10));

const texts = (html: string): string => html.replace(/<style>.*?<\/style>/s, "").replace(/<[^>]*>/g, "|");

describe("a compact page", () => {
  const short = compactHtml(page);

  test("is shorter, and has the same elements, attributes and words", () => {
    expect(short.length).toBeLessThan(0.8 * page.length);
    expect(elements(short)).toEqual(elements(page));
    expect(texts(short).replaceAll("|", "")).toBe(texts(page).replaceAll("|", ""));
  });

  test("negative control: another colour, and another word, are seen", () => {
    expect(elements(short.replace("var(--chart-grid)", "var(--chart-axis)"))).not.toEqual(elements(page));
    expect(texts(short.replace("1.2345", "1.2346")).replaceAll("|", "")).not.toBe(texts(page).replaceAll("|", ""));
  });
});

test("of many arms figures show some, with the baseline, and say how many there are", () => {
  const arms = Array.from({ length: 20 }, (_, i) => `arm-${i}`);
  const cells = arms.flatMap((arm, i) =>
    [0, 1, 2].map((fold) =>
      cellOf(
        { fold, sampler: "adaptive" },
        { macroAuc: 0.5 + ((i * 7) % 20) / 100 + fold / 1000 },
        { settings: { arm } },
      ),
    ),
  );
  const report = buildReport(cells);
  const matrices = report.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.kind === "figure" && block.chart.kind === "comparisonMatrix" ? [{ ...block, data: block.chart.data }] : [],
    ),
  );
  expect(matrices.length).toBeGreaterThan(0);
  for (const { data, table } of matrices) {
    expect(data.treatments).toHaveLength(12);
    expect(data.treatments).toContain("adaptive arm=arm-0");
    expect(table.rows).toHaveLength(66);
    expect(table.note).toMatch(/12 of 20 arms are shown.*all are in section 8/);
  }
  expect(report.tables[0].rows).toHaveLength(20);
});
