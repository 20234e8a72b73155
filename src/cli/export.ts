/**
 * `hardbatch export --weights FILE`: trained weights in the formats of others, each option a file: ONNX, a PyTorch
 * state dict, and the preprocessing that a state dict lacks.
 */
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic.ts";
import { decodeModel } from "../saved/model.ts";
import { onnxOpset } from "../saved/onnx/messages.ts";
import { toOnnx } from "../saved/onnx/onnx.ts";
import { printPreprocessing } from "../saved/preprocessing-file.ts";
import { path } from "./options.ts";
import { requireOthers } from "./outputs.ts";
import { printOut } from "./terminal.ts";
import { readInput, writePytorch } from "./weights.ts";

interface Options {
  readonly weights: string;
  readonly onnx?: string;
  readonly pytorch?: string;
  readonly preprocessing?: string;
  readonly quiet?: true;
}

export function exportCommand(): Command {
  return new Command("export")
    .requiredOption("--weights <file>", "weights.safetensors of a training run", path("--weights"))
    .option("--onnx <file>", "an ONNX model: from unscaled features to scores", path("--onnx"))
    .option("--pytorch <file>", "a PyTorch state dict of the published module (safetensors)", path("--pytorch"))
    .option(
      "--preprocessing <file>",
      "columns, scaling and label names as JSON, which go with a state dict",
      path("--preprocessing"),
    )
    .option("--quiet", "print nothing")
    .action(run);
}

async function run({ weights, onnx, pytorch, preprocessing, quiet }: Options): Promise<void> {
  if (onnx === undefined && pytorch === undefined && preprocessing === undefined) {
    throw new UsageError("nothing to write: expected --onnx FILE, --pytorch FILE or --preprocessing FILE");
  }
  await requireOthers({ "--onnx": onnx, "--pytorch": pytorch, "--preprocessing": preprocessing }, [weights]);
  const saved = decodeModel(await readInput("--weights", weights), weights);
  const say = (file: string, what: string): void => {
    if (!quiet) printOut(`${file}: ${what}\n`);
  };
  if (onnx !== undefined) {
    await writeAtomically(onnx, toOnnx(saved));
    say(
      onnx,
      `ONNX, opset ${onnxOpset}, features [rows, ${saved.preprocessing.columns ?? "columns"}] -> scores [rows, ${saved.model.labels}]`,
    );
  }
  if (pytorch !== undefined) {
    await writePytorch(saved.model, saved.values, pytorch);
    say(pytorch, `state dict of ${saved.model.name}`);
  }
  if (preprocessing !== undefined) {
    await writeAtomically(preprocessing, printPreprocessing(saved.preprocessing));
    say(preprocessing, `preprocessing, ${saved.model.features} features, ${saved.model.labels} labels`);
  }
}
