/**
 * Section 3: convergence. Losses and scores over epochs, and over steps, rows and seconds where cells have them; time
 * to target.
 */

import type { EpochRecord } from "../cell.ts";
import { listed } from "./figures.ts";
import { leading } from "./outcomes.ts";
import { type Block, idFrom } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { groupWith, mostLines, shownArms } from "./shown-arms.ts";
import { studyName } from "./studies.ts";
import { timeToTarget } from "./time-to-target.ts";
import { epochsAxis, figureOf, type Measure, otherAxes, panelsOf, short, tellsApart, timelines } from "./timelines.ts";
import { type Group, placeOf } from "./treatments.ts";

export function convergence({ cells, studies, outcomes, perCell, timings }: Analysis): readonly Block[] | string {
  const metrics = leading(outcomes).map(({ metric }) => metric);
  const has = (of: Measure["of"]): boolean =>
    cells.some(({ history }) => history.some((epoch) => typeof of(epoch) === "number"));
  // The last quarter has test metrics in any case: as a curve they count where every epoch has them.
  const followed = cells.every(({ history }) => history.every(({ test }) => typeof test?.[metrics[0]] === "number"));
  const whole = has(({ losses }) => losses?.all);
  // The test fold and the loss in evaluation mode say more than their stand-ins do.
  const measures: readonly Measure[] = [
    ...metrics.map((metric): Measure => {
      if (followed) return { name: `${metric}, test`, of: ({ test }) => test?.[metric] };
      return { name: `${metric}, validation`, of: ({ validation }) => validation[metric] };
    }),
    ...(whole ? [] : [{ name: "training loss", of: ({ loss }: EpochRecord) => loss }]),
    { name: "loss, all rows", of: ({ losses }) => losses?.all },
    { name: "loss, minority rows", of: ({ losses }) => losses?.minorityRows },
    { name: "loss, other rows", of: ({ losses }) => losses?.otherRows },
    { name: "loss, minority labels", of: ({ losses }) => losses?.minorityLabels },
    { name: "loss, other labels", of: ({ losses }) => losses?.otherLabels },
  ];
  const axes = otherAxes.filter(({ name }) => timings || name !== "seconds");
  const blocks = studies.flatMap(({ study }) => {
    const shown = shownArms(study, outcomes, mostLines);
    return study.groups.flatMap((whole): readonly Block[] => {
      const group = groupWith(whole, shown);
      const over = panelsOf(group, measures, epochsAxis, shown.note);
      if (!over) return [];
      const id = (axis: string): string => idFrom("curves", group.data, group.model, group.condition, axis);
      const others = axes.flatMap((axis) => {
        const found = tellsApart(group, axis) && panelsOf(group, measures.slice(0, 1), axis, shown.note);
        if (!found) return [];
        return [
          figureOf(
            id(axis.name),
            `${group.data}, ${studyName(study)}: over ${axis.name}`,
            ends(group, measures[0], axis.name),
            found,
          ),
        ];
      });
      return [
        figureOf(
          id("epochs"),
          `${group.data}, ${studyName(study)}: over epochs`,
          ends(group, measures[0], "epochs"),
          over,
        ),
        ...others,
      ];
    });
  });
  if (blocks.length === 0) return "no cell has a history of epochs";
  return [...blocks, ...timeToTarget(perCell, timings)];
}

/** Where the lines of a measure end. */
function ends(group: Group, measure: Measure, axis: string): string {
  const lines = timelines(group, measure, epochsAxis);
  if (lines.length === 0) return `${placeOf(group)} over ${axis}.`;
  const parts = lines.map(({ treatment, points }) => `${treatment} ${short(points[points.length - 1].y)}`);
  const [{ points }] = lines;
  return `On ${placeOf(group)} the mean ${measure.name} at the end (epoch ${points[points.length - 1].x}): ${listed(parts)}.`;
}
