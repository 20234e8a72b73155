/** What a report says of single cells, batches and draws of labels, by hand-worked cells; tables are their means. */
import { describe, expect, test } from "vitest";
import type { Cell } from "../../../src/experiment/cell.ts";
import type { Entry } from "../../../src/experiment/report/page.ts";
import { buildReport, type Report } from "../../../src/experiment/report/report.ts";
import { cellOf } from "../cells.ts";
import { studyCells } from "./study.ts";

/** A cell whose test and validation scores are as given, one for each epoch. */
const course = (sampler: string, fold: number, scores: readonly number[], test = true): Cell =>
  cellOf(
    { sampler, fold },
    { macroAuc: scores[scores.length - 1] },
    {
      history: scores.map((macroAuc, epoch) => ({
        epoch,
        loss: 1,
        validation: { macroAuc },
        ...(test && { test: { macroAuc } }),
        steps: 10 * (epoch + 1),
        seconds: epoch + 1,
      })),
    },
  );

const tableOf = ({ sections }: Report, id: string): readonly (readonly Entry[])[] =>
  sections
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => (block.kind === "table" || block.kind === "figure" ? [block] : []))
    .filter((block) => block.id.startsWith(id))
    .flatMap(({ table }) => table.rows);
const numberIn = (own: Entry): number => (typeof own === "string" ? Number.NaN : own.value);

describe("best epoch and time to target", () => {
  const cells = [
    course("uniform", 0, [0.5, 0.6, 0.8, 0.7]),
    course("uniform", 1, [0.5, 0.6, 0.6, 0.6]),
    course("adaptive", 0, [0.6, 0.7, 0.7, 0.6]),
    course("adaptive", 1, [0.5, 0.55, 0.4, 0.5]),
  ];

  test("by hand", () => {
    const { cells: found } = buildReport(cells, { timings: true });
    expect(
      found.map(({ treatment, fold, bestEpoch, target, reached }) => [treatment, fold, bestEpoch, target, reached]),
    ).toEqual([
      ["uniform", 0, 3, 0.7, { epoch: 3, steps: 30, seconds: 3 }],
      ["uniform", 1, 2, 0.6, { epoch: 2, steps: 20, seconds: 2 }],
      ["adaptive", 0, 2, 0.7, { epoch: 2, steps: 20, seconds: 2 }],
      ["adaptive", 1, 2, 0.6, null],
    ]);
    expect(buildReport(cells).cells[0].reached).toEqual({ epoch: 3, steps: 30 });
  });

  test("test scores of the last quarter alone are no course of training: the validation fold is followed", () => {
    const late = cells.map((cell) => ({
      ...cell,
      history: cell.history.map(({ test, ...epoch }) => (epoch.epoch === 3 && test ? { ...epoch, test } : epoch)),
    }));
    expect(new Set(buildReport(late).cells.map(({ followed }) => followed))).toEqual(new Set(["validation"]));
    expect(buildReport(late).cells.map(({ reached }) => reached?.epoch)).toEqual([3, 2, 2, undefined]);
  });

  test("the table holds the means of the cells' figures", () => {
    const report = buildReport(studyCells(), { timings: true });
    const rows = tableOf(report, "time-to-target");
    expect(rows.length).toBe(27);
    for (const [place, arm, best, late, , epochs] of rows) {
      const own = report.cells.filter(
        ({ data, model, treatment }) => `${data}, ${model}` === place && treatment === arm,
      );
      const mean = (values: readonly (number | null)[]): number =>
        values.reduce((sum: number, value) => sum + (value ?? Number.NaN), 0) / values.length;
      expect(numberIn(best)).toBeCloseTo(mean(own.map(({ bestEpoch }) => bestEpoch)), 12);
      expect(numberIn(late)).toBeCloseTo(mean(own.map(({ lateMean }) => lateMean)), 12);
      const reached = own.flatMap(({ reached }) => reached ?? []);
      if (reached.length > 0) expect(numberIn(epochs)).toBeCloseTo(mean(reached.map(({ epoch }) => epoch)), 12);
      else expect(epochs).toBe("-");
    }
  });
});

describe("sizes of batches", () => {
  const sized = (train: number, batchSize: number, lastBatch?: string): readonly string[] =>
    buildReport([
      cellOf(
        {},
        { macroAuc: 0.5 },
        {
          rows: { train, validation: 1, test: 1 },
          settings: { batchSize, ...(lastBatch !== undefined && { samplerOptions: { lastBatch } }) },
        },
      ),
    ]).notes;

  test("a batch that holds all rows", () => {
    expect(sized(93, 128)).toEqual([
      "emotions, mlp: batches of 128 hold all 93 training rows, so that nothing is selected",
    ]);
    expect(sized(129, 128)).toEqual([]);
  });

  test("a short last batch of few rows, and none where there is no remainder or it is carried on", () => {
    expect(sized(128 * 3 + 5, 128, "short")[0]).toContain("ends with a step on 5 rows alone (batches of 128");
    for (const [rows, kind] of [
      [128 * 3, "short"],
      [128 * 3 + 100, "short"],
      [128 * 3 + 5, "carry"],
    ] as const)
      expect(sized(rows, 128, kind)).toEqual([]);
  });
});

test("draws of minority labels are multiples of the mean row's", () => {
  const label = (name: string, support: number, draws: number) => ({
    name,
    support,
    draws,
    auc: null,
    averagePrecision: null,
  });
  const [epoch] = course("adaptive", 0, [0.5]).history;
  const cell: Cell = {
    ...cellOf({ sampler: "adaptive" }, { macroAuc: 0.5 }),
    history: [{ ...epoch, rowsSeen: 200 }],
    rows: { train: 100, validation: 1, test: 1 },
    // The mean row was drawn twice; rows with "rare" three times.
    labels: [label("common", 80, 160), label("rare", 4, 12)],
  };
  const rows = tableOf(buildReport([cell]), "label-draws-emotions-mlp");
  expect(rows.map(([name, , own]) => [name, numberIn(own)])).toEqual([
    ["mean of minority labels", 1.5],
    ["mean of the other labels", 1],
    ["rare", 1.5],
  ]);
});
