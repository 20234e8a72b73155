/**
 * Trained weights that options name: a saved model, a PyTorch state dict in its place, or a state dict with the model's
 * name and a file of preprocessing.
 */
import type { Command } from "commander";
import type { Values } from "../backends/backend.ts";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic.ts";
import { mostBytes, mostTextBytes, readOrdinary } from "../files/ordinary.ts";
import { createModel, modelNames } from "../models/create.ts";
import type { Model } from "../models/model.ts";
import { Random } from "../random.ts";
import { decodeModel, type SavedModel } from "../saved/model.ts";
import { readPreprocessing } from "../saved/preprocessing-file.ts";
import { fromPytorch, toPytorch } from "../saved/pytorch.ts";
import { decodeSafetensors, encodeSafetensors } from "../saved/safetensors.ts";
import { oneOf, path } from "./options.ts";
import { collect, type Given, optionsFor } from "./settings.ts";
import { printError } from "./terminal.ts";

export interface WeightsOptions {
  readonly weights?: string;
  readonly fromPytorch?: string;
  readonly model?: string;
  readonly modelOption: Given;
  readonly preprocessing?: string;
  readonly quiet?: true;
}

/** Adds the options that name trained weights; `openWeights` reads them. */
export function withWeightsOptions(command: Command): Command {
  return command
    .option("--weights <file>", "weights.safetensors of a training run", path("--weights"))
    .option(
      "--from-pytorch <file>",
      "this state dict (safetensors) in the place of the weights; without --weights it takes --model and --preprocessing",
      path("--from-pytorch"),
    )
    .option("--model <name>", "what the state dict is of", oneOf("--model", modelNames))
    .option("--model-option <key=value>", "any option that it was made with", collect("--model-option"), {})
    .option(
      "--preprocessing <file>",
      "columns, scaling and labels for it, as hardbatch export --preprocessing writes them",
      path("--preprocessing"),
    );
}

/**
 * What the options mean, and what messages call it.
 * @throws UsageError where they name nothing, or too much
 */
export async function openWeights(options: WeightsOptions): Promise<SavedModel & { readonly file: string }> {
  const { weights, fromPytorch, model, modelOption, preprocessing } = options;
  if (weights === undefined) return foreignModel(options);
  const beside = [
    ...(model === undefined ? [] : ["--model"]),
    ...(Object.keys(modelOption).length === 0 ? [] : ["--model-option"]),
    ...(preprocessing === undefined ? [] : ["--preprocessing"]),
  ];
  if (beside.length > 0) throw new UsageError(`${beside[0]} beside --weights: ${weights} says that itself`);
  const saved = decodeModel(await readInput("--weights", weights), weights);
  if (fromPytorch === undefined) return { ...saved, file: weights };
  // How the weights were made, on which rows and with which thresholds says nothing of those in their place.
  const { origin: _, training: _training, ...rest } = saved;
  return { ...rest, settings: {}, values: await readPytorch(saved.model, fromPytorch, options), file: fromPytorch };
}

async function foreignModel({
  fromPytorch,
  model: name,
  modelOption,
  preprocessing: file,
  quiet,
}: WeightsOptions): Promise<SavedModel & { readonly file: string }> {
  if (fromPytorch === undefined || name === undefined || file === undefined) {
    throw new UsageError(
      "no weights: expected --weights FILE, or --from-pytorch FILE --model NAME --preprocessing FILE together",
    );
  }
  const preprocessing = readPreprocessing(
    new TextDecoder().decode(await readInput("--preprocessing", file, mostTextBytes)),
    file,
  );
  const modelOptions = optionsFor("model", name, [name], modelOption);
  const model = createModel(name, {
    features: preprocessing.featureNames.length,
    labels: preprocessing.labelNames.length,
    options: modelOptions,
    random: new Random(0),
  });
  const values = await readPytorch(model, fromPytorch, quiet ? { quiet } : {});
  return { model, modelOptions, preprocessing, settings: {}, values, file: fromPytorch };
}

/** The bytes of the file that `option` names. @param most bytes that it may have */
export async function readInput(option: string, file: string, most = mostBytes): Promise<Uint8Array> {
  try {
    return await readOrdinary(file, most);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new UsageError(`${option} ${file}: there is no such file`);
    if (code === "EISDIR")
      throw new UsageError(
        `${option} ${file} is a folder: ` +
          `expected ${option === "--weights" ? "the weights.safetensors in it, or another" : "a"} file`,
      );
    throw error;
  }
}

/** Parameters and buffers by our names, from `--from-pytorch FILE`; changes of names are reported unless quiet. */
export async function readPytorch(
  model: Model,
  file: string,
  { quiet }: { readonly quiet?: true | undefined },
): Promise<Values> {
  const { tensors } = decodeSafetensors(await readInput("--from-pytorch", file), file);
  return fromPytorch(model, tensors, file, (note) => {
    if (!quiet) printError(`${file}: ${note}\n`);
  });
}

/**
 * Writes `--pytorch FILE`: what `load_state_dict(safetensors.torch.load_file(FILE))` of the published module takes.
 */
export function writePytorch(model: Model, values: Values, file: string): Promise<void> {
  return writeAtomically(file, encodeSafetensors(toPytorch(model, values)));
}
