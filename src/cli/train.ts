/**
 * `hardbatch train DATA --out DIR`: one model on one fold. In the folder: history.jsonl (one line an epoch), weights.safetensors
 * (the best so far, replaced whole) and result.json (test metrics and settings), each as soon as there is something to keep.
 */
import { join } from "node:path";
import { Command } from "commander";
import type { Values } from "../backends/backend.ts";
import { encodeCheckpoint } from "../checkpoint.ts";
import { configure, defaultSettings, type Settings } from "../configure.ts";
import { prepare } from "../data/prepare.ts";
import { DivergenceError } from "../divergence.ts";
import { writeAtomically } from "../experiment/atomic.ts";
import { epochRecord, testMetrics } from "../experiment/measure.ts";
import { type Metrics, metricDescriptions } from "../metrics/metrics.ts";
import { modelNames } from "../models/create.ts";
import { samplerNames } from "../samplers/options.ts";
import { type EndEvent, type EpochEvent, train } from "../train.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { Interrupted, interruptible } from "./endings.ts";
import { oneOf, wholeNumber } from "./options.ts";
import { aligned } from "./print.ts";
import { startProgress } from "./progress.ts";
import { backendOf, prepareOptionsOf, settingsOf, type TrainingOptions, withTrainingOptions } from "./settings.ts";

interface Options extends DataOptions, TrainingOptions {
  readonly model: string;
  readonly sampler: string;
  readonly fold: number;
  readonly seed: number;
  readonly out: string;
  readonly json?: true;
  readonly quiet?: true;
}

export function trainCommand(): Command {
  const command = withDataOptions(new Command("train"))
    .description("Train one model on one fold; write its history, best weights and test metrics.")
    .argument(`<${dataArgument}>`, dataDescription)
    .requiredOption("--out <dir>", "folder for history.jsonl, weights.safetensors and result.json")
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
    .option("--json", "print the result as one JSON object")
    .option("--quiet", "print no progress")
    .action((text: string, options: Options) => interruptible((signal) => run(text, options, signal)));
}

async function run(text: string, options: Options, signal: AbortSignal): Promise<void> {
  const { model, sampler, seed, fold, out } = options;
  const dataset = await openDataset(text, options, seed);
  const preparation = { ...prepareOptionsOf(options), seed, fold };
  const data = prepare(dataset, preparation);
  const settings: Settings = { ...settingsOf(options), model, sampler, seed };
  const setup = configure(data, await backendOf(options), settings);
  const described = { data: dataset.name, ...settings, ...preparation };
  const { modelOptions, criterion } = settings;
  const { preprocessing } = data;

  const saveWeights = (values: Values): Promise<void> => {
    const checkpoint = { model: setup.model, modelOptions, preprocessing, settings: described, values };
    return writeAtomically(join(out, "weights.safetensors"), encodeCheckpoint(checkpoint));
  };
  const history: string[] = [];
  const saveEpoch = async (event: EpochEvent): Promise<void> => {
    const drawsPerLabel =
      event.trace && Object.fromEntries(data.labelNames.map((name, j) => [name, event.trace?.drawsPerLabel[j]]));
    history.push(JSON.stringify({ ...epochRecord(event), ...(drawsPerLabel && { drawsPerLabel }) }));
    await writeAtomically(join(out, "history.jsonl"), `${history.join("\n")}\n`);
    if (event.best) await saveWeights(event.best);
  };

  const progress = startProgress(options);
  let backend = "";
  try {
    for await (const event of train({ ...setup, signal })) {
      if (event.kind === "start") {
        backend = event.backend;
        progress.begin(`${model}, ${sampler}, ${dataset.name}, ${backend}`, event.epochs * event.stepsPerEpoch);
      } else if (event.kind === "step") {
        progress.advance();
      } else if (event.kind === "epoch") {
        await saveEpoch(event);
        progress.note(
          `epoch ${event.epoch + 1}, loss ${event.loss.toFixed(4)}, ${criterion} ${event.validation?.[criterion]?.toFixed(4) ?? "-"}`,
        );
      } else {
        progress.end();
        if (event.interrupted) throw new Interrupted();
        const result = { settings: described, backend, bestEpoch: event.bestEpoch, metrics: testMetrics(data, event) };
        await writeAtomically(join(out, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
        process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : summary(result.metrics, event, out));
      }
    }
  } catch (error) {
    if (error instanceof DivergenceError) await saveWeights(error.values);
    throw error;
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
