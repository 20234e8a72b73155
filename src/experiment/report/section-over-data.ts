/**
 * Section 2: over data sets. Forest plots of paired differences, the critical-difference diagram, the multi-comparison
 * matrix.
 */
import { tooFewDataSets } from "../statistics/enough.ts";
import { friedman, nemenyi } from "../statistics/rank-tests.ts";
import { mean } from "../statistics/statistics.ts";
import type { Comparison, Rules } from "./comparison.ts";
import { type AnalysedStudy, adjusted, type Contrast, contrast } from "./contrasts.ts";
import { counted, intervalText, listed, percent, probability, pText, rank, signed } from "./figures.ts";
import { leading, type Outcome, outcomeText, scoreOf } from "./outcomes.ts";
import { type Block, type Entry, entry, type Figure, idFrom, type PageTable } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { contrastSentence, differenceText, wordText } from "./sentences.ts";
import { mostRows, type ShownArms, shownArms } from "./shown-arms.ts";
import { type Study, studyName } from "./studies.ts";

export function overData({ studies, outcomes, rules }: Analysis): readonly Block[] | string {
  const lead = leading(outcomes);
  const blocks = studies.flatMap((own) => [
    ...own.primary.filter(({ outcome }) => lead.includes(outcome)).map((one) => primaryForest(own.study, one)),
    ...lead.flatMap((outcome) => [
      ...baselineForest(own, outcome),
      ...criticalDifference(own.study, outcome, rules),
      ...matrix(own.study, outcome, rules, shownArms(own.study, outcomes, mostRows)),
    ]),
  ]);
  return blocks.length === 0 ? "there is nothing to compare" : blocks;
}

const wtl = ({ winTieLoss: { wins, ties, losses } }: Comparison): string => `${wins}/${ties}/${losses}`;

const columns: PageTable["columns"] = [
  { title: "" },
  { title: "difference", align: "right" },
  { title: "interval", align: "right" },
  { title: "win/tie/loss", align: "right" },
  { title: "p", align: "right" },
  { title: "Holm p", align: "right" },
  { title: "TOST p", align: "right" },
  { title: "rank-biserial", align: "right" },
  { title: "Cohen's d", align: "right" },
  { title: "P(better)", align: "right" },
  { title: "P(equivalent)", align: "right" },
  { title: "P(worse)", align: "right" },
  { title: "word" },
];

function rowOf(name: string, own: Comparison): readonly Entry[] {
  return [
    name,
    entry(own.mean, signed),
    intervalText(own.interval),
    wtl(own),
    entry(own.pValue, probability),
    entry(own.holmPValue, probability),
    entry(own.equivalencePValue, probability),
    entry(own.rankBiserial, (value) => value.toFixed(2)),
    entry(own.cohenD, (value) => value.toFixed(2)),
    entry(own.posterior?.better, probability),
    entry(own.posterior?.equivalent, probability),
    entry(own.posterior?.worse, probability),
    own.word,
  ];
}

const forestRow = (name: string, own: Comparison, total = false) => ({
  name,
  mean: own.mean,
  low: own.interval?.low ?? null,
  high: own.interval?.high ?? null,
  sign: own.word,
  text: `${signed(own.mean)} ${own.word}`,
  total,
});

/** One row for each data set, and one for all. */
function primaryForest(study: Study, one: Contrast): Figure {
  const { treatment, reference, outcome, perDataSet, overDataSets } = one;
  const all = `all ${perDataSet.length}`;
  return {
    kind: "figure",
    id: idFrom("forest", study.model, study.condition, outcome.metric, outcome.moment, treatment, reference),
    title: `${treatment} - ${reference}: ${outcomeText(outcome)}, ${studyName(study)}`,
    sentence: contrastSentence(one),
    chart: {
      kind: "forest",
      data: {
        xLabel: `difference in ${outcome.metric}; shaded: margin of equivalence ${outcome.margin}`,
        margin: outcome.margin,
        rows: [
          ...perDataSet.map(({ data, comparison }) => forestRow(data, comparison)),
          ...(overDataSets ? [forestRow(all, overDataSets, true)] : []),
        ],
      },
    },
    table: {
      columns,
      rows: [
        ...perDataSet.map(({ data, comparison }) => rowOf(data, comparison)),
        ...(overDataSets ? [rowOf(all, overDataSets)] : []),
      ],
      note: "Holm's family: the data sets of this contrast. A win is a pair of fold and seed; in the last row a data set.",
    },
  };
}

/** One row for each treatment against the baseline. */
function baselineForest({ study, contrasts }: AnalysedStudy, outcome: Outcome): readonly Figure[] {
  const own = contrasts.filter((contrast) => contrast.outcome === outcome);
  if (own.length < 2) return [];
  const rows = own.map(({ treatment, overDataSets, perDataSet }) => ({
    name: treatment,
    comparison: overDataSets ?? perDataSet[0].comparison,
  }));
  const [baseline] = study.treatments;
  const several = study.groups.length > 1;
  const sets = several ? `over ${counted(study.groups.length, "data set")}` : `on ${study.groups[0].data}`;
  const parts = rows.map(({ name, comparison }) => `${name} ${signed(comparison.mean)} ${comparison.word}`);
  return [
    {
      kind: "figure",
      id: idFrom("baseline", study.model, study.condition, outcome.metric, outcome.moment),
      title: `Every arm against ${baseline}: ${outcomeText(outcome)}, ${studyName(study)}`,
      sentence: `Against ${baseline} ${sets}: ${listed(parts)}.`,
      chart: {
        kind: "forest",
        data: {
          xLabel: `difference in ${outcome.metric}; shaded: margin of equivalence ${outcome.margin}`,
          margin: outcome.margin,
          rows: rows.map(({ name, comparison }) => forestRow(name, comparison)),
        },
      },
      table: {
        columns,
        rows: rows.map(({ name, comparison }) => rowOf(name, comparison)),
        note: `Holm's family: ${counted(rows.length, "arm")} against ${baseline}${several ? "" : " on this data set"}.`,
      },
    },
  ];
}

/** Means of the data sets that have all treatments. */
function blocksOf({ groups, treatments }: Study, outcome: Outcome) {
  return groups.flatMap(({ data, treatments: own }) => {
    const means = treatments.flatMap((name) => {
      const cells = own.find((candidate) => candidate.name === name)?.cells.values() ?? [];
      const values = [...cells].flatMap((cell) => scoreOf(cell, outcome) ?? []);
      return values.length > 0 ? [mean(values)] : [];
    });
    return means.length === treatments.length ? [{ data, means }] : [];
  });
}

function criticalDifference(study: Study, outcome: Outcome, { alpha }: Rules): readonly Figure[] {
  const blocks = blocksOf(study, outcome);
  if (study.treatments.length < 3 || blocks.length < 2) return [];
  const test = friedman(
    blocks.map(({ means }) => means),
    outcome.direction,
  );
  const { criticalDifference: distance } = nemenyi(test, alpha);
  const ranks = study.treatments.map((name, index) => ({ name, rank: test.averageRanks[index] }));
  const ordered = [...ranks].sort((a, b) => a.rank - b.rank);
  const p = test.fPValue ?? test.chiSquaredPValue;
  const apart =
    p < alpha ? `the arms differ (Friedman, Iman and Davenport: ${pText(p)})` : `no difference is shown (${pText(p)})`;
  const [best, worst] = [ordered[0], ordered[ordered.length - 1]];
  const few = tooFewDataSets(blocks.length, alpha);
  const far = worst.rank - best.rank > distance ? "more" : "no more";
  return [
    {
      kind: "figure",
      id: idFrom("ranks", study.model, study.condition, outcome.metric, outcome.moment),
      title: `Average ranks: ${outcomeText(outcome)}, ${studyName(study)}`,
      sentence: `Over ${counted(blocks.length, "data set")} ${apart}; ${best.name} has the best average rank (${rank(best.rank)}) and ${worst.name} the worst (${rank(worst.rank)}), ${far} than Nemenyi's critical difference of ${rank(distance)} apart.${few === undefined ? "" : ` Only ${counted(blocks.length, "data set")}: take no decision from ranks.`}`,
      chart: { kind: "criticalDifferenceDiagram", data: { treatments: ranks, criticalDifference: distance } },
      table: {
        columns: [{ title: "arm" }, { title: "average rank", align: "right" }],
        rows: ordered.map(({ name, rank: own }) => [name, entry(own, rank)]),
        note: `Ranks of the means of ${listed(blocks.map(({ data }) => data))}; 1 is best. Critical difference ${rank(distance)} at ${percent(alpha)}, for all pairs; ranks depend on which arms are there.`,
      },
    },
  ];
}

function matrix(study: Study, outcome: Outcome, rules: Rules, shown: ShownArms): readonly Figure[] {
  const { treatments: all } = study;
  const { names: treatments } = shown;
  if (all.length < 3) return [];
  const pairs = all.flatMap((row, i) =>
    all.slice(i + 1).flatMap((column) => contrast(study, row, column, outcome, rules) ?? []),
  );
  if (pairs.length === 0) return [];
  const compared = adjusted(pairs, rules)
    .filter(({ treatment, reference }) => treatments.includes(treatment) && treatments.includes(reference))
    .map((own) => ({ ...own, comparison: own.overDataSets ?? own.perDataSet[0].comparison }));
  if (compared.length === 0) return [];
  const most = Math.max(...compared.map(({ comparison }) => Math.abs(comparison.mean)));
  const field = (row: string, column: string) => {
    const straight = compared.find((own) => own.treatment === row && own.reference === column);
    const found = straight ?? compared.find((own) => own.treatment === column && own.reference === row);
    if (!found) return null;
    const { mean: difference, winTieLoss: won, holmPValue, word } = found.comparison;
    const mirrored = { better: "worse", worse: "better", equivalent: "equivalent", undecided: "undecided" } as const;
    const shown = straight ? difference : -difference;
    const [wins, losses] = straight ? [won.wins, won.losses] : [won.losses, won.wins];
    return {
      sign: straight ? word : mirrored[word],
      texts: [signed(shown), `${wins}/${won.ties}/${losses}`, `p ${probability(holmPValue)}`],
      strength: most === 0 ? 0 : Math.abs(difference) / most,
    };
  };
  const decided = compared.filter(({ comparison }) => comparison.word !== "undecided").length;
  const sets = study.groups.length > 1 ? "data sets" : "pairs of fold and seed";
  return [
    {
      kind: "figure",
      id: idFrom("matrix", study.model, study.condition, outcome.metric, outcome.moment),
      title: `Each arm against each: ${outcomeText(outcome)}, ${studyName(study)}`,
      sentence: `Of ${counted(compared.length, "pair")} of arms, ${decided === 1 ? "1 is" : `${decided} are`} decided; the largest difference is ${differenceText(largest(compared), outcome)}: ${wordText(largest(compared), outcome)}.`,
      chart: {
        kind: "comparisonMatrix",
        data: { treatments, fields: treatments.map((row) => treatments.map((column) => field(row, column))) },
      },
      table: {
        columns: [{ title: "arm" }, { title: "minus" }, ...columns.slice(1)],
        rows: compared.map(({ treatment, reference, comparison }) => [
          treatment,
          reference,
          ...rowOf("", comparison).slice(1),
        ]),
        note: `Row minus column; win/tie/loss over ${sets}; p by Holm for all ${pairs.length} pairs of this outcome.${shown.note}`,
      },
    },
  ];
}

const largest = (compared: readonly { readonly comparison: Comparison }[]): Comparison =>
  compared.reduce((most, own) => (Math.abs(own.comparison.mean) > Math.abs(most.comparison.mean) ? own : most))
    .comparison;
