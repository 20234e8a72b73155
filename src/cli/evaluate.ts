/**
 * `hardbatch evaluate DATA --weights FILE`: how good saved weights are on rows with known labels, label by label. The
 * weights know which rows they were trained on, so that `--rows test` scores the others alone.
 */
import { Command } from "commander";
import { backendNames, createBackend } from "../backends/create.ts";
import { fittedFeatures } from "../data/preparation/coding.ts";
import { labelsNamed } from "../data/preparation/locate.ts";
import { selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic.ts";
import { type FiguresAtK, figuresAtK } from "../metrics/at-k-figures.ts";
import { evaluate } from "../metrics/evaluation/evaluate.ts";
import { dataArgument, dataDescription, withDataOptions } from "./data.ts";
import { aboutRule, type DecisionOptions, ruleOf, withDecisionOptions } from "./decisions.ts";
import { labelCsv } from "./evaluation-csv.ts";
import { oneOf, path, wholeNumber } from "./options.ts";
import { requireOthers } from "./outputs.ts";
import { aligned, wrapped } from "./print.ts";
import { printEvaluation } from "./print-evaluation.ts";
import { startProgress } from "./progress.ts";
import { explaining, scoredBlocks } from "./scoring.ts";
import { type Acquaintance, acquaintance, rowsToScore, seenAmong } from "./seen-rows.ts";
import { openSplit, type SplitOptions, withSplitOptions } from "./splits.ts";
import { printOut } from "./terminal.ts";
import { openWeights, type WeightsOptions, withWeightsOptions } from "./weights.ts";

interface Options extends SplitOptions, WeightsOptions, DecisionOptions {
  readonly rows: "all" | "test";
  readonly fold?: number;
  readonly labelsOut?: string;
  readonly draws?: number;
  readonly conventions?: true;
  readonly atK?: true;
  readonly backend: string;
  readonly seed: number;
  readonly csvRaw?: true;
  readonly json?: true;
}

const rowChoices = ["all", "test"] as const;

export function evaluateCommand(): Command {
  const described = withSplitOptions(withDataOptions(new Command("evaluate"), "features")).argument(
    `<${dataArgument}>`,
    dataDescription,
  );
  const command = withWeightsOptions(described)
    .option("--rows <which>", "all, or test: those that training has not seen", oneOf("--rows", rowChoices), "all")
    .option(
      "--fold <i>",
      "with --folds-file: the test fold, from 0 (default: that of the training run)",
      wholeNumber("--fold", 0),
    );
  return withDecisionOptions(command, "how scores become decisions (default: as the run chose, otherwise fixed)")
    .option("--labels-out <file>", "write the label report there, as CSV", path("--labels-out"))
    .option(
      "--draws <n>",
      "of the bootstrap, 0 for no intervals (default: 1000, fewer for millions of entries)",
      wholeNumber("--draws", 0, 1_000_000),
    )
    .option("--at-k", "also P@k, nDCG@k and their propensity-scored forms, k = 1, 3, 5: for data of many labels")
    .option("--conventions", "say of each metric how it is counted")
    .option("--backend <name>", backendNames.join(", "), oneOf("--backend", backendNames), "auto")
    .option("--seed <n>", "seed of the bootstrap and of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--csv-raw", "write names as they are, also those that a spreadsheet would run")
    .option("--json", "print one JSON object")
    .option("--quiet", "print no progress")
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { seed, json, labelsOut, csvRaw, rows: which } = options;
  if (options.foldsFile !== undefined && which === "all")
    throw new UsageError("--folds-file says which rows are test rows: expected --rows test beside it");
  await requireOthers({ "--labels-out": labelsOut }, [text, options.xml, options.weights, options.foldsFile]);
  const { file: weights, ...saved } = await openWeights(options);
  const { preprocessing, training: record, settings, model } = saved;
  const named = ruleOf(options, record, weights);
  const explained = explaining(`${text} does not fit ${weights}`);
  const { labelNames } = preprocessing;
  const dataset = await explained(() =>
    openSplit(text, options, seed, {
      wanted: { features: fittedFeatures(preprocessing), labels: labelNames },
      missing: preprocessing.fill ? "keep" : "error",
    }),
  );
  const allLabels = await explained(() => labelsNamed(dataset, labelNames));
  const known = await acquaintance(dataset, allLabels, preprocessing, record, explained);
  const fold = options.fold ?? (options.foldsFile !== undefined ? foldOf(settings) : 0);
  const rows = rowsToScore(dataset, known, { rows: which, fold, data: text, file: weights });
  const chosen = rows.length === dataset.labels.rows ? dataset : selectRows(dataset, rows);
  const labels = rows.length === allLabels.rows ? allLabels : selectRows(allLabels, rows);
  const scores = new Float32Array(labels.values.length);
  const progress = startProgress(options);
  const backend = await createBackend(options.backend);
  const draws = options.draws ?? defaultDraws(scores.length);
  try {
    if (rows.length > manyRows) progress.begin("scoring, rows", rows.length);
    for await (const block of scoredBlocks({ ...saved, dataset: chosen, backend }, explained)) {
      scores.set(block.scores, block.from * labels.columns);
      if (rows.length > manyRows) progress.advance(block.count);
    }
  } finally {
    progress.end();
  }
  const evaluation = evaluate(labels, scores, {
    labelNames,
    rule: named.rule,
    ...(record && { training: record.counts }),
    draws,
    seed,
  });
  const ranked = options.atK ? figuresAtK(labels, scores, record?.counts) : undefined;
  if (labelsOut !== undefined) await writeAtomically(labelsOut, labelCsv(evaluation.labelReport, csvRaw === true));
  const seen = seenAmong(known, rows);
  if (json) {
    const about = { data: dataset.name, model: model.name, weights, rowsScored: which, rowsSeen: seen ?? null };
    printOut(
      `${JSON.stringify({
        ...{ format: "hardbatch evaluation 1", ...about, decisions: named },
        ...evaluation,
        ...(ranked && { atK: ranked }),
      })}\n`,
    );
    return;
  }
  const width = Math.max(80, process.stdout.columns ?? 80);
  const head = [
    `${dataset.name}, ${model.name}, ${weights}; decisions: ${aboutRule(named)}`,
    aboutRows(known, rows.length, seen),
  ];
  printOut(`${head.flatMap((line) => wrapped([[line]], width)).join("\n")}\n\n`);
  printOut(printEvaluation(evaluation, { width, conventions: options.conventions === true }));
  if (ranked) printOut(`\n${printAtK(ranked)}\n`);
}

/** By the k best-scored labels of each row (docs/folds-and-weights.md says how they are counted). */
const printAtK = (figures: readonly FiguresAtK[]): string =>
  aligned([
    ["k", "P@k", "nDCG@k", "PSP@k", "PSnDCG@k"],
    ...figures.map(({ k, precision, ndcg, propensityPrecision, propensityNdcg }) => [
      String(k),
      ...[precision, ndcg, propensityPrecision, propensityNdcg].map((value) => value.toFixed(4)),
    ]),
  ]);

/** Fewer are scored before anybody could look at a bar. */
const manyRows = 20_000;

/** Two thousand million steps take some ten seconds. */
export const defaultDraws = (entries: number): number =>
  Math.max(100, Math.min(1000, Math.floor(2e9 / Math.max(1, entries))));

const foldOf = ({ fold }: Readonly<Record<string, unknown>>): number => (typeof fold === "number" ? fold : 0);

function aboutRows({ kind }: Acquaintance, count: number, seen: ReturnType<typeof seenAmong>): string {
  if (seen === undefined) {
    const why =
      kind === "other" ? "other data than those of training" : "the weights don't say which rows they have seen";
    return `${count} rows (${why})`;
  }
  const { training, validation } = seen;
  if (training + validation === 0) return `${count} rows that training has not seen`;
  return (
    `${count} rows; note: training has seen ${training + validation} of them (${training} to learn from, ${validation} ` +
    "to choose the epoch), which flatters the figures: --rows test scores the others alone"
  );
}
