/**
 * `hardbatch report FILE...`: what results files show, as text, Markdown, LaTeX, CSV, JSON or one page of HTML. Reads
 * cells of any number of files; runs nothing.
 */
import { Command } from "commander";
import { DataError, UsageError } from "../errors.ts";
import type { Cell, FailedCell } from "../experiment/cell.ts";
import { mergeResults, type ResultsSource } from "../experiment/merge.ts";
import { counted } from "../experiment/report/figures.ts";
import { printCsv } from "../experiment/report/print-csv.ts";
import { printDocument } from "../experiment/report/print-document.ts";
import { printHtml } from "../experiment/report/print-html.ts";
import { printLatex } from "../experiment/report/print-latex.ts";
import { buildReport, type Report } from "../experiment/report/report.ts";
import { writeAtomically } from "../files/atomic.ts";
import { readResults } from "../files/results.ts";
import { metricNames } from "../metrics/metrics.ts";
import { Failed } from "./endings.ts";
import { list, oneOf, path, quoted, set, wholeNumber } from "./options.ts";
import { requireOthers } from "./outputs.ts";
import { unrunCells } from "./plan.ts";
import { printError, printOut } from "./terminal.ts";

const formats = ["text", "markdown", "latex", "csv", "json", "html"] as const;
type Format = (typeof formats)[number];

/** By the ending of `--out`. */
const endings: Readonly<Record<string, Format>> = {
  txt: "text",
  md: "markdown",
  tex: "latex",
  csv: "csv",
  json: "json",
  html: "html",
  htm: "html",
};

interface Options {
  readonly format?: Format;
  readonly out?: string;
  readonly samplers?: readonly string[];
  readonly metrics?: readonly string[];
  readonly margin?: readonly (readonly [string, number])[];
  readonly alpha: number;
  readonly confidence: number;
  readonly seed: number;
  readonly title?: string;
  readonly times: boolean;
  readonly allowMissing?: true;
  readonly plan?: string;
}

export function reportCommand(): Command {
  return new Command("report")
    .argument("<FILE...>", "results of compare, one line of JSON a cell")
    .option(
      "--format <name>",
      `${formats.join(", ")} (default: by the ending of --out, else text)`,
      oneOf("--format", formats),
    )
    .option("--out <file>", "write there instead of to the terminal", path("--out"))
    .option(
      "--samplers <names>",
      "order of samplers or arms, the baseline first",
      set("--samplers", path("--samplers")),
    )
    .option("--metrics <names>", "metrics of the report", set("--metrics", oneOf("--metrics", metricNames)))
    .option("--margin <list>", "differences that count as none, such as macroAuc=0.005", list("--margin", margin))
    .option("--alpha <number>", "level of Holm's adjusted p", share("--alpha"), 0.05)
    .option("--confidence <number>", "of the intervals", share("--confidence"), 0.95)
    .option("--seed <n>", "of what is drawn at random", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--title <text>", "title of the page", path("--title"))
    .option("--plan <file>", "cells that should be there, as compare --plan FILE writes them", path("--plan"))
    .option("--no-times", "leave times and dates out")
    .option("--allow-missing", "exit with 0 though cells are missing or failed")
    .action(run);
}

function share(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value > 0 && value < 1) return value;
    throw new UsageError(`${option} ${quoted(text)}: expected a number between 0 and 1`);
  };
}

function margin(text: string): readonly [string, number] {
  const [name, value, ...more] = text.split("=");
  const metric = oneOf("--margin", metricNames)(name);
  const number = Number(value);
  if (more.length === 0 && value !== undefined && value.trim() !== "" && number > 0 && Number.isFinite(number))
    return [metric, number];
  throw new UsageError(`--margin ${quoted(text)}: expected a metric and a positive number, such as macroAuc=0.005`);
}

async function run(files: readonly string[], options: Options): Promise<void> {
  const format = formatOf(options);
  await requireOthers({ "--out": options.out }, [...files, options.plan]);
  const { cells, failures, warnings } = await readAll(files);
  for (const warning of warnings) printError(`${warning}\n`);
  const unrun = options.plan === undefined ? [] : await unrunCells(options.plan, [...cells, ...failures]);
  const { samplers, metrics, margin: margins, alpha, confidence, seed, times: timings } = options;
  const report = buildReport(cells, {
    ...{ alpha, confidence, seed, timings, failures, unrun },
    ...(samplers && { samplers }),
    ...(metrics && { metrics }),
    ...(margins && { margins: Object.fromEntries(margins) }),
  });
  const text = print(report, format, options.title);
  if (options.out === undefined) printOut(text);
  else {
    await writeAtomically(options.out, text);
    printOut(`${options.out}: report of ${cells.length} cells\n`);
  }
  const missing = report.missing.length;
  if (missing + failures.length === 0 || options.allowMissing) return;
  throw new Failed(
    `missing: ${counted(missing, "cell")}, failed: ${failures.length} (listed at the report's end; --allow-missing accepts that)`,
  );
}

interface ReadCells {
  readonly cells: readonly Cell[];
  readonly failures: readonly FailedCell[];
  readonly warnings: readonly string[];
}

/** Cells of all files, each once. @throws DataError for a cell with two different results, or no file of that name */
async function readAll(files: readonly string[]): Promise<ReadCells> {
  const sources: ResultsSource[] = [];
  for (const file of files) {
    const parsed = await readResults(file);
    if (parsed.cells.length + parsed.failed.length + parsed.warnings.length === 0)
      throw new DataError({ file }, "there are no cells; expected the results of hardbatch compare");
    sources.push({ file, parsed });
  }
  const { cells, failed, warnings } = mergeResults(sources);
  return { cells, failures: failed, warnings };
}

function formatOf({ format, out }: Options): Format {
  if (format !== undefined) return format;
  if (out === undefined) return "text";
  const ending = /\.([^./\\]+)$/.exec(out)?.[1]?.toLowerCase() ?? "";
  if (Object.hasOwn(endings, ending)) return endings[ending];
  throw new UsageError(
    `--out ${out}: no format goes by the ending ${quoted(ending)}; say --format ${formats.join(", ")}`,
  );
}

function print(report: Report, format: Format, title: string | undefined): string {
  if (format === "json") return `${JSON.stringify(report)}\n`;
  if (format === "csv") return printCsv(report);
  if (format === "latex") return printLatex(report);
  if (format === "html") return printHtml(report, title === undefined ? {} : { title });
  return printDocument(report, format);
}
