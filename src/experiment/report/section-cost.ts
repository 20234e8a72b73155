/**
 * Section 7: what it costs. Seconds a cell, the ratio to the baseline with a bootstrap interval, score against time.
 */
import { Random } from "../../random.ts";
import { ratioOfTimes } from "../statistics/ratios.ts";
import { mean } from "../statistics/statistics.ts";
import { secondsOf } from "./evidence.ts";
import { figure, listed, secondsText } from "./figures.ts";
import { leading, outcomeText, scoreOf } from "./outcomes.ts";
import { type Block, entry, idFrom } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { studyName } from "./studies.ts";

export function cost({ studies, outcomes, rules, timings }: Analysis): readonly Block[] | string {
  if (!timings) return "times were left out";
  const [outcome] = leading(outcomes);
  const blocks = studies.flatMap(({ study }): readonly Block[] => {
    const found = study.groups.flatMap(({ data, treatments }) => {
      const [baseline] = treatments;
      return treatments.flatMap(({ name, cells }, style) => {
        const timed = [...cells].flatMap(([pair, cell]) => {
          const [own, base] = [cell, baseline.cells.get(pair)].map((one) => one && secondsOf(one));
          return own !== undefined && own > 0 ? [{ own, base: base !== undefined && base > 0 ? base : undefined }] : [];
        });
        if (timed.length === 0) return [];
        const pairs = timed.flatMap(({ own, base }) => (base === undefined ? [] : [[own, base] as const]));
        const values = outcome ? [...cells.values()].flatMap((cell) => scoreOf(cell, outcome) ?? []) : [];
        const random = new Random(rules.seed).stream(`times ${data} ${study.model} ${study.condition} ${name}`);
        return [
          {
            data,
            name,
            style,
            seconds: mean(timed.map(({ own }) => own)),
            score: values.length > 0 ? mean(values) : undefined,
            ratio:
              style === 0 || pairs.length === 0
                ? undefined
                : ratioOfTimes(
                    pairs.map(([own]) => own),
                    pairs.map(([, base]) => base),
                    random,
                    { confidence: rules.confidence },
                  ),
          },
        ];
      });
    });
    if (found.length === 0 || outcome === undefined) return [];
    const ratios = study.treatments.slice(1).flatMap((name) => {
      const own = found.flatMap((one) => (one.name === name && one.ratio ? [Math.log(one.ratio.ratio)] : []));
      return own.length === 0 ? [] : [`${name} ${Math.exp(mean(own)).toFixed(2)}`];
    });
    const shown = found.filter(({ score }) => score !== undefined);
    return [
      {
        kind: "figure",
        id: idFrom("cost", study.model, study.condition),
        title: `Score against time: ${outcomeText(outcome)}, ${studyName(study)}`,
        sentence:
          ratios.length === 0
            ? `A cell takes ${listed(found.map(({ data, seconds }) => `${secondsText(seconds)} s on ${data}`))} on average.`
            : `Time a cell as a multiple of ${study.treatments[0]}, geometric mean: ${listed(ratios)}.`,
        chart: {
          kind: "scatter",
          data: {
            xLabel: "seconds a cell",
            yLabel: outcome.metric,
            xScale: "log",
            groups: study.treatments,
            points: shown.map(({ data, name, style, seconds, score }) => ({
              x: seconds,
              y: score ?? Number.NaN,
              group: Math.max(style, study.treatments.indexOf(name)),
              name: data,
            })),
            named: true,
          },
        },
        table: {
          columns: [
            { title: "data set" },
            { title: "arm" },
            { title: "seconds a cell", align: "right" },
            { title: `times ${study.treatments[0]}`, align: "right" },
            { title: outcome.metric, align: "right" },
          ],
          rows: found.map(({ data, name, seconds, ratio, score }) => [
            data,
            name,
            entry(seconds, secondsText),
            ratio
              ? {
                  text: `${ratio.ratio.toFixed(2)}${ratio.interval ? ` [${ratio.interval.low.toFixed(2)}, ${ratio.interval.high.toFixed(2)}]` : ""}`,
                  value: ratio.ratio,
                }
              : "",
            entry(score, figure),
          ]),
          note: "Wall-clock times of cells that may have shared the machine; ratios are geometric means of pairs with a percentile bootstrap interval.",
        },
      },
    ];
  });
  return blocks.length === 0 ? "no cell has a time" : blocks;
}
