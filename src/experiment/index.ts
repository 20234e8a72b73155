/**
 * `hardbatch/experiment`: plan a grid of runs, run it, write its results as lines of text and read them again, report them with
 * statistics. Reads and writes no files; the command line does that.
 */

export { DataError, type Place, UsageError } from "../errors.ts";
export {
  type Cell,
  type CellKey,
  type EpochRecord,
  type Measured,
  type ParsedCells,
  parseCells,
  printCell,
} from "./cell.ts";
export { type CompareEvent, checkGrid, type Grid, type PlannedCell, planGrid, runGrid } from "./grid.ts";
export { type OverallRanks, overallRanks, type TableOfMeans } from "./report/overall.ts";
export { printReport, type ReportFormat } from "./report/print-report.ts";
export {
  buildReport,
  type Difference,
  defaultMetrics,
  type Report,
  type ReportOptions,
  type ReportRow,
  type ReportTable,
} from "./report/report.ts";
export {
  type FriedmanTest,
  friedman,
  type NemenyiTest,
  nemenyi,
  type SignedRankTest,
  wilcoxonSignedRank,
} from "./statistics/rank-tests.ts";
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
