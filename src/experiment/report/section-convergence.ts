/**
 * Section 3: convergence. Losses and scores over epochs, and over steps, rows and seconds where cells have them; time
 * to target.
 */

import type { Cell, EpochRecord } from "../cell.ts";
import { mean } from "../statistics/statistics.ts";
import { lateMean } from "./evidence.ts";
import { listed } from "./figures.ts";
import { leading, type Moment, type Outcome, scoreOf } from "./outcomes.ts";
import { type Block, type Entry, entry, idFrom } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { studyName } from "./studies.ts";
import { epochsAxis, figureOf, type Measure, otherAxes, panelsOf, short, tellsApart, timelines } from "./timelines.ts";
import { type Group, placeOf } from "./treatments.ts";

export function convergence({ cells, studies, outcomes, timings }: Analysis): readonly Block[] | string {
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
  const blocks = studies.flatMap(({ study }) =>
    study.groups.flatMap((group): readonly Block[] => {
      const over = panelsOf(group, measures, epochsAxis);
      if (!over) return [];
      const id = (axis: string): string => idFrom("curves", group.data, group.model, group.condition, axis);
      const others = axes.flatMap((axis) => {
        const found = tellsApart(group, axis) && panelsOf(group, measures.slice(0, 1), axis);
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
    }),
  );
  const targets = timeToTarget(
    studies.flatMap(({ study }) => study.groups),
    leading(outcomes)[0],
    timings,
  );
  if (blocks.length === 0) return "no cell has a history of epochs";
  return [...blocks, ...targets];
}

/** Where the lines of a measure end. */
function ends(group: Group, measure: Measure, axis: string): string {
  const lines = timelines(group, measure, epochsAxis);
  if (lines.length === 0) return `${placeOf(group)} over ${axis}.`;
  const parts = lines.map(({ treatment, points }) => `${treatment} ${short(points[points.length - 1].y)}`);
  const [{ points }] = lines;
  return `On ${placeOf(group)} the mean ${measure.name} at the end (epoch ${points[points.length - 1].x}): ${listed(parts)}.`;
}

/** The first epoch at which a cell reaches the baseline's late mean (same fold and seed). */
function timeToTarget(groups: readonly Group[], outcome: Outcome | undefined, timings: boolean): readonly Block[] {
  if (outcome === undefined) return [];
  const { metric, direction } = outcome;
  const moment: Moment = groups.some(({ treatments }) =>
    treatments.some(({ cells }) =>
      [...cells.values()].some((cell) => scoreOf(cell, { metric, moment: "late" }) !== null),
    ),
  )
    ? "late"
    : "lateValidation";
  const fold = moment === "late" ? "test" : "validation";
  const of = (epoch: EpochRecord) => epoch[fold]?.[metric];
  const rows = groups.flatMap((group): readonly (readonly Entry[])[] => {
    const [baseline] = group.treatments;
    return group.treatments.flatMap(({ name, cells }) => {
      const reached = [...cells].flatMap(([pair, cell]) => {
        const other = baseline.cells.get(pair);
        const target = other ? lateMean(other, fold, metric) : undefined;
        return target === undefined ? [] : [firstReaching(cell, of, target, direction)];
      });
      const found = reached.filter((epoch) => epoch !== undefined);
      if (reached.length === 0) return [];
      const average = (values: readonly (number | undefined)[]): number | undefined => {
        const numbers = values.filter((value) => value !== undefined);
        return numbers.length > 0 && numbers.length === values.length ? mean(numbers) : undefined;
      };
      return [
        [
          placeOf(group),
          name,
          `${found.length} of ${reached.length}`,
          entry(average(found.map(({ epoch }) => epoch + 1)), (value) => value.toFixed(1)),
          entry(average(found.map(({ steps }) => steps)), (value) => value.toFixed(0)),
          ...(timings ? [entry(average(found.map(({ seconds }) => seconds)), (value) => value.toFixed(1))] : []),
        ],
      ];
    });
  });
  if (rows.length === 0) return [];
  const right = (title: string) => ({ title, align: "right" as const });
  return [
    {
      kind: "table",
      id: "time-to-target",
      title: "Time to target",
      table: {
        columns: [
          { title: "data set" },
          { title: "arm" },
          right("reach it"),
          right("epochs"),
          right("steps"),
          ...(timings ? [right("seconds")] : []),
        ],
        rows,
        note: `Target: the baseline's late mean of ${metric} (${moment === "late" ? "test" : "validation"}) for the same fold and seed. Means over the cells that reach it.`,
      },
    },
  ];
}

function firstReaching(
  { history }: Cell,
  of: (epoch: EpochRecord) => number | null | undefined,
  target: number,
  direction: Outcome["direction"],
): EpochRecord | undefined {
  return history.find((epoch) => {
    const value = of(epoch);
    return typeof value === "number" && (direction === "higher" ? value >= target : value <= target);
  });
}
