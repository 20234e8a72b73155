/**
 * `hardbatch explain DATA --weights FILE --row N`: one prediction, its scores label by label, the features that they
 * come from and the training rows that are nearest. How it is found is here, how it is shown in print-explanation.ts.
 */
import { Command } from "commander";
import { backendNames, createBackend } from "../backends/create.ts";
import { hint } from "../data/near-match.ts";
import { denseInputs } from "../data/preparation/inputs.ts";
import { selectRows } from "../data/rows.ts";
import { quoted, UsageError } from "../errors.ts";
import { decide } from "../metrics/rules/rule.ts";
import { type Attribution, attribute } from "../training/attribution.ts";
import { predict } from "../training/prediction.ts";
import { dataArgument, dataDescription, withDataOptions } from "./data.ts";
import { type DecisionOptions, ruleOf, withDecisionOptions } from "./decisions.ts";
import { oneOf, path, wholeNumber } from "./options.ts";
import { type Explanation, printExplanation } from "./print-explanation.ts";
import { printOut } from "./terminal.ts";
import { type ChosenRow, meanOf, neighboursOf, opened, trainingRows } from "./training-rows.ts";
import { openWeights, type WeightsOptions, withWeightsOptions } from "./weights.ts";

interface Options extends ChosenRow, WeightsOptions, DecisionOptions {
  readonly neighbours: number;
  readonly label: readonly string[];
  readonly top: number;
  readonly steps: number;
  readonly baseline: "zero" | "mean";
  readonly backend: string;
  readonly json?: true;
}

/** Labels of which features are shown unless some are named. */
const mostLabels = 5;

export function explainCommand(): Command {
  const command = withDataOptions(new Command("explain"), "features")
    .argument(`<${dataArgument}>`, dataDescription)
    .requiredOption("--row <n>", "the row, from 0", wholeNumber("--row", 0));
  return withDecisionOptions(withWeightsOptions(command), "how scores become decisions (default: as the run chose)")
    .option("--training <file>", "the training data, where they are not DATA: for the nearest rows", path("--training"))
    .option("--neighbours <k>", "nearest training rows", wholeNumber("--neighbours", 0), 5)
    .option(
      "--label <name>",
      `a label whose features are wanted, again for more (default: those that apply, at most ${mostLabels})`,
      (name: string, before: readonly string[]) => [...before, name],
      [],
    )
    .option("--top <n>", "features shown for each label", wholeNumber("--top", 1), 5)
    .option("--steps <n>", "points of integrated gradients", wholeNumber("--steps", 1, 1_000_000), 256)
    .option(
      "--baseline <name>",
      "where integrated gradients begin: zero, the smallest values of training; mean, of the training rows",
      oneOf("--baseline", ["zero", "mean"] as const),
      "zero",
    )
    .option("--backend <name>", backendNames.join(", "), oneOf("--backend", backendNames), "auto")
    .option("--seed <n>", "seed of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--json", "print one JSON object, with every feature")
    .option("--quiet", "print no progress")
    .addHelpText(
      "after",
      "\nHow a row was selected in training is another question: train --row-log FILE and inspect DATA --row N.",
    )
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const saved = await openWeights(options);
  const { model, preprocessing, values, training: record, file } = saved;
  const named = ruleOf(options, record, file);
  const { row, steps } = options;
  const data = await opened(text, options, saved);
  if (row >= data.features.rows) {
    throw new UsageError(`--row ${row}: ${text} has the rows 0 to ${data.features.rows - 1}`);
  }
  const own = selectRows(data.features, [row]);
  const known = await trainingRows(text, data, options, saved);
  const backend = await createBackend(options.backend);
  const scores = await predict(model, values, own, backend, row);
  const decisions = decide(named.rule, scores, model.labels);
  const truth = data.labels && selectRows(data.labels, [row]).values;
  const labels = chosenLabels(options.label, preprocessing.labelNames, { scores, decisions, truth });
  const baseline = options.baseline === "mean" ? meanOf(known.rows) : undefined;
  const attributions = await attribute(model, values, denseInputs(own).values, backend, {
    labels,
    steps,
    ...(baseline && { baseline }),
  });
  const explanation: Explanation = {
    data: data.dataset.name,
    model: model.name,
    weights: file,
    row,
    ...(data.dataset.ids && { id: data.dataset.ids[row] }),
    decisions: named,
    ...(data.without !== undefined && { labelsUnknown: data.without }),
    labels: preprocessing.labelNames.map((name, label) => ({
      name,
      score: scores[label],
      applies: decisions[label] === 1,
      ...(truth && { truth: truth[label] === 1 }),
      ...(record && { trainingSupport: record.counts.positives[label] }),
    })),
    training: known.about,
    neighbours: neighboursOf(own, known, preprocessing.labelNames, options.neighbours),
    baseline: options.baseline,
    steps,
    features: preprocessing.featureNames.map((name, j) => ({ name, value: denseInputs(own).values[j] })),
    attributions,
  };
  if (options.json) printOut(`${JSON.stringify(plain(explanation))}\n`);
  else printOut(printExplanation(explanation, { top: options.top, width: Math.max(80, process.stdout.columns ?? 80) }));
}

/** Typed arrays as lists. */
function plain({ attributions, ...rest }: Explanation): unknown {
  const { labels } = rest;
  return {
    format: "hardbatch explanation 1",
    ...rest,
    attributions: attributions.map(({ label, gradientTimesInput, integratedGradients, ...figures }: Attribution) => ({
      label: labels[label].name,
      ...figures,
      gradientTimesInput: Array.from(gradientTimesInput),
      integratedGradients: Array.from(integratedGradients),
    })),
  };
}

interface Decided {
  readonly scores: Float32Array;
  readonly decisions: Uint8Array;
  readonly truth: Uint8Array | undefined;
}

/** For the end of a message. */
const listed = (names: readonly string[]): string =>
  `; there are ${names.slice(0, 10).map(quoted).join(", ")}${names.length > 10 ? ", ..." : ""}`;

/** The labels asked for, or those that apply or are decided to, the best-scored first, and the best-scored at least. */
function chosenLabels(asked: readonly string[], names: readonly string[], decided: Decided): readonly number[] {
  if (asked.length > 0) {
    return asked.map((name) => {
      const label = names.indexOf(name);
      if (label >= 0) return label;
      throw new UsageError(
        `--label ${quoted(name)}: the weights have no such label${hint(name, names) || listed(names)}`,
      );
    });
  }
  const { scores, decisions, truth } = decided;
  const order = Array.from(names.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
  const applies = order.filter((label) => decisions[label] === 1 || truth?.[label] === 1);
  return (applies.length > 0 ? applies : order.slice(0, 1)).slice(0, mostLabels);
}
