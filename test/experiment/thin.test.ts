/** Cells as they are published: what is compared stays what it was, the course of the epochs gets coarser. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, EpochRecord } from "../../src/experiment/cell.ts";
import { parseRecord, printCell } from "../../src/experiment/cell.ts";
import { scoreOf } from "../../src/experiment/report/outcomes.ts";
import { thinCell, thinned } from "../../src/experiment/thin.ts";
import { runs } from "../arbitraries.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const count = fc.integer({ min: 1, max: 130 });

const cells = fc.tuple(count, fc.infiniteStream(share)).map(([epochs, values]): Cell => {
  const next = (): number => values.next().value ?? 0;
  const history = Array.from({ length: epochs }, (_, epoch): EpochRecord => {
    const late = epoch >= Math.min(epochs - 1, Math.ceil((3 * epochs) / 4));
    return {
      epoch,
      loss: next(),
      validation: { macroAuc: next(), oneError: null },
      steps: 7 * (epoch + 1),
      ...(late && { test: { macroAuc: next(), microF1: next() } }),
    };
  });
  const key = { data: "d", fold: 0, seed: 1, model: "m", sampler: "s" };
  return { key, settings: { epochs }, backend: "js", metrics: { macroAuc: next() }, history };
});

describe("a thinned cell", () => {
  test("scores as before, to the last digit, at every moment", () => {
    fc.assert(
      fc.property(cells, count, (cell, points) => {
        const thin = thinCell(cell, { points: points + 1 });
        for (const metric of ["macroAuc", "microF1", "oneError"] as const)
          for (const moment of ["best", "late", "lateValidation"] as const)
            expect(scoreOf(thin, { metric, moment })).toBe(scoreOf(cell, { metric, moment }));
        expect(thinCell(thin, { points: points + 1 })).toEqual(thin);
        expect(parseRecord(JSON.parse(printCell(thin)))).toEqual(thin);
      }),
      runs(50),
    );
  });

  test("keeps first and last epoch, whole counts, and five digits of the rest", () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const { history } = thinCell(cell);
        expect(history.length).toBe(Math.min(50, cell.history.length));
        expect([history[0].epoch, history.at(-1)?.epoch]).toEqual([0, cell.history.length - 1]);
        for (const { epoch, steps, loss } of history) {
          expect(steps).toBe(7 * (epoch + 1));
          expect(loss).toBe(Number(cell.history[epoch].loss.toPrecision(5)));
        }
      }),
      runs(50),
    );
  });

  test("without its late means would score otherwise: the law can fail", () => {
    const history = Array.from({ length: 100 }, (_, epoch) => ({
      epoch,
      loss: 1,
      validation: { macroAuc: 1 / (3 + epoch) },
    }));
    const key = { data: "d", fold: 0, seed: 1, model: "m", sampler: "s" };
    const cell: Cell = { key, settings: {}, backend: "js", metrics: {}, history };
    const { late: _, ...bare } = thinCell(cell);
    const wanted = { metric: "macroAuc", moment: "lateValidation" } as const;
    expect(scoreOf(bare, wanted)).not.toBe(scoreOf(cell, wanted));
  });
});

test("places are in order, from the first to the last, as many as were asked for", () => {
  fc.assert(
    fc.property(count, fc.integer({ min: 2, max: 60 }), (length, points) => {
      const places = thinned(length, points);
      expect(places.length).toBe(Math.min(length, points));
      expect([places[0], places.at(-1)]).toEqual([0, length - 1]);
      expect(places.every((place, i) => i === 0 || place > places[i - 1])).toBe(true);
    }),
    runs(100),
  );
});
