/** The map of n p over the epochs, for histograms that other programs may have written. */
import { expect, test } from "vitest";
import { printHtml } from "../../../src/experiment/report/print-html.ts";
import { buildReport } from "../../../src/experiment/report/report.ts";
import { studyCells } from "./study.ts";

/** The page of cells whose epochs all have a histogram of so many equal bins. */
function pageWith(bins: number): string {
  const selection = {
    bounds: Array.from({ length: bins + 1 }, (_, bin) => bin / bins),
    counts: Array.from({ length: bins }, () => 1),
  };
  const cells = studyCells({ epochs: 6 }).map((cell) => ({
    ...cell,
    history: cell.history.map((epoch) => ({ ...epoch, selection })),
  }));
  return printHtml(buildReport(cells, { timings: false }), { title: "bins" });
}

test("twenty bins make a map; many that are all nearly empty make none, and a page all the same", () => {
  expect(pageWith(20)).toContain("the fullest bin");
  expect(pageWith(400)).not.toContain("the fullest bin");
});
