/**
 * Section 5: ablations. Where one sampler ran with several values of a setting, the mean outcome by that setting, or by
 * two; and where data sets differ in one option alone (noise), the leading difference by that option.
 */
import { mean } from "../statistics/statistics.ts";
import type { AnalysedStudy } from "./contrasts.ts";
import { counted, figure, signed } from "./figures.ts";
import { besidesKey, flatten } from "./grouping.ts";
import { leading, type Outcome, outcomeText, scoreOf } from "./outcomes.ts";
import { type Block, entry, type Figure, idFrom } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { armOf, type Study, studyName } from "./studies.ts";
import { type Group, placeOf, type Treatment } from "./treatments.ts";

export function ablations({ studies, outcomes }: Analysis): readonly Block[] | string {
  const lead = leading(outcomes);
  const blocks = studies.flatMap((own) => [
    ...own.study.groups.flatMap((group) => lead.flatMap((outcome) => maps(own.study, group, outcome))),
    ...lead.flatMap((outcome) => sweeps(own, outcome)),
  ]);
  return blocks.length === 0
    ? "no sampler ran with three or more values of a setting, and no data sets differ in one option alone"
    : blocks;
}

interface Setting {
  readonly treatment: Treatment;
  readonly settings: ReadonlyMap<string, string>;
}

function maps(study: Study, group: Group, outcome: Outcome): readonly Figure[] {
  const bySampler = new Map<string, Setting[]>();
  for (const treatment of group.treatments) {
    // The arms of the decomposition differ in several things at once.
    if (armOf(treatment.name) !== undefined) continue;
    const [first] = treatment.cells.values();
    const own = { treatment, settings: new Map(flatten(besidesKey(first))) };
    bySampler.set(treatment.sampler, [...(bySampler.get(treatment.sampler) ?? []), own]);
  }
  return [...bySampler].flatMap(([sampler, own]) => {
    if (own.length < 3) return [];
    const names = [...new Set(own.flatMap(({ settings }) => [...settings.keys()]))].filter(
      (name) => name !== "fingerprint" && new Set(own.map(({ settings }) => settings.get(name))).size > 1,
    );
    if (names.length === 1) return heat(study, group, sampler, own, outcome, [undefined, names[0]]);
    return names.flatMap((row, at) =>
      names.slice(at + 1).flatMap((column) => heat(study, group, sampler, own, outcome, [row, column])),
    );
  });
}

const plain = (name: string): string => name.replace(/^.*\./, "");

function heat(
  study: Study,
  group: Group,
  sampler: string,
  own: readonly Setting[],
  outcome: Outcome,
  [rowName, columnName]: readonly [string | undefined, string],
): readonly Figure[] {
  const valueIn = ({ settings }: Setting, name: string | undefined): string =>
    name === undefined ? sampler : (settings.get(name) ?? "(default)").replaceAll('"', "");
  const [rows, columns] = [rowName, columnName].map((name) => ordered(own.map((one) => valueIn(one, name))));
  // Two settings that always go together are no plane.
  if (rowName !== undefined && own.length <= Math.max(rows.length, columns.length)) return [];
  const values = rows.map((row) =>
    columns.map((column) => {
      const found = own
        .filter((one) => valueIn(one, rowName) === row && valueIn(one, columnName) === column)
        .flatMap(({ treatment }) => [...treatment.cells.values()].flatMap((cell) => scoreOf(cell, outcome) ?? []));
      return found.length === 0 ? null : mean(found);
    }),
  );
  const flat = values.flatMap((line, row) =>
    line.flatMap((value, column) =>
      value === null
        ? []
        : [
            {
              value,
              at: `${rowName === undefined ? "" : `${plain(rowName)} ${rows[row]}, `}${plain(columnName)} ${columns[column]}`,
            },
          ],
    ),
  );
  if (flat.length < 2) return [];
  const better = (a: number, b: number): boolean => (outcome.direction === "higher" ? a > b : a < b);
  const best = flat.reduce((most, one) => (better(one.value, most.value) ? one : most));
  const worst = flat.reduce((most, one) => (better(most.value, one.value) ? one : most));
  const by = rowName === undefined ? plain(columnName) : `${plain(rowName)} and ${plain(columnName)}`;
  return [
    {
      kind: "figure",
      id: idFrom(
        "ablation",
        group.data,
        group.model,
        group.condition,
        sampler,
        rowName ?? "",
        columnName,
        outcome.metric,
        outcome.moment,
      ),
      title: `${placeOf(group)}: ${outcomeText(outcome)} of ${sampler} by ${by}`,
      sentence: `Of ${counted(flat.length, "setting")} the highest mean in the better direction is at ${best.at} (${figure(best.value)}), the lowest at ${worst.at} (${figure(worst.value)}); no test is made between them here.`,
      chart: {
        kind: "heatmap",
        data: {
          rowLabel: rowName === undefined ? "" : plain(rowName),
          columnLabel: plain(columnName),
          rows,
          columns,
          values,
        },
      },
      table: {
        columns: [
          { title: rowName === undefined ? "sampler" : plain(rowName) },
          ...columns.map((title) => ({ title: `${plain(columnName)} ${title}`, align: "right" as const })),
        ],
        rows: rows.map((row, at) => [row, ...values[at].map((value) => entry(value, figure))]),
        note: `Means over folds, seeds and whatever else differs; ${studyName(study)}.`,
      },
    },
  ];
}

/** Numbers in their order, everything else as it appears. */
function ordered(values: readonly string[]): readonly string[] {
  const distinct = [...new Set(values)];
  return distinct.every((value) => Number.isFinite(Number(value)))
    ? distinct.sort((a, b) => Number(a) - Number(b))
    : distinct;
}

/** `synthetic:rows=600,noise=0.1`: the kind of data and its options. */
function optionsOf(data: string): { readonly kind: string; readonly options: ReadonlyMap<string, string> } {
  const [kind, rest = ""] = data.split(/:(.*)/s);
  const pairs = rest.split(",").flatMap((part) => {
    const [name, value] = part.split("=");
    return value === undefined ? [] : [[name, value] as const];
  });
  return { kind, options: new Map(pairs) };
}

/** The leading difference over the values of the one option in which data sets differ. */
function sweeps({ study, primary }: AnalysedStudy, outcome: Outcome): readonly Figure[] {
  const found = primary.find((own) => own.outcome === outcome);
  if (!found || found.perDataSet.length < 2) return [];
  const parsed = found.perDataSet.map((own) => ({ ...own, ...optionsOf(own.data) }));
  if (new Set(parsed.map(({ kind }) => kind)).size > 1) return [];
  const names = [...new Set(parsed.flatMap(({ options }) => [...options.keys()]))];
  const differing = names.filter((name) => new Set(parsed.map(({ options }) => options.get(name))).size > 1);
  if (differing.length !== 1) return [];
  const [name] = differing;
  const points = parsed
    .map(({ options, comparison }) => ({ x: Number(options.get(name) ?? 0), comparison }))
    .sort((a, b) => a.x - b.x);
  if (points.some(({ x }) => !Number.isFinite(x))) return [];
  const [first, last] = [points[0], points[points.length - 1]];
  return [
    {
      kind: "figure",
      id: idFrom("sweep", study.model, study.condition, name, outcome.metric, outcome.moment),
      title: `${found.treatment} - ${found.reference} by ${name}: ${outcomeText(outcome)}, ${studyName(study)}`,
      sentence: `As ${name} goes from ${first.x} to ${last.x}, ${found.treatment} - ${found.reference} goes from ${signed(first.comparison.mean)} (${first.comparison.word}) to ${signed(last.comparison.mean)} (${last.comparison.word}).`,
      chart: {
        kind: "curves",
        data: {
          xLabel: name,
          yLabel: `difference in ${outcome.metric}`,
          references: [{ value: 0, text: "no difference" }],
          series: [
            {
              name: `${found.treatment} - ${found.reference}`,
              points: points.map(({ x, comparison: { mean: y, interval } }) => ({
                x,
                y,
                ...(interval && { low: interval.low, high: interval.high }),
              })),
            },
          ],
        },
      },
      table: {
        columns: [{ title: name, align: "right" }, { title: "difference", align: "right" }, { title: "word" }],
        rows: points.map(({ x, comparison }) => [entry(x, String), entry(comparison.mean, signed), comparison.word]),
        note: "The band is the interval of each value.",
      },
    },
  ];
}
