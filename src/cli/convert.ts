/** `hardbatch data convert DATA --out FILE`: a data set as arrays of NumPy, for programs that read those. */
import { Command } from "commander";
import { encodeNpy } from "../data/formats/npy.ts";
import { encodeNpz } from "../data/formats/npz.ts";
import { denseInputs } from "../data/preparation/inputs.ts";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { path, wholeNumber } from "./options.ts";
import { requireOthers } from "./outputs.ts";
import { printOut } from "./terminal.ts";

interface Options extends DataOptions {
  readonly out: string;
  readonly labelsOut?: string;
  readonly seed: number;
}

export function convertCommand(): Command {
  return withDataOptions(new Command("convert"))
    .description("Write a data set as arrays of NumPy: X, Y and names in a .npz file, or features in a .npy file.")
    .argument(`<${dataArgument}>`, dataDescription)
    .requiredOption("--out <file>", "a name that ends in .npz or .npy", path("--out"))
    .option("--labels-out <file>", "beside a .npy file: the labels as a .npy file", path("--labels-out"))
    .option("--seed <n>", "seed of synthetic data", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--quiet", "print nothing")
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { out, labelsOut, seed, quiet } = options;
  const packed = /\.npz$/i.test(out);
  if (!packed && !/\.npy$/i.test(out)) throw new UsageError(`--out ${out}: expected a name that ends in .npz or .npy`);
  if (packed && labelsOut !== undefined) throw new UsageError("--labels-out: a .npz file holds the labels, too");
  await requireOthers({ "--out": out, "--labels-out": labelsOut }, [text, options.xml, options.labelsFile]);
  const dataset = await openDataset(text, options, seed, { missing: "keep" });
  const { labelNames, labels } = dataset;
  const features = denseInputs(dataset.features);
  const [x, y] = [arrayOf(features), arrayOf(labels)];
  if (packed) {
    const names = { feature_names: { texts: dataset.featureNames }, label_names: { texts: labelNames } };
    await writeAtomically(out, encodeNpz({ X: x, Y: y, ...names }));
  } else {
    await writeAtomically(out, encodeNpy(x));
    if (labelsOut !== undefined) await writeAtomically(labelsOut, encodeNpy(y));
  }
  if (quiet) return;
  const written = labelsOut === undefined ? out : `${out}, ${labelsOut}`;
  printOut(`${written}: ${features.rows} rows, ${features.columns} feature columns, ${labels.columns} labels\n`);
}

const arrayOf = <Values>({ rows, columns, values }: RowsOf<Values>) => ({ shape: [rows, columns], values });

interface RowsOf<Values> {
  readonly rows: number;
  readonly columns: number;
  readonly values: Values;
}
