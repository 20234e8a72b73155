/**
 * `hardbatch/experiment`: plan a grid of runs, run it, write its results as lines of text and read them again, report
 * them with statistics. Reads and writes no files; the command line does that.
 */

export { DataError, type Place, UsageError } from "../errors.ts";
export { parseArm, parseSweep, type Sweep, sweepArms } from "./arms.ts";
export {
  type Arm,
  type Cell,
  type CellKey,
  type CellRecord,
  type EpochRecord,
  type FailedCell,
  type Failure,
  type LabelRecord,
  type LateMeans,
  type Measured,
  printCell,
  type RunRecord,
} from "./cell.ts";
export type { CellProgress, ProgressStore } from "./cell-progress.ts";
export {
  checkGrid,
  type Grid,
  type GridArm,
  type GridData,
  type GridModel,
  type Own,
  type PlannedCell,
  planGrid,
} from "./grid.ts";
export { type ParsedCells, parseCells } from "./lines.ts";
export { mergeResults, type ResultsSource } from "./merge.ts";
export { epochRecord, testMetrics } from "./record.ts";
export type { CellFigures, Followed } from "./report/cell-figures.ts";
export type { Comparison, Rules, Word } from "./report/comparison.ts";
export type { Contrast } from "./report/contrasts.ts";
export type { Moment, Outcome } from "./report/outcomes.ts";
export { type OverallRanks, overallRanks, type TableOfMeans } from "./report/overall.ts";
export type { Block, ChartData, ChartKind, Entry, Figure, PageTable, Section } from "./report/page.ts";
export { printCsv, printCsvTable } from "./report/print-csv.ts";
export { printDocument } from "./report/print-document.ts";
export { type PageOptions, printHtml } from "./report/print-html.ts";
export { printLatex } from "./report/print-latex.ts";
export { printReport, type ReportFormat } from "./report/print-report.ts";
export {
  buildReport,
  defaultMetrics,
  type Report,
  type ReportOptions,
} from "./report/report.ts";
export type { Difference, ReportRow, ReportTable } from "./report/report-tables.ts";
export type { Column, Table } from "./report/table.ts";
export { type GridEvent, type RunGridOptions, runGrid } from "./run-grid.ts";
export { parseShard, type Shard, shardCells } from "./shard.ts";
export {
  bayesSignedRank,
  correlatedBayesT,
  type Posterior,
  type SignedRankPosteriorOptions,
} from "./statistics/bayes.ts";
export { cohenD, rankBiserial, type WinTieLoss, winTieLoss } from "./statistics/effects.ts";
export { type EquivalenceTest, equivalence } from "./statistics/equivalence.ts";
export { holm } from "./statistics/holm.ts";
export {
  type FriedmanTest,
  friedman,
  type NemenyiTest,
  nemenyi,
  type SignedRankTest,
  wilcoxonSignedRank,
} from "./statistics/rank-tests.ts";
export { type RatioOfTimes, ratioOfTimes } from "./statistics/ratios.ts";
export {
  type BootstrapOptions,
  bootstrapInterval,
  type Interval,
  mean,
  type PairedTTest,
  type PairedTTestOptions,
  pairedDifferences,
  pairedTTest,
  standardDeviation,
} from "./statistics/statistics.ts";
export { type CellStore, type Claim, MemoryStore } from "./store.ts";
export { parseStudy, type Study, type StudyData } from "./study.ts";
