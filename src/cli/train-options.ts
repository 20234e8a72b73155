/** The options of `hardbatch train`. */
import { Command } from "commander";
import { modelNames } from "../models/create.ts";
import { samplerNames } from "../samplers/create.ts";
import { defaultSettings } from "../training/settings.ts";
import { type CheckpointEvery, checkpointEvery } from "./checkpoint-every.ts";
import { dataArgument, dataDescription, withDataOptions } from "./data.ts";
import { oneOf, path, set, wholeNumber } from "./options.ts";
import { type TrainingOptions, withTrainingOptions } from "./settings.ts";
import { type SplitOptions, withSplitOptions } from "./splits.ts";

export interface TrainCommandOptions extends SplitOptions, TrainingOptions {
  readonly model: string;
  readonly sampler: string;
  readonly fold: number;
  readonly seed: number;
  readonly out?: string;
  readonly resume?: string;
  readonly force?: true;
  readonly checkpointEvery: CheckpointEvery;
  readonly conditions?: true;
  readonly rowLog?: string;
  readonly rows?: readonly number[];
  readonly fromPytorch?: string;
  readonly scores?: string;
  readonly labelsOut?: string;
  readonly csvRaw?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** The command without its action. */
export function trainOptions(): Command {
  const command = withSplitOptions(withDataOptions(new Command("train")))
    .argument(`[${dataArgument}]`, dataDescription)
    .option(
      "--out <dir>",
      "folder for history.jsonl, weights.safetensors, card.md, result.json, run.json",
      path("--out"),
    )
    .option("--resume <dir>", "go on with the run in this folder, to the same bytes", path("--resume"))
    .option("--force", "replace the run that is in the folder of --out")
    .option(
      "--checkpoint-every <interval>",
      "what --resume goes on from: 100steps, 2epochs, 5minutes or never",
      checkpointEvery,
      { epochs: 1 },
    )
    .option("--model <name>", modelNames.join(", "), oneOf("--model", modelNames), defaultSettings.model)
    .option("--sampler <name>", samplerNames.join(", "), oneOf("--sampler", samplerNames), defaultSettings.sampler)
    .option("--fold <i>", "which fold is the test fold, from 0", wholeNumber("--fold", 0), 0);
  return withTrainingOptions(command)
    .option(
      "--seed <n>",
      "of folds, initial weights, noise and drawing",
      wholeNumber("--seed", 0, 2 ** 32 - 1),
      defaultSettings.seed,
    )
    .option("--conditions", "measure what proofs of convergence assume and print what held (docs/convergence.md)")
    .option(
      "--row-log <file>",
      "write how rows stand with the sampler after every epoch: CSV, .csv or .csv.gz (docs/one-row.md)",
      path("--row-log"),
    )
    .option(
      "--rows <list>",
      "the rows of --row-log by their numbers in DATA, from 0 (default: all that are trained on)",
      set("--rows", wholeNumber("--rows", 0)),
    )
    .option("--from-pytorch <file>", "start from this state dict (safetensors)", path("--from-pytorch"))
    .option("--scores <file>", "write row, id, labels and scores of the test rows there, as CSV", path("--scores"))
    .option("--labels-out <file>", "write the label report of the test rows there, as CSV", path("--labels-out"))
    .option("--csv-raw", "write names as they are, also those that a spreadsheet would run")
    .option("--json", "print the result as one JSON object")
    .option("--quiet", "print no progress");
}
