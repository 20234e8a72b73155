/** What figures of many epochs and many arms choose: epochs by their number, the leading pair by its sampler. */
import { describe, expect, test } from "vitest";
import type { Cell } from "../../../src/experiment/cell.ts";
import type { Figure } from "../../../src/experiment/report/page.ts";
import { buildReport } from "../../../src/experiment/report/report.ts";
import { sharedEpochs } from "../../../src/experiment/report/timelines.ts";
import { cellOf } from "../cells.ts";
import { studyCells } from "./study.ts";

const figuresOf = (cells: readonly Cell[]): readonly Figure[] =>
  buildReport(cells).sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === "figure"));

const everySecond = (cell: Cell): Cell => ({ ...cell, history: cell.history.filter(({ epoch }) => epoch % 2 === 1) });

describe("epochs", () => {
  const cells = studyCells({ data: ["emotions"], arms: ["A4", "A6"], epochs: 12 });

  test("are those that all histories have, by their number", () => {
    const [first, second] = cells;
    const shared = sharedEpochs([first.history, everySecond(second).history], 4);
    expect(shared.map((epochs) => epochs.map(({ epoch }) => epoch))).toEqual([
      [1, 1],
      [5, 5],
      [7, 7],
      [11, 11],
    ]);
    expect(sharedEpochs([], 4)).toEqual([]);
    expect(sharedEpochs([first.history, []], 4)).toEqual([]);
  });

  test("of a thinned history keep their numbers in every figure", () => {
    const spread = figuresOf(cells.map(everySecond)).find(({ id }) => id.startsWith("spread"));
    expect(spread?.table.columns.map(({ title }) => title)).toEqual([
      "n p",
      ...[2, 4, 6, 8, 10, 12].map((n) => `epoch ${n}`),
    ]);
    expect(spread?.sentence).toMatch(/^In epoch 12 /);
  });

  test("a mean is of one epoch where some cells are thinned and others are not", () => {
    const mixed = cells.map((cell, index) => (index % 2 === 0 ? cell : everySecond(cell)));
    const curves = figuresOf(mixed).find(({ id }) => id.startsWith("curves") && id.endsWith("epochs"));
    if (curves?.chart.kind !== "smallMultiples") throw new Error("no curves");
    const places = curves.chart.data.panels[0].series.flatMap(({ points }) => points.map(({ x }) => x));
    expect(places.filter((x) => !Number.isInteger(x))).toEqual([]);
  });
});

describe("the leading contrast", () => {
  const leading = (arms: readonly (readonly [string, string])[]): string => {
    const cells = arms.flatMap(([name, sampler], place) =>
      [0, 1, 2].map((fold) =>
        cellOf({ fold, sampler }, { macroAuc: 0.5 + place / 100 + fold / 1000 }, { arm: { name, place } }),
      ),
    );
    return buildReport(cells).verdict[0].split(",")[0];
  };

  test("is of another sampler, that with the baseline's own settings first", () => {
    const uniform = ["uniform", "uniform batchSize=16"].map((name) => [name, "uniform"] as const);
    const adaptive = ["adaptive batchSize=16", "adaptive"].map((name) => [name, "adaptive"] as const);
    expect(leading([...uniform, ...adaptive])).toBe("adaptive - uniform");
    expect(leading([uniform[1], uniform[0], ...adaptive])).toBe("adaptive batchSize=16 - uniform batchSize=16");
    expect(
      leading([
        ["uniform", "uniform"],
        ["method", "adaptive"],
      ]),
    ).toBe("method - uniform");
  });

  test("is the first other arm where all are of one sampler", () =>
    expect(
      leading([
        ["mild", "adaptive"],
        ["strong", "adaptive"],
      ]),
    ).toBe("strong - mild"));
});
