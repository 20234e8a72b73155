/**
 * `hardbatch folds DATA --out FILE`: the folds that train and compare make, as a file for others and for
 * `--folds-file`.
 */
import { Command } from "commander";
import { fingerprint } from "../data/fingerprint.ts";
import { foldQuality } from "../data/preparation/fold-quality.ts";
import { printFolds } from "../data/preparation/folds-file.ts";
import { kFolds } from "../data/preparation/split.ts";
import { writeAtomically } from "../files/atomic.ts";
import { Random } from "../random.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { oneOf, path, wholeNumber } from "./options.ts";
import { requireOthers } from "./outputs.ts";
import { printOut } from "./terminal.ts";

interface Options extends DataOptions {
  readonly out: string;
  readonly folds: number;
  readonly stratification: 1 | 2;
  readonly seed: number;
}

export function foldsCommand(): Command {
  return withDataOptions(new Command("folds"))
    .argument(`<${dataArgument}>`, dataDescription)
    .requiredOption("--out <file>", "where the folds are written", path("--out"))
    .option("--folds <k>", "stratified folds", wholeNumber("--folds", 2), 5)
    .option(
      "--stratification <order>",
      "of labels (1) or also of pairs of them (2)",
      (text) => (oneOf("--stratification", ["1", "2"])(text) === "1" ? 1 : 2),
      1,
    )
    .option("--seed <n>", "seed of the folds and of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--quiet", "print nothing")
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { folds, stratification: order, seed, out, quiet } = options;
  await requireOthers({ "--out": out }, [text, options.xml, options.labelsFile]);
  const dataset = await openDataset(text, { ...options, missing: "zero" }, seed);
  const { labels, name } = dataset;
  // The folds of train and compare.
  const random = new Random(seed).stream("split").stream("folds");
  const tests = kFolds(labels, { folds, order, random }).map(({ test }) => test);
  const method = `iterative stratification of order ${order}, ${folds} folds`;
  const lists = tests.map((test) => [...test]);
  const facts = { data: name, rows: labels.rows, fingerprint: fingerprint(dataset), method, seed, folds: lists };
  await writeAtomically(out, printFolds(facts));
  if (quiet) return;
  const { sizes, emptyPartLabels } = foldQuality(labels, tests);
  printOut(
    `${folds} folds of ${sizes.join(", ")} rows, ${emptyPartLabels} (fold, label) pairs without a positive; written to ${out}\n`,
  );
}
