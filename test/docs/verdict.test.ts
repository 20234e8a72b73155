/** The pages of the verdict say what their cells say: every figure is made anew and compared. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decomposition, readCells } from "../../bench/verdict/cells.ts";
import { fileOrder } from "../../bench/verdict/data.ts";
import { fill, partsOf } from "../../bench/verdict/pages.ts";
import { questionParts } from "../../bench/verdict/questions.ts";
import { contrasted, outcomeOf } from "../../bench/verdict/tables.ts";
import { writtenPages } from "../../bench/verdict/written.ts";
import { thinCell } from "../../src/experiment/thin.ts";

const cells = readCells();
const pages = writtenPages(cells);

describe("the pages of the verdict", () => {
  test.each(pages)("$path is made from the cells (else: npm run bench -- verdict)", ({ path, text }) => {
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(partsOf(text).length).toBeGreaterThan(0);
  });

  test("a figure that was changed by hand would be found", () => {
    const [{ text }] = pages;
    const changed = text.replace(/[+-]0\.0\d\d\d/, "+0.1234");
    expect(changed).not.toBe(text);
  });

  test("the cells are packed already, and of one arithmetic", () => {
    for (const cell of cells.slice(0, 20)) expect(thinCell(cell)).toEqual(cell);
    expect(new Set(cells.map(({ run }) => run?.numerics)).size).toBe(1);
  });
});

/** What the pages say beside their tables, so that other cells cannot leave it behind. */
describe("the words of the pages", () => {
  const published = decomposition(cells, "mlp", "published");
  const fast = decomposition(cells, "mlp", "fast");
  const auc = outcomeOf("macroAuc");
  const found = (treatment: string, reference: string, outcome = auc, budget = published) => {
    const contrast = contrasted(budget, treatment, reference, outcome);
    if (!contrast) throw new Error(`no cells of ${treatment} and ${reference}`);
    const words = Object.fromEntries(contrast.perDataSet.map(({ data, comparison }) => [data, comparison]));
    return { ...contrast, words };
  };

  test("selection is equivalent over eight data sets; on Corel5k every pair favours it, undecided", () => {
    const selection = found("A6", "A4");
    expect(selection.perDataSet.length).toBe(8);
    expect(selection.overDataSets?.word).toBe("equivalent");
    expect(found("A6", "A4", outcomeOf("macroAveragePrecision")).overDataSets?.word).toBe("equivalent");
    expect(selection.words.Corel5k).toMatchObject({ word: "undecided", winTieLoss: { ties: 0, losses: 0 } });
  });

  test("shuffling makes the gain on scene, full last batches that on cal500; pressure and chain neither help nor harm", () => {
    const gain = (data: string, treatment: string, reference: string) => found(treatment, reference).words[data].mean;
    expect(found("A2", "A1").words.scene.word).toBe("better");
    expect(gain("scene", "A2", "A1")).toBeGreaterThan(0.8 * gain("scene", "A6", "A0"));
    expect(found("A3", "A2").words.cal500.word).toBe("better");
    expect(gain("cal500", "A3", "A2")).toBeGreaterThan(gain("cal500", "A6", "A3"));
    for (const [arm, reference] of [
      ["A7", "A6"],
      ["A8", "A6"],
    ])
      for (const { comparison } of found(arm, reference).perDataSet)
        expect(["equivalent", "undecided"]).toContain(comparison.word);
  });

  test("at the larger rate selection is equivalent too, on no set better or worse; strong pressure is worse on yeast", () => {
    for (const outcome of [auc, outcomeOf("macroAveragePrecision")]) {
      const selection = found("A6", "A4", outcome, fast);
      expect(selection.perDataSet.length).toBe(8);
      expect(selection.overDataSets?.word).toBe("equivalent");
      for (const { comparison } of selection.perDataSet) expect(["equivalent", "undecided"]).toContain(comparison.word);
    }
    expect(found("A7", "A4", auc, fast).words.yeast.word).toBe("worse");
  });

  test("at the larger rate shuffling makes most of the gain on cal500 and none on scene", () => {
    const shuffled = found("A2", "A1", auc, fast).words;
    expect(shuffled.cal500.word).toBe("better");
    expect(shuffled.cal500.mean).toBeGreaterThan(0.7 * found("A6", "A0", auc, fast).words.cal500.mean);
    expect(shuffled.scene.mean).toBeLessThan(0);
  });

  test("minority rows end with a lower training loss under selection everywhere, at s = 16 lower still but for emotions", () => {
    const loss = (data: string, arm: string): number => {
      const own = published.filter((cell) => cell.key.data === data && cell.arm?.name === arm);
      const all = own.map(({ history }) => history.at(-1)?.losses?.minorityRows ?? Number.NaN);
      return all.reduce((sum, value) => sum + value, 0) / all.length;
    };
    for (const { data } of found("A6", "A4").perDataSet) expect(loss(data, "A6"), data).toBeLessThan(loss(data, "A4"));
    for (const { data } of found("A7", "A6").perDataSet)
      expect(loss(data, "A7") < loss(data, "A6"), data).toBe(data !== "emotions");
  });

  test("ablations make no difference but on yeast in batches of 64; strong selection helps on made data until three labels in ten are wrong", () => {
    const parts = questionParts(cells, []);
    for (const name of ["hardness", "quantization", "weighting", "chain"])
      expect(parts[`question ${name}`](), name).not.toMatch(/\*\*[+-]\*\*/);
    const measures = parts["question hardness"]().split("\n");
    expect(measures[0]).toBe("| minus bce | cal500 | emotions | scene | yeast |");
    for (const line of measures.slice(2)) expect(line.match(/ = \|/g), line).toHaveLength(4);
    expect(parts["question batches"]()).not.toMatch(/\*\*\+\*\*/);
    const worse = parts["question batches"]().match(/.*\*\*-\*\*.*/g) ?? [];
    expect(worse).toHaveLength(1);
    expect(worse[0]).toMatch(/^\| 64 \| [^*]+ \| -\d\.\d+ \*\*-\*\* \|$/);
    const [strong] = parts["question noise"]().match(/s = 16 .*/) ?? [];
    expect(strong).toMatch(/\*\*\+\*\* .*\*\*\+\*\* .*\*\*\+\*\* .* \? \|$/);
  });
});

test("selection is equivalent to none with three models on emotions, and strong pressure harms on three sets of four", () => {
  const word = (model: string, treatment: string, reference: string) =>
    contrasted(decomposition(cells, model, "published"), treatment, reference, outcomeOf("macroAuc"))?.perDataSet.find(
      ({ data }) => data === "emotions",
    )?.comparison.word;
  for (const model of ["dela", "clif", "c2ae"]) expect(word(model, "A6", "A4"), model).toBe("equivalent");
  expect(word("mpvae", "A6", "A4")).toBe("undecided");
  expect(word("c2ae", "A3", "A0")).toBe("worse");
  const lines = questionParts(cells, [])["question pressure"]().split("\n");
  expect(lines[0]).toBe("| minus uniform | cal500 | emotions | scene | yeast |");
  const marks = (pressure: number) =>
    lines
      .find((line) => line.startsWith(`| s = ${pressure} |`))
      ?.split("|")
      .slice(2, 6)
      .map((entry) => entry.trim().slice(-1));
  expect(marks(64)).toEqual(["?", "*", "*", "*"]);
  for (const pressure of [2, 16]) expect(marks(pressure)?.[3]).toBe("*");
  expect(lines.join("")).not.toContain("**+**");
});

test("losses that weigh entries move the scores in both directions, reweighting as little as selection", () => {
  const lines = questionParts(cells, [])["question losses"]().split("\n");
  const row = (name: string) => lines.find((line) => line.startsWith(`| ${name}`)) ?? "";
  expect(lines[0]).toBe("| minus uniform | cal500 | emotions | scene | yeast |");
  expect(row("focal")).toMatch(/^\| focal loss \| \S+ \*\*\+\*\* \|/);
  expect(row("classBalanced")).toMatch(/^\| classBalanced loss \| \S+ \*\*-\*\* \|.* \*\*-\*\* \|$/);
  expect(row("reweighted")).not.toMatch(/\*\*/);
});

test("only what stands between the marks is made", () => {
  const page = "a\n<!-- cells: one -->\nold\n<!-- end -->\nb\n";
  expect(fill(page, { one: () => "new" }, "page")).toBe("a\n<!-- cells: one -->\n\nnew\n\n<!-- end -->\nb\n");
  expect(() => fill(page, {}, "page")).toThrow("page: no part one");
});

test("file order: 1 on average for a random order, large for a sorted one, without meaning for one batch", () => {
  const sorted = { rows: 400, columns: 1, values: Uint8Array.from({ length: 400 }, (_, i) => (i < 100 ? 1 : 0)) };
  expect(fileOrder(sorted, 50)).toBeGreaterThan(10);
  // Two of eight batches have all the positives: 6 x 12.5^2 and 2 x 37.5^2, over 8 x 50 x 0.25 x 0.75 x 350 / 399.
  expect(fileOrder(sorted, 50)).toBeCloseTo((6 * 12.5 ** 2 + 2 * 37.5 ** 2) / 8 / ((50 * 0.1875 * 350) / 399), 10);
  expect(fileOrder(sorted, 400)).toBeNull();
  const alternating = { ...sorted, values: Uint8Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 1 : 0)) };
  expect(fileOrder(alternating, 40)).toBe(0);
});
