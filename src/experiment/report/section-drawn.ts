/** Section 4: what was drawn. Share of minority rows, effective sample size, rows never drawn, and n p over time. */
import type { EpochRecord } from "../cell.ts";
import { thinned } from "../thin.ts";
import { listed } from "./figures.ts";
import { labelDraws } from "./label-draws.ts";
import { type Block, entry, type Figure, idFrom } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { groupWith, mostLines, shownArms } from "./shown-arms.ts";
import { primaryOf, studyName } from "./studies.ts";
import { epochsAxis, figureOf, type Measure, panelsOf, short, timelines } from "./timelines.ts";
import { type Group, placeOf, type Treatment } from "./treatments.ts";

const measures: readonly Measure[] = [
  { name: "share of draws with a minority label", of: ({ sampler }) => sampler?.minorityShare },
  { name: "effective sample size, rows", of: ({ sampler }) => sampler?.effectiveSampleSize },
  { name: "rows never drawn", of: ({ sampler }) => sampler?.neverDrawn },
];

export function drawn({ studies, outcomes }: Analysis): readonly Block[] | string {
  const blocks = studies.flatMap(({ study }) => {
    const shown = shownArms(study, outcomes, mostLines);
    return study.groups.flatMap((whole): readonly Block[] => {
      const group = groupWith(whole, shown);
      const panels = panelsOf(group, measures, epochsAxis, shown.note);
      const counted = labelDraws(group, shown.note);
      if (!panels) return counted;
      const id = idFrom("drawn", group.data, group.model, group.condition);
      const title = `${group.data}, ${studyName(study)}: what was drawn`;
      const leading = primaryOf(study)?.treatment ?? study.treatments[0];
      const own = group.treatments.filter(({ name }) => name === leading);
      return [figureOf(id, title, sentence(group), panels), ...own.flatMap((one) => spread(group, one)), ...counted];
    });
  });
  return blocks.length === 0 ? "no cell has its sampler's trace, or counts draws (--track labels)" : blocks;
}

function sentence(group: Group): string {
  const lines = timelines(group, measures[0], epochsAxis);
  const parts = lines.map(({ treatment, points }) => `${treatment} ${short(points[points.length - 1].y)}`);
  if (parts.length === 0) return `${placeOf(group)}: figures of the samplers.`;
  return `On ${placeOf(group)} the share of draws that carry a minority label, in the last epoch: ${listed(parts)}.`;
}

/** n p over time: rows of the map are bins, columns epochs. */
function spread(group: Group, { name, cells }: Treatment): readonly Figure[] {
  const histories = [...cells.values()].map(({ history }) => history);
  const histogramOf = ({ selection }: EpochRecord) => selection?.counts;
  const longest = Math.max(0, ...histories.map(({ length }) => length));
  const columns = thinned(longest, 10).flatMap((at) => {
    const own = histories.flatMap((history) => (history[at] && histogramOf(history[at])) ?? []);
    const bins = histories.flatMap((history) => (history[at] ? (histogramOf(history[at])?.length ?? 0) : 0));
    const size = Math.max(0, ...bins);
    if (size === 0 || bins.some((length) => length !== size)) return [];
    const sums = Array.from({ length: size }, (_, bin) => own.filter((__, index) => index % size === bin));
    const total = own.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    return [{ epoch: at + 1, shares: sums.map((counts) => counts.reduce((sum, count) => sum + count, 0) / total) }];
  });
  if (columns.length === 0) return [];
  const size = columns[0].shares.length;
  const bounds = histories.flatMap((history) =>
    history.flatMap(({ selection }) => (selection?.bounds ? [selection.bounds] : [])),
  )[0];
  const rows = Array.from({ length: size }, (_, bin) =>
    bounds?.length === size + 1 ? `${short(bounds[bin])} to ${short(bounds[bin + 1])}` : `bin ${bin + 1}`,
  );
  const last = columns[columns.length - 1];
  const most = last.shares.indexOf(Math.max(...last.shares));
  return [
    {
      kind: "figure",
      id: idFrom("spread", group.data, group.model, group.condition, name),
      title: `${placeOf(group)}: n p of ${name} over time`,
      sentence: `In epoch ${last.epoch} most rows (${(100 * last.shares[most]).toFixed(0)} %) have n p of ${rows[most]}.`,
      chart: {
        kind: "heatmap",
        data: {
          rowLabel: "n p (1: as uniform)",
          columnLabel: "epoch",
          rows,
          columns: columns.map(({ epoch }) => `${epoch}`),
          values: rows.map((_, bin) => columns.map(({ shares }) => shares[bin])),
          decimals: 2,
        },
      },
      table: {
        columns: [
          { title: "n p" },
          ...columns.map(({ epoch }) => ({ title: `epoch ${epoch}`, align: "right" as const })),
        ],
        rows: rows.map((row, bin) => [
          row,
          ...columns.map(({ shares }) => entry(shares[bin], (value) => value.toFixed(2))),
        ]),
        note: "Share of the rows, over all folds and seeds.",
      },
    },
  ];
}
