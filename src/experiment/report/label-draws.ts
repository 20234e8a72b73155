/**
 * How often rows with each minority label were drawn, as a multiple of a row's mean number of draws: 1 where nothing is
 * preferred. Only cells that count draws (`--track labels`) have it.
 */
import type { Cell } from "../cell.ts";
import { mean } from "../statistics/statistics.ts";
import { counted, listed } from "./figures.ts";
import { type Entry, entry, type Figure, idFrom } from "./page.ts";
import { type Group, placeOf } from "./treatments.ts";

interface LabelDraws {
  readonly support: number;
  /** (draws / positives) / (all draws / training rows). */
  readonly relative: number;
}

function drawsOf({ labels, rows, history }: Cell): ReadonlyMap<string, LabelDraws> {
  const seen = history.at(-1)?.rowsSeen;
  if (!rows || seen === undefined || seen === 0) return new Map();
  return new Map(
    (labels ?? []).flatMap(({ name, support, draws }) =>
      draws === undefined || support === 0
        ? []
        : [[name, { support, relative: draws / support / (seen / rows.train) }] as const],
    ),
  );
}

interface LabelLine {
  readonly name: string;
  /** Positives of the commonest label / of this one, means over the cells. */
  readonly imbalance: number;
  /** By treatment. */
  readonly relative: ReadonlyMap<string, number>;
}

function linesOf({ treatments }: Group): readonly LabelLine[] {
  const found = new Map<string, { supports: number[]; relative: Map<string, number[]> }>();
  for (const { name, cells } of treatments) {
    for (const cell of cells.values()) {
      for (const [label, { support, relative }] of drawsOf(cell)) {
        const own = found.get(label) ?? { supports: [], relative: new Map<string, number[]>() };
        found.set(label, own);
        own.supports.push(support);
        own.relative.set(name, [...(own.relative.get(name) ?? []), relative]);
      }
    }
  }
  const supports = [...found.values()].map((own) => mean(own.supports));
  const largest = Math.max(...supports);
  return [...found].map(([name, { relative }], index) => ({
    name,
    imbalance: largest / supports[index],
    relative: new Map([...relative].map(([treatment, values]) => [treatment, mean(values)])),
  }));
}

const times = (value: number): string => value.toFixed(2);

/**
 * Labels rarer than the mean imbalance ratio, each arm's draws of their rows; none where no cell counts draws.
 * @param leftOut what the table's note says of arms that are not shown
 */
export function labelDraws(group: Group, leftOut: string): readonly Figure[] {
  const lines = linesOf(group);
  if (lines.length === 0) return [];
  const average = mean(lines.map(({ imbalance }) => imbalance));
  const minority = lines.filter(({ imbalance }) => imbalance > average);
  if (minority.length === 0) return [];
  const arms = group.treatments
    .map(({ name }, style) => ({ name, style }))
    .filter(({ name }) => minority.some(({ relative }) => relative.has(name)));
  const meanOf = (own: readonly LabelLine[], arm: string): number | undefined => {
    const values = own.flatMap(({ relative }) => relative.get(arm) ?? []);
    return values.length === 0 ? undefined : mean(values);
  };
  const others = lines.filter(({ imbalance }) => imbalance <= average);
  const row = (title: string, imbalance: Entry, inArm: (arm: string) => number | undefined): readonly Entry[] => [
    title,
    imbalance,
    ...arms.map(({ name }) => entry(inArm(name), times)),
  ];
  const said = arms.map(({ name }) => `${name} ${times(meanOf(minority, name) ?? Number.NaN)}`);
  return [
    {
      kind: "figure",
      id: idFrom("label-draws", group.data, group.model, group.condition),
      title: `${placeOf(group)}: draws of rows with a minority label`,
      sentence: `Over ${counted(minority.length, "minority label")}, rows with the label were drawn this many times as often as the mean row: ${listed(said)}.`,
      chart: {
        kind: "scatter",
        data: {
          xLabel: "imbalance ratio (positives of the commonest label / of this one)",
          yLabel: "draws of its rows / draws of the mean row",
          xScale: "log",
          groups: group.treatments.map(({ name }) => name),
          references: [{ value: 1, text: "as the mean row" }],
          points: minority.flatMap(({ name, imbalance, relative }) =>
            arms.flatMap(({ name: arm, style }) => {
              const y = relative.get(arm);
              return y === undefined ? [] : [{ x: imbalance, y, name: `${name}, ${arm}`, group: style }];
            }),
          ),
          named: false,
        },
      },
      table: {
        columns: [
          { title: "label" },
          { title: "imbalance ratio", align: "right" },
          ...arms.map(({ name }) => ({ title: name, align: "right" as const })),
        ],
        rows: [
          row("mean of minority labels", "", (arm) => meanOf(minority, arm)),
          row("mean of the other labels", "", (arm) => meanOf(others, arm)),
          ...minority.map(({ name, imbalance, relative }) =>
            row(name, entry(imbalance, times), (arm) => relative.get(arm)),
          ),
        ],
        note: `Draws per positive training row over the whole run, as a multiple of draws per training row; means over folds and seeds. A minority label is rarer than the mean imbalance ratio. An arm of 1 prefers nothing.${leftOut}`,
      },
    },
  ];
}
