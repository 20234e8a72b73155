/** Model cards: what stands on them, and that names do nothing there. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inertMarkdown, type ModelCard, printModelCard } from "../../../src/experiment/report/model-card.ts";
import { evaluate } from "../../../src/metrics/evaluation/evaluate.ts";
import { runs } from "../../arbitraries.ts";

const hostile = [
  "=cmd|' /C calc'!A0",
  "<script>alert(1)</script>",
  "a | b\n# c\n[x](http://x.y) **b** `c` \u202e_d_ www.x.y @me",
];
const labels = { rows: 4, columns: 3, values: Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0) };
const scores = Float32Array.of(0.9, 0.2, 0.1, 0.8, 0.7, 0.2, 0.4, 0.1, 0.6, 0.3, 0.2, 0.1);
const card: ModelCard = {
  model: "mlp",
  data: hostile[1],
  fingerprint: "00ff",
  rows: { training: 10, validation: 2, test: 4 },
  features: 3,
  columns: 5,
  settings: { protocol: "clean", modelOptions: { hidden: [4] }, seed: 1, sampler: hostile[2], [hostile[0]]: hostile },
  version: "1.2.3",
  numerics: 4,
  backend: "js",
  bestEpoch: 6,
  decisions: "fixed, score > 0.5",
  evaluation: evaluate(labels, scores, {
    labelNames: hostile,
    training: { rows: 10, positives: [6, 3, 2] },
    draws: 50,
  }),
};

describe("a model card", () => {
  it("has data, protocol, settings, version, metrics and every label", () => {
    const page = printModelCard(card);
    for (const part of [
      "| rows | 10 training, 2 validation, 4 test |",
      "| features | 3 of 5 |",
      "| weights of epoch | 7 |",
      "| protocol | clean |",
      "| version | 1.2.3, numerics 4 |",
      "4 rows that training has not seen, with 95 % bootstrap intervals over rows.",
      `| microF1 | ${card.evaluation.metrics.microF1?.toFixed(4)} |`,
    ]) {
      expect(page).toContain(part);
    }
    const rows = page.split("\n").filter((line) => line.startsWith("| ") && /\| \d+ \| \d+ \| \d/.test(line));
    expect(rows.length).toBe(3);
    expect(rows[0]).toContain("| yes | 2 | 1 | 3.0 |");
  });

  it("is the same for the same run", () => {
    expect(printModelCard(card)).toBe(printModelCard({ ...card }));
  });

  it("shows names and does nothing with them", () => {
    const page = printModelCard(card);
    expect(page).not.toMatch(/<script|\]\(http|http:|\*\*b|`c`|\u202e|www\.x|@me|\n# c|(?<![a-z])_d/);
    expect(page).toContain("&#60;script&#62;");
    expect(page).toContain("U+202E");
    // Every line of a table has as many cells as its header.
    const cells = page
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.split("|").length);
    expect(new Set(cells)).toEqual(new Set([4, 6, 14]));
  });

  it("names of letters, digits and single underscores stay as they are", () => {
    expect(inertMarkdown("amazed_suprised Class-1 (ß), 2.5")).toBe("amazed_suprised Class-1 (ß), 2.5");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(inertMarkdown(text)).not.toMatch(/[<>|`*[\]\\\n\r]|https?:/);
      }),
      runs(200),
    );
  });
});
