/**
 * `hardbatch train DATA --out DIR`: one model on one fold. What it leaves in the folder is in run-folder.ts.
 */
import { join } from "node:path";
import { Command } from "commander";
import type { Values } from "../backends/backend.ts";
import { DeviceLostError } from "../backends/lost.ts";
import { prepare } from "../data/preparation/prepare.ts";
import { epochRecord, testMetrics } from "../experiment/record.ts";
import { type Metrics, metricDescriptions } from "../metrics/metrics.ts";
import { modelNames } from "../models/create.ts";
import { samplerNames } from "../samplers/create.ts";
import { encodeModel } from "../saved/model.ts";
import { configure } from "../training/configure.ts";
import { DivergenceError } from "../training/divergence.ts";
import type { EndEvent, EpochEvent } from "../training/events.ts";
import { defaultSettings, type RunSettings } from "../training/settings.ts";
import { train } from "../training/train.ts";
import { printConditions } from "./conditions.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { Failed, Interrupted, interruptible } from "./endings.ts";
import { oneOf, path, wholeNumber } from "./options.ts";
import { aligned } from "./print.ts";
import { startProgress } from "./progress.ts";
import { RunFolder } from "./run-folder.ts";
import {
  backendOf,
  optionsFor,
  prepareOptionsOf,
  settingsOf,
  type TrainingOptions,
  withTrainingOptions,
} from "./settings.ts";
import { printOut } from "./terminal.ts";
import { readPytorch, writePytorch } from "./weights.ts";

interface Options extends DataOptions, TrainingOptions {
  readonly model: string;
  readonly sampler: string;
  readonly fold: number;
  readonly seed: number;
  readonly out: string;
  readonly conditions?: true;
  readonly fromPytorch?: string;
  readonly toPytorch?: string;
  readonly json?: true;
  readonly quiet?: true;
}

export function trainCommand(): Command {
  const command = withDataOptions(new Command("train"))
    .description("Train one model on one fold; write its history, best weights and test metrics.")
    .argument(`<${dataArgument}>`, dataDescription)
    .requiredOption("--out <dir>", "folder for history.jsonl, weights.safetensors and result.json", path("--out"))
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
    .option("--from-pytorch <file>", "start from this state dict (safetensors)", path("--from-pytorch"))
    .option(
      "--to-pytorch <file>",
      "also write the best weights as a PyTorch state dict (safetensors)",
      path("--to-pytorch"),
    )
    .option("--json", "print the result as one JSON object")
    .option("--quiet", "print no progress")
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { model, sampler, seed, fold, out } = options;
  const dataset = await openDataset(text, options, seed);
  const preparation = { ...prepareOptionsOf(options), seed, fold };
  const data = prepare(dataset, preparation);
  const given = settingsOf(options);
  const settings: RunSettings = {
    ...given,
    model,
    sampler,
    seed,
    modelOptions: optionsFor("model", model, [model], given.modelOptions),
    samplerOptions: optionsFor("sampler", sampler, [sampler], given.samplerOptions),
  };
  const setup = configure(data, await backendOf(options), settings);
  const described = { data: dataset.name, ...settings, ...preparation };
  const { modelOptions, criterion } = settings;
  const { preprocessing } = data;

  const { fromPytorch, toPytorch } = options;
  const initial = fromPytorch === undefined ? undefined : await readPytorch(setup.model, fromPytorch);

  const folder = await RunFolder.open(out);
  let saved = false;
  const saveWeights = async (values: Values): Promise<void> => {
    const savedModel = { model: setup.model, modelOptions, preprocessing, settings: described, values };
    await folder.saveWeights(encodeModel(savedModel));
    saved = true;
  };
  const saveEpoch = async (event: EpochEvent): Promise<void> => {
    const drawsPerLabel =
      event.trace && Object.fromEntries(data.labelNames.map((name, j) => [name, event.trace?.drawsPerLabel[j]]));
    await folder.addEpoch({ ...epochRecord(event), ...(drawsPerLabel && { drawsPerLabel }) });
    if (event.best) await saveWeights(event.best);
  };

  const progress = startProgress(options);
  const follow = async (signal: AbortSignal): Promise<void> => {
    let backend = "";
    for await (const event of train({
      ...setup,
      ...(initial && { initial }),
      signal,
      conditions: options.conditions === true,
    })) {
      if (event.kind === "start") {
        backend = event.backend;
        const inputs = event.inputs === "sparse" ? ", sparse inputs" : "";
        progress.begin(
          `${model}, ${sampler}, ${dataset.name}, ${backend}${inputs}`,
          event.epochs * event.stepsPerEpoch,
        );
      } else if (event.kind === "step") {
        progress.advance();
      } else if (event.kind === "epoch") {
        await saveEpoch(event);
        progress.note(
          `epoch ${event.epoch + 1}, loss ${event.loss.toFixed(4)}, ${criterion} ${event.validation?.[criterion]?.toFixed(4) ?? "-"}`,
        );
      } else if (event.kind === "end") {
        progress.end();
        if (event.interrupted) throw new Interrupted();
        const { bestEpoch, conditions } = event;
        const metrics = testMetrics(data, event);
        const result = { settings: described, backend, bestEpoch, metrics, ...(conditions && { conditions }) };
        await folder.finish(result);
        if (toPytorch !== undefined) await writePytorch(setup.model, event.values, toPytorch);
        printOut(options.json ? `${JSON.stringify(result)}\n` : summary(metrics, event, out));
        if (conditions && !options.json) printOut(`\n${printConditions(conditions)}`);
      }
    }
  };
  try {
    await interruptible(follow);
  } catch (error) {
    const lost = error instanceof DeviceLostError;
    if (!lost && !(error instanceof DivergenceError)) throw error;
    // What a device last gave away is worth less than the best epoch's weights.
    if (!lost || !saved) await saveWeights(lost ? error.state : error.values);
    throw new Failed(`${error.message}; the last good weights are in ${join(out, "weights.safetensors")}`);
  } finally {
    progress.end();
  }
}

function summary(metrics: Metrics, { bestEpoch, epochs }: EndEvent, out: string): string {
  const rows = metricDescriptions.map(({ name, direction }) => [
    name,
    metrics[name]?.toFixed(4) ?? "-",
    `${direction} is better`,
  ]);
  return `test fold, weights of epoch ${bestEpoch + 1} of ${epochs}:\n${aligned(rows)}\nwritten to ${out}: history.jsonl, weights.safetensors, result.json\n`;
}
