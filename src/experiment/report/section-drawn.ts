/** Section 4: what was drawn. Share of minority rows, effective sample size, rows never drawn, and n p over time. */
import { counted, listed, percent } from "./figures.ts";
import { labelDraws } from "./label-draws.ts";
import { type Block, entry, type Figure, idFrom } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { groupWith, mostLines, shownArms } from "./shown-arms.ts";
import { primaryOf, studyName } from "./studies.ts";
import { epochsAxis, figureOf, type Measure, panelsOf, sharedEpochs, short, timelines } from "./timelines.ts";
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
      const draws = labelDraws(group, shown.note);
      if (!panels) return draws;
      const id = idFrom("drawn", group.data, group.model, group.condition);
      const title = `${group.data}, ${studyName(study)}: what was drawn`;
      const leading = primaryOf(study)?.treatment ?? study.treatments[0];
      const own = group.treatments.filter(({ name }) => name === leading);
      return [figureOf(id, title, sentence(group), panels), ...own.flatMap((one) => spread(group, one)), ...draws];
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

/** Bins with a smaller share of the rows in every epoch shown are left out: their fields would all read 0.00. */
const least = 0.005;
const mostEpochs = 10;

/** n p over time: rows of the map are bins, columns epochs. */
function spread(group: Group, { name, cells }: Treatment): readonly Figure[] {
  const histories = [...cells.values()].map(({ history }) => history.filter(({ selection }) => selection));
  const columns = sharedEpochs(histories, mostEpochs).flatMap((epochs) => {
    const counts = epochs.flatMap(({ selection }) => (selection ? [selection.counts] : []));
    const size = counts[0]?.length ?? 0;
    const total = counts.flat().reduce((sum, count) => sum + count, 0);
    if (total === 0 || counts.some(({ length }) => length !== size)) return [];
    const shares = counts[0].map((_, bin) => counts.reduce((sum, own) => sum + own[bin], 0) / total);
    return [{ epoch: epochs[0].epoch + 1, shares }];
  });
  if (columns.length === 0) return [];
  const last = columns[columns.length - 1];
  const size = last.shares.length;
  const bounds = histories[0].find(({ selection }) => selection)?.selection?.bounds;
  const texts = bounds?.length === size + 1 ? distinctTexts(bounds) : undefined;
  const bins = last.shares.flatMap((_, bin) => {
    if (columns.every(({ shares }) => (shares[bin] ?? 0) < least)) return [];
    return [{ bin, text: texts ? `${texts[bin]} to ${texts[bin + 1]}` : `bin ${bin + 1}` }];
  });
  if (bins.length === 0) return [];
  const rows = bins.map(({ text }) => text);
  const most = bins.reduce((best, own) => (last.shares[own.bin] > last.shares[best.bin] ? own : best));
  return [
    {
      kind: "figure",
      id: idFrom("spread", group.data, group.model, group.condition, name),
      title: `${placeOf(group)}: n p of ${name} over time`,
      sentence: `In epoch ${last.epoch} the fullest bin, ${(100 * last.shares[most.bin]).toFixed(0)} % of the rows, has n p of ${most.text}.`,
      chart: {
        kind: "heatmap",
        data: {
          rowLabel: "n p (1: as uniform)",
          columnLabel: "epoch",
          rows,
          columns: columns.map(({ epoch }) => `${epoch}`),
          values: bins.map(({ bin }) => columns.map(({ shares }) => shares[bin])),
          decimals: 2,
        },
      },
      table: {
        columns: [
          { title: "n p" },
          ...columns.map(({ epoch }) => ({ title: `epoch ${epoch}`, align: "right" as const })),
        ],
        rows: bins.map(({ bin, text }) => [
          text,
          ...columns.map(({ shares }) => entry(shares[bin], (value) => value.toFixed(2))),
        ]),
        note: `Share of the rows, over all folds and seeds.${bins.length < size ? ` ${counted(size - bins.length, "bin")} with less than ${percent(least)} of the rows in each of these epochs ${size - bins.length === 1 ? "is" : "are"} not shown.` : ""}`,
      },
    },
  ];
}

/** With the fewest digits that tell all of them apart. */
function distinctTexts(values: readonly number[]): readonly string[] {
  for (let digits = 2; digits < 15; digits++) {
    const texts = values.map((value) => String(Number(value.toPrecision(digits))));
    if (new Set(texts).size === values.length) return texts;
  }
  return values.map(String);
}
