/**
 * Section 1: the gain taken apart. A waterfall over the arms A0 to A6 on each data set, for the first metric; a table
 * of the steps for every metric; A7 and A8 stand beside A6.
 */
import { mean } from "../statistics/statistics.ts";
import { compareOnDataSet, type Rules } from "./comparison.ts";
import { contrast } from "./contrasts.ts";
import { figure, intervalText, listed, signed } from "./figures.ts";
import { firstMoments, leading, momentText, type Outcome, outcomeText, scoreOf } from "./outcomes.ts";
import { type Block, entry, type Figure, idFrom } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { contrastSentence } from "./sentences.ts";
import { armsOf, type Study, stepNames, studyName, testToTrainOf } from "./studies.ts";
import type { Group } from "./treatments.ts";

export function question({ studies, outcomes, rules }: Analysis): readonly Block[] | string {
  const lead = leading(outcomes).slice(0, 1);
  const blocks = studies.flatMap(({ study }) => {
    const arms = [...armsOf(study)].filter(([arm]) => arm <= 6).sort(([a], [b]) => a - b);
    if (arms.length < 2) return [];
    const figures = study.groups.flatMap((group) =>
      lead.flatMap((outcome) => decomposition(study, group, arms, outcome, rules) ?? []),
    );
    return [...figures, ...everyStep(study, arms, firstMoments(outcomes)), ...beside(study, lead, rules)];
  });
  if (blocks.length === 0) return "no study has two of the arms A0 to A6 of the decomposition";
  return blocks;
}

function decomposition(
  study: Study,
  group: Group,
  arms: readonly (readonly [number, string])[],
  outcome: Outcome,
  rules: Rules,
): Figure | undefined {
  const found = pairedScores(group, arms, outcome);
  if (!found) return undefined;
  const { own, values } = found;
  const means = own.map((_, index) => mean(values.map((row) => row[index])));
  const steps = own.slice(1).map(({ arm, name }, index) => {
    const differences = values.map((row) => row[index + 1] - row[index]);
    const comparison = compareOnDataSet(differences, outcome, rules, testToTrainOf(group));
    const between = stepNames.slice(own[index].arm + 1, arm + 1).join(", ");
    return { name, what: between, comparison };
  });
  const total = means[means.length - 1] - means[0];
  const largest = [...steps].sort((a, b) => Math.abs(b.comparison.mean) - Math.abs(a.comparison.mean)).slice(0, 2);
  const [first, last] = [own[0], own[own.length - 1]];
  return {
    kind: "figure",
    id: idFrom("waterfall", group.data, study.model, study.condition, outcome.metric, outcome.moment),
    title: `${group.data}, ${studyName(study)}: from ${first.name} to ${last.name}`,
    sentence: `On ${group.data} (${studyName(study)}), ${outcomeText(outcome)} goes from ${figure(means[0])} to ${figure(means[means.length - 1])}: ${signed(total)}. The largest steps: ${listed(largest.map(({ what, comparison }) => `${what} ${signed(comparison.mean)}`))}.`,
    chart: {
      kind: "waterfall",
      data: {
        xLabel: outcomeText(outcome),
        start: { name: first.name, value: means[0], text: figure(means[0]) },
        steps: steps.map(({ name, what, comparison }) => ({
          name: `${name} + ${what}`,
          change: comparison.mean,
          low: comparison.interval?.low ?? null,
          high: comparison.interval?.high ?? null,
          text: signed(comparison.mean),
        })),
        end: { name: last.name, text: figure(means[means.length - 1]) },
      },
    },
    table: {
      columns: [
        { title: "step" },
        { title: "adds" },
        { title: "difference", align: "right" },
        { title: "interval", align: "right" },
        { title: "word" },
      ],
      rows: [
        [first.name, stepNames[first.arm], entry(means[0], figure), "", ""],
        ...steps.map(({ name, what, comparison }) => [
          name,
          what,
          entry(comparison.mean, signed),
          intervalText(comparison.interval),
          comparison.word,
        ]),
        [last.name, "in all", entry(means[means.length - 1], figure), "", ""],
      ],
      note: `Mean of ${values.length} pairs of fold and seed that every arm has; p-values of single steps are not adjusted.`,
    },
  };
}

/** The arms that the group has, and their scores on every pair of fold and seed that all of them have. */
function pairedScores(group: Group, arms: readonly (readonly [number, string])[], outcome: Outcome) {
  const own = arms.flatMap(([arm, name]) => {
    const treatment = group.treatments.find((candidate) => candidate.name === name);
    return treatment ? [{ arm, name, cells: treatment.cells }] : [];
  });
  if (own.length < 2) return undefined;
  // Only pairs that every arm has: then the steps add up to the whole.
  const values = [...own[0].cells.keys()].flatMap((pair) => {
    const row = own.flatMap(({ cells }) => {
      const cell = cells.get(pair);
      return (cell && scoreOf(cell, outcome)) ?? [];
    });
    return row.length === own.length ? [row] : [];
  });
  return values.length === 0 ? undefined : { own, values };
}

/** Mean differences of the steps for every metric, where there are several. */
function everyStep(
  study: Study,
  arms: readonly (readonly [number, string])[],
  outcomes: readonly Outcome[],
): readonly Block[] {
  if (outcomes.length < 2) return [];
  const rows = study.groups.flatMap((group) => {
    const found = outcomes.map((outcome) => pairedScores(group, arms, outcome));
    const own = arms.filter(([, name]) => group.treatments.some((treatment) => treatment.name === name));
    return own
      .slice(1)
      .map(([arm, name], index) => [
        group.data,
        `${name} - ${own[index][1]}`,
        stepNames.slice(own[index][0] + 1, arm + 1).join(", "),
        ...found.map((one) => entry(one && mean(one.values.map((row) => row[index + 1] - row[index])), signed)),
      ]);
  });
  if (rows.length === 0) return [];
  const { model, condition } = study;
  return [
    {
      kind: "table",
      id: idFrom("steps", model, condition),
      title: `${studyName(study)}: the steps for every metric`,
      table: {
        columns: [
          { title: "data set" },
          { title: "step" },
          { title: "adds" },
          ...outcomes.map(({ metric, direction }) => ({
            title: `${metric}${direction === "lower" ? " (lower is better)" : ""}`,
            align: "right" as const,
          })),
        ],
        rows,
        note: `Mean differences, each metric at its first moment (${[...new Set(outcomes.map(({ moment }) => momentText(moment)))].join("; ")}). The waterfalls are of ${outcomes[0].metric}, the first metric; --metrics puts another first.`,
      },
    },
  ];
}

/** A7 - A6 and A8 - A6 in a sentence each. */
function beside(study: Study, outcomes: readonly Outcome[], rules: Rules): readonly Block[] {
  const arms = armsOf(study);
  const method = arms.get(6);
  if (method === undefined) return [];
  return [7, 8].flatMap((arm) => {
    const name = arms.get(arm);
    if (name === undefined) return [];
    return outcomes.flatMap((outcome) => {
      const found = contrast(study, name, method, outcome, rules);
      return found ? [{ kind: "text", text: `${studyName(study)}: ${contrastSentence(found)}` } as const] : [];
    });
  });
}
