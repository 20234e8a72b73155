/**
 * Section 8: the pivots. Data sets by arms for every outcome, the best of a row marked, each mean with of how many
 * cells it is.
 */
import { mean, standardDeviation } from "../statistics/statistics.ts";
import { counted, figure } from "./figures.ts";
import { type Outcome, scoreOf } from "./outcomes.ts";
import { type Block, type Entry, idFrom, type PageTable } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { directionText } from "./sentences.ts";
import { type Study, studyName } from "./studies.ts";

export function pivots({ studies, outcomes }: Analysis): readonly Block[] | string {
  return studies.flatMap(({ study }) =>
    outcomes.map(
      (outcome): Block => ({
        kind: "table",
        id: idFrom("table", study.model, study.condition, outcome.metric, outcome.moment),
        title: `${directionText(outcome)}; ${studyName(study)}`,
        table: pivot(study, outcome),
      }),
    ),
  );
}

function pivot({ groups, treatments }: Study, outcome: Outcome): PageTable {
  const rows = groups.map(({ data, treatments: own }) => {
    const fields = treatments.map((name) => {
      const cells = [...(own.find((one) => one.name === name)?.cells.values() ?? [])];
      const values = cells.flatMap((cell) => scoreOf(cell, outcome) ?? []);
      return values.length === 0
        ? { mean: null, cells: cells.length }
        : { mean: mean(values), spread: standardDeviation(values), count: values.length, cells: cells.length };
    });
    const means = fields.flatMap((field) => field.mean ?? []);
    const best = outcome.direction === "higher" ? Math.max(...means) : Math.min(...means);
    const most = Math.max(0, ...fields.map(({ cells }) => cells));
    return [
      data,
      ...fields.map(({ mean: value, spread, count, cells }): Entry => {
        if (value === null) return cells === 0 ? "-" : `- (0 of ${cells})`;
        const deviation = typeof spread === "number" ? ` ± ${figure(spread)}` : "";
        const of = count < most ? ` (${count} of ${most})` : "";
        return { text: `${figure(value)}${deviation}${of}`, value, best: treatments.length > 1 && value === best };
      }),
    ];
  });
  const counts = groups.map(({ treatments: own }) => Math.max(0, ...own.map(({ cells }) => cells.size)));
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return {
    columns: [{ title: "data set" }, ...treatments.map((title) => ({ title, align: "right" as const }))],
    rows,
    note: `Mean ± standard deviation over ${least === most ? counted(most, "cell") : `${least} to ${most} cells`} (folds x seeds); a mean of fewer says of how many.${treatments.length > 1 ? " The best mean of a row is marked: a mark is no test." : ""}`,
  };
}
