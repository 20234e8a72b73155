/**
 * The question over several data sets: do the treatments differ at all? Each data set counts once, with its mean
 * (Demsar 2006): Wilcoxon's test for two treatments, Friedman's (Iman and Davenport's F) with Nemenyi's critical
 * difference for more.
 */
import type { MetricName } from "../../metrics/metrics.ts";
import { friedman, nemenyi, wilcoxonSignedRank } from "../statistics/rank-tests.ts";

/** What is read of a report's table. */
export interface TableOfMeans {
  readonly data: string;
  readonly model: string;
  readonly condition?: string;
  readonly treatments: readonly { readonly name: string }[];
  readonly rows: readonly {
    readonly metric: MetricName;
    readonly direction: "higher" | "lower";
    readonly treatment: string;
    readonly mean: number | null;
  }[];
}

/** Treatments by their ranks over data sets. */
export interface OverallRanks {
  readonly model: string;
  readonly condition?: string;
  readonly metric: MetricName;
  /** In which every treatment has a mean. */
  readonly data: readonly string[];
  readonly treatments: readonly { readonly name: string; readonly averageRank: number }[];
  readonly test: "Wilcoxon" | "Friedman";
  readonly pValue: number;
  /** Average ranks further apart than this differ at 5 %; for three or more treatments. */
  readonly criticalDifference: number | null;
}

/** For each model and metric with at least two data sets and two treatments. Data sets that lack one are left out. */
export function overallRanks(tables: readonly TableOfMeans[]): readonly OverallRanks[] {
  const studies = new Map(
    tables.map(({ model, condition }) => [JSON.stringify([model, condition]), { model, condition }]),
  );
  return [...studies.values()].flatMap(({ model, condition }) => {
    const own = tables.filter((table) => table.model === model && table.condition === condition);
    const names = [...new Set(own.flatMap(({ treatments }) => treatments.map(({ name }) => name)))];
    const metrics = [...new Set(own.flatMap(({ rows }) => rows.map(({ metric }) => metric)))];
    return metrics
      .flatMap((metric) => ranksOf(own, model, metric, names) ?? [])
      .map((ranks) => (condition === undefined ? ranks : { ...ranks, condition }));
  });
}

function ranksOf(
  tables: readonly TableOfMeans[],
  model: string,
  metric: MetricName,
  names: readonly string[],
): OverallRanks | null {
  const blocks = tables.flatMap(({ data, rows }) => {
    const own = rows.filter((row) => row.metric === metric);
    const means = names.flatMap((name) => own.find(({ treatment }) => treatment === name)?.mean ?? []);
    return means.length === names.length ? [{ data, means, direction: own[0].direction }] : [];
  });
  if (blocks.length < 2 || names.length < 2) return null;
  const ranked = friedman(
    blocks.map(({ means }) => means),
    blocks[0].direction,
  );
  const two = names.length === 2;
  return {
    model,
    metric,
    data: blocks.map(({ data }) => data),
    treatments: names.map((name, index) => ({ name, averageRank: ranked.averageRanks[index] })),
    test: two ? "Wilcoxon" : "Friedman",
    pValue: two
      ? wilcoxonSignedRank(blocks.map(({ means: [first, second] }) => second - first)).pValue
      : (ranked.fPValue ?? ranked.chiSquaredPValue),
    criticalDifference: two ? null : nemenyi(ranked).criticalDifference,
  };
}
