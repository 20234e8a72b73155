/** Tables and sentences of the verdict's pages, each from cells alone, by the report's own rules. */
import type { Cell } from "../../src/experiment/cell.ts";
import type { Comparison, Rules } from "../../src/experiment/report/comparison.ts";
import { adjusted, type Contrast, contrast } from "../../src/experiment/report/contrasts.ts";
import { counted, figure, intervalText, probability, signed } from "../../src/experiment/report/figures.ts";
import { defaultMargin, type Moment, type Outcome, scoreOf } from "../../src/experiment/report/outcomes.ts";
import { contrastSentence } from "../../src/experiment/report/sentences.ts";
import { type Study, studiesOf } from "../../src/experiment/report/studies.ts";
import { printMarkdownTable } from "../../src/experiment/report/table.ts";
import { groupCells } from "../../src/experiment/report/treatments.ts";
import { mean } from "../../src/experiment/statistics/statistics.ts";
import { describeMetric, type MetricName } from "../../src/metrics/metrics.ts";

export const rules: Rules = { confidence: 0.95, alpha: 0.05, seed: 1 };

export function outcomeOf(metric: MetricName, moment: Moment = "late"): Outcome {
  return { metric, moment, direction: describeMetric(metric).direction, margin: defaultMargin(metric) };
}

/** The cells as one study; undefined where there are none. @throws Error where they are of several models or budgets */
export function studyOf(cells: readonly Cell[]): Study | undefined {
  if (cells.length === 0) return undefined;
  const studies = studiesOf(groupCells(cells, []).groups);
  if (studies.length > 1) {
    throw new Error(`cells of several conditions: ${studies.map(({ model, condition }) => `${model} ${condition}`)}`);
  }
  return studies[0];
}

export const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? "No cell yet."
    : printMarkdownTable({
        columns: titles.map((title, i) => ({ title, align: i === 0 ? "left" : "right" })),
        rows,
      });

/** One arm against another on each data set; Holm's family are the data sets. Null where no data set has both. */
export function contrasted(cells: readonly Cell[], treatment: string, reference: string, outcome: Outcome) {
  const study = studyOf(cells);
  const found = study && contrast(study, treatment, reference, outcome, rules);
  return found ? adjusted([found], rules)[0] : null;
}

const marks = { equivalent: " =", better: " **+**", worse: " **-**", undecided: " ?" } as const;

/** `+0.0012 =`: the sign of the word, as the pages explain it. */
export const marked = ({ mean: value, word }: Comparison): string => `${signed(value)}${marks[word]}`;

const details = (name: string, own: Comparison): readonly string[] => [
  name,
  counted(own.pairs, "pair").replace(/ pairs?$/, ""),
  signed(own.mean),
  intervalText(own.interval),
  `${own.winTieLoss.wins}/${own.winTieLoss.ties}/${own.winTieLoss.losses}`,
  probability(own.holmPValue),
  probability(own.equivalencePValue),
  own.warning === undefined ? own.word : "undecided (too few)",
];

/** The contrast in a sentence and a table with all its figures. */
export function detailed(found: Contrast | null): string {
  if (!found) return "No cell yet.";
  const { perDataSet, overDataSets } = found;
  const titles = ["data set", "pairs", "difference", "95 % interval", "win/tie/loss", "Holm p", "TOST p", "word"];
  const rows = perDataSet.map(({ data, comparison }) => details(data, comparison));
  if (overDataSets) rows.push(details(`all ${perDataSet.length}`, overDataSets));
  return `${contrastSentence(found)}\n\n${table(titles, rows)}`;
}

/** A row for each data set, a column for each difference; Holm's family are the data sets of a column. */
export function differences(
  cells: readonly Cell[],
  pairs: readonly (readonly [title: string, treatment: string, reference: string])[],
  outcome: Outcome,
): string {
  const study = studyOf(cells);
  if (!study) return "No cell yet.";
  const columns = pairs.map(([, treatment, reference]) => contrasted(cells, treatment, reference, outcome));
  const of = (column: Contrast | null, data: string): string => {
    const comparison = column?.perDataSet.find((each) => each.data === data)?.comparison;
    return comparison ? marked(comparison) : "-";
  };
  const rows = study.groups.map(({ data }) => [data, ...columns.map((column) => of(column, data))]);
  if (rows.length > 1) {
    const over = columns.map((column) => column?.overDataSets ?? undefined);
    rows.push(["mean", ...over.map((own) => (own ? signed(own.mean) : "-"))]);
  }
  return table(["data set", ...pairs.map(([title]) => title)], rows);
}

/** A row for each arm, a column for each data set: the mean over folds and seeds, best in bold. */
export function scores(cells: readonly Cell[], outcome: Outcome): string {
  const study = studyOf(cells);
  if (!study) return "No cell yet.";
  const values = study.treatments.map((name) =>
    study.groups.map(({ treatments }) => {
      const own = treatments.find((treatment) => treatment.name === name);
      const found = own ? [...own.cells.values()].flatMap((cell) => scoreOf(cell, outcome) ?? []) : [];
      return found.length > 0 ? mean(found) : undefined;
    }),
  );
  const best = study.groups.map((_, c) => {
    const column = values.flatMap((row) => row[c] ?? []);
    return outcome.direction === "higher" ? Math.max(...column) : Math.min(...column);
  });
  const text = (value: number | undefined, c: number): string =>
    value === undefined ? "-" : value === best[c] ? `**${figure(value)}**` : figure(value);
  return table(
    ["arm", ...study.groups.map(({ data }) => data)],
    study.treatments.map((name, r) => [name, ...values[r].map(text)]),
  );
}

/** Arms against the first, a row each, a column for each data set, with marks; unadjusted. */
export function againstFirst(cells: readonly Cell[], outcome: Outcome): string {
  const study = studyOf(cells);
  if (!study) return "No cell yet.";
  const [reference, ...others] = study.treatments;
  // A data set that has the first arm alone has nothing to show.
  const groups = study.groups.filter(({ treatments }) => treatments.length > 1);
  const rows = others.map((name) => {
    const found = contrast(study, name, reference, outcome, rules);
    return [
      name,
      ...groups.map(({ data }) => {
        const comparison = found?.perDataSet.find((each) => each.data === data)?.comparison;
        return comparison ? marked(comparison) : "-";
      }),
    ];
  });
  return table([`minus ${reference}`, ...groups.map(({ data }) => data)], rows);
}

/** The mean over folds and seeds of a value of the last epoch, a row for each arm and a column for each data set. */
export function lastValues(
  cells: readonly Cell[],
  arms: readonly string[],
  of: (epoch: Cell["history"][number]) => number | null | undefined,
  print: (value: number) => string,
): string {
  const study = studyOf(cells);
  if (!study) return "No cell yet.";
  const value = (group: Study["groups"][number], name: string): string => {
    const own = group.treatments.find((treatment) => treatment.name === name);
    const found = own ? [...own.cells.values()].flatMap(({ history }) => of(history[history.length - 1]) ?? []) : [];
    return found.length > 0 ? print(mean(found)) : "-";
  };
  return table(
    ["arm", ...study.groups.map(({ data }) => data)],
    arms
      .filter((name) => study.treatments.includes(name))
      .map((name) => [name, ...study.groups.map((group) => value(group, name))]),
  );
}
