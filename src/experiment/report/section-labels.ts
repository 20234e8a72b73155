/** Section 6: per label. The gain of the leading contrast in each label's AUC against the label's imbalance. */

import type { Cell } from "../cell.ts";
import { mean } from "../statistics/statistics.ts";
import type { AnalysedStudy } from "./contrasts.ts";
import { counted, signed } from "./figures.ts";
import { type Block, entry, type Figure, idFrom } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { primaryOf, studyName } from "./studies.ts";
import type { Group } from "./treatments.ts";

export function labels({ studies }: Analysis): readonly Block[] | string {
  const figures = studies.flatMap((own) => own.study.groups.flatMap((group) => gains(own, group)));
  return figures.length === 0 ? "no cell has metrics per label (--track labels)" : figures;
}

function gains({ study }: AnalysedStudy, group: Group): readonly Figure[] {
  const pair = primaryOf(study);
  const [treatment, reference] = [pair?.treatment, pair?.reference].map((name) =>
    group.treatments.find((own) => own.name === name),
  );
  if (!treatment || !reference) return [];
  const found = new Map<string, { readonly differences: number[]; readonly supports: number[] }>();
  for (const [key, cell] of treatment.cells) {
    const other = reference.cells.get(key);
    if (!other) continue;
    for (const { name, support, difference } of differencesOf(cell, other)) {
      const own = found.get(name) ?? { differences: [], supports: [] };
      own.differences.push(difference);
      own.supports.push(support);
      found.set(name, own);
    }
  }
  if (found.size === 0) return [];
  const supports = [...found].map(([name, own]) => ({
    name,
    support: mean(own.supports),
    gain: mean(own.differences),
  }));
  const largest = Math.max(...supports.map(({ support }) => support));
  const points = supports.map(({ name, support, gain }) => ({
    name,
    gain,
    imbalance: largest / Math.max(support, 1e-6),
  }));
  const average = mean(points.map(({ imbalance }) => imbalance));
  const [rare, common] = [
    points.filter(({ imbalance }) => imbalance > average),
    points.filter(({ imbalance }) => imbalance <= average),
  ];
  const part = (own: typeof points): string => (own.length === 0 ? "none" : signed(mean(own.map(({ gain }) => gain))));
  return [
    {
      kind: "figure",
      id: idFrom("labels", group.data, group.model, group.condition),
      title: `${group.data}, ${studyName(study)}: gain in AUC against imbalance`,
      sentence: `Mean gain of ${treatment.name} over ${reference.name} in AUC: ${part(rare)} on ${counted(rare.length, "label")} rarer than the mean imbalance ratio, ${part(common)} on the other ${common.length}.`,
      chart: {
        kind: "scatter",
        data: {
          xLabel: "imbalance ratio (positives of the commonest label / of this one)",
          yLabel: "difference in AUC",
          xScale: "log",
          groups: ["rarer than the mean", "the others"],
          references: [{ value: 0, text: "no difference" }],
          points: points.map(({ name, imbalance, gain }) => ({
            x: imbalance,
            y: gain,
            name,
            group: imbalance > average ? 0 : 1,
          })),
          named: points.length <= 30,
        },
      },
      table: {
        columns: [
          { title: "label" },
          { title: "imbalance ratio", align: "right" },
          { title: "difference in AUC", align: "right" },
        ],
        rows: points.map(({ name, imbalance, gain }) => [
          name,
          entry(imbalance, (value) => value.toFixed(2)),
          entry(gain, signed),
        ]),
        note: "Means over folds and seeds in which both arms have the label's AUC. No test is made per label.",
      },
    },
  ];
}

function differencesOf(cell: Cell, other: Cell) {
  const byName = new Map((other.labels ?? []).map((label) => [label.name, label]));
  return (cell.labels ?? []).flatMap((label) => {
    const base = byName.get(label.name)?.auc;
    if (typeof label.auc !== "number" || typeof base !== "number") return [];
    return [{ name: label.name, support: label.support, difference: label.auc - base }];
  });
}
