/** What docs/verdict.md and README.md show of the cells, by name. */
import type { Cell } from "../../src/experiment/cell.ts";
import { counted, listed } from "../../src/experiment/report/figures.ts";
import { contrastSentence } from "../../src/experiment/report/sentences.ts";
import { mean } from "../../src/experiment/statistics/statistics.ts";
import { type Budget, budgets, decomposition } from "./cells.ts";
import type { DataFacts } from "./data.ts";
import { missing } from "./missing.ts";
import type { Parts } from "./pages.ts";
import { contrasted, detailed, differences, lastValues, outcomeOf, scores, studyOf, table } from "./tables.ts";

const steps: Parameters<typeof differences>[1] = [
  ["decay, rate warm-up (A1 - A0)", "A1", "A0"],
  ["shuffled (A2 - A1)", "A2", "A1"],
  ["full last batch (A3 - A2)", "A3", "A2"],
  ["drawn afresh (A4 - A3)", "A4", "A3"],
  ["by loss (A5 - A4)", "A5", "A4"],
  ["weights (A6 - A5)", "A6", "A5"],
  ["**selection (A6 - A4)**", "A6", "A4"],
  ["all (A6 - A0)", "A6", "A0"],
];

const beside: Parameters<typeof differences>[1] = [
  ["pressure 16 (A7 - A6)", "A7", "A6"],
  ["pressure 16 against none (A7 - A4)", "A7", "A4"],
  ["chain (A8 - A6)", "A8", "A6"],
];

const others = ["clif", "dela", "c2ae", "paca", "mpvae"];
const digits = (value: number): string => value.toFixed(4);

export function verdictParts(cells: readonly Cell[], facts: readonly DataFacts[]): Parts {
  const auc = outcomeOf("macroAuc");
  const precision = outcomeOf("macroAveragePrecision");
  const perBudget = (budget: Budget): readonly (readonly [string, () => string])[] => {
    const own = decomposition(cells, "mlp", budget);
    return [
      [`primary ${budget}`, () => detailed(contrasted(own, "A6", "A4", auc))],
      [`primary precision ${budget}`, () => detailed(contrasted(own, "A6", "A4", precision))],
      [`steps ${budget}`, () => differences(own, steps, auc)],
      [`steps precision ${budget}`, () => differences(own, steps, precision)],
      [`beside ${budget}`, () => differences(own, beside, auc)],
      [`scores ${budget}`, () => scores(own, auc)],
      [`f1 ${budget}`, () => fMeasures(own)],
      [`best ${budget}`, () => differences(own, steps.slice(-2), outcomeOf("macroAuc", "best"))],
      [
        `minority loss ${budget}`,
        () => lastValues(own, ["A3", "A4", "A6", "A7"], ({ losses }) => losses?.minorityRows, digits),
      ],
      [
        `other loss ${budget}`,
        () => lastValues(own, ["A3", "A4", "A6", "A7"], ({ losses }) => losses?.otherRows, digits),
      ],
      [
        `minority share ${budget}`,
        () =>
          lastValues(
            own,
            ["A4", "A6", "A7"],
            ({ sampler }) => sampler?.minorityShare,
            (value) => value.toFixed(3),
          ),
      ],
    ];
  };
  return Object.fromEntries<() => string>([
    ...perBudget("published"),
    ...perBudget("fast"),
    ["facts", () => factsOf(cells)],
    ["in short", () => inShort(cells)],
    ["models", () => ofModels(cells)],
    ["data", () => ofData(facts)],
    ["missing", () => missing(cells, facts)],
    ["at a glance", () => differences(decomposition(cells, "mlp", "published"), steps, auc)],
  ]);
}

function factsOf(cells: readonly Cell[]): string {
  const versions = new Set(cells.map(({ run }) => `hardbatch ${run?.version}, arithmetic ${run?.numerics}`));
  const backends = new Set(cells.map(({ backend }) => backend));
  const data = new Set(cells.map(({ key }) => key.data));
  const dates = cells.flatMap(({ run }) => run?.date ?? []).sort();
  const hours = cells.reduce((sum, { run }) => sum + (run?.seconds ?? 0), 0) / 3600;
  return [
    `- ${counted(cells.length, "cell")} on ${counted(data.size, "data set")}, ${hours.toFixed(1)} hours of one core`,
    `- ${listed([...versions])}; ${listed([...backends])}`,
    `- run from ${dates[0]?.slice(0, 10)} to ${dates.at(-1)?.slice(0, 10)}`,
  ].join("\n");
}

/** The primary contrast in both budgets and outcomes, a sentence each. */
function inShort(cells: readonly Cell[]): string {
  const lines = (["published", "fast"] as const).flatMap((budget) =>
    [outcomeOf("macroAuc"), outcomeOf("macroAveragePrecision")].flatMap((outcome) => {
      const found = contrasted(decomposition(cells, "mlp", budget), "A6", "A4", outcome);
      return found ? [`- ${budgets[budget]}: ${contrastSentence(found)}`] : [];
    }),
  );
  return lines.join("\n");
}

function fMeasures(own: readonly Cell[]): string {
  const study = studyOf(own);
  const columns = (["microF1", "macroF1", "rankingLoss"] as const).map((metric) => ({
    metric,
    found: contrasted(own, "A6", "A4", outcomeOf(metric)),
  }));
  const rows = (study?.groups ?? []).map(({ data }) => [
    data,
    ...columns.map(({ found }) => {
      const comparison = found?.perDataSet.find((each) => each.data === data)?.comparison;
      return comparison ? `${comparison.mean >= 0 ? "+" : ""}${comparison.mean.toFixed(4)} ${comparison.word}` : "-";
    }),
  ]);
  return table(["A6 - A4, late mean", ...columns.map(({ metric }) => metric)], rows);
}

function ofModels(cells: readonly Cell[]): string {
  const wanted = [
    ["full batches, shuffled (A3 - A0)", "A3", "A0"],
    ["drawn afresh (A4 - A3)", "A4", "A3"],
    ["selection (A6 - A4)", "A6", "A4"],
    ["pressure 16 (A7 - A4)", "A7", "A4"],
  ] as const;
  const rows = others.flatMap((model) => {
    const own = decomposition(cells, model, "published");
    const found = wanted.map(([, treatment, reference]) =>
      contrasted(own, treatment, reference, outcomeOf("macroAuc")),
    );
    return (studyOf(own)?.groups ?? []).map(({ data }) => [
      `${model}, ${data}`,
      ...found.map((column) => {
        const comparison = column?.perDataSet.find((each) => each.data === data)?.comparison;
        return comparison ? `${comparison.mean >= 0 ? "+" : ""}${comparison.mean.toFixed(4)} ${comparison.word}` : "-";
      }),
    ]);
  });
  return table(["model", ...wanted.map(([title]) => title)], rows);
}

function ofData(facts: readonly DataFacts[]): string {
  return table(
    ["data set", "rows", "training rows", "batches", "rows in the last", "file order"],
    facts.map(({ name, rows, trainingRows, remainders, order, batchSize }) => [
      name,
      String(rows),
      mean(trainingRows).toFixed(0),
      String(Math.ceil(mean(trainingRows) / batchSize)),
      remainders.join(", "),
      order === null ? "-" : order.toFixed(1),
    ]),
  );
}
