/** The job in hardbatch, as one process does it; and what PyTorch needs to do the same. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createBackend } from "../../src/backends/create.ts";
import { loadDataset } from "../../src/data/load.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { selectRows } from "../../src/data/rows.ts";
import { metrics } from "../../src/metrics/metrics.ts";
import { toPytorch } from "../../src/saved/pytorch.ts";
import { encodeSafetensors, type StoredTensor } from "../../src/saved/safetensors.ts";
import { configure } from "../../src/training/configure.ts";
import { datasetLeaves, trainingProgram } from "../../src/training/step.ts";
import { type TrainOptions, train } from "../../src/training/train.ts";
import { productOperations } from "../step/cell.ts";

export interface JobSettings {
  /** The ARFF file; its XML beside it. */
  readonly data: string;
  readonly model: string;
  readonly epochs: number;
  readonly threads: number;
}

/** The published settings, for both. */
const fixed = { learningRate: 1e-4, weightDecay: 1e-4, batch: 128, pressure: 2, warmUp: 3 } as const;

export interface JobResult {
  readonly description: string;
  /** Mean of each epoch's batches. */
  readonly losses: readonly number[];
  /** Of the test rows. */
  readonly macroAuc: number;
  /** Seconds by part. */
  readonly spent: Readonly<Record<string, number>>;
  /** Rows of all batches; of ours alone. */
  readonly rowsSeen?: number;
}

async function configured({ data, model, epochs, threads }: JobSettings, mark: (part: string) => void = () => {}) {
  const dataset = await loadDataset(data);
  const prepared = prepare(dataset, { seed: 1, featureShare: 1 });
  mark("load");
  const { learningRate, weightDecay, batch, pressure, warmUp } = fixed;
  const run = configure(prepared, await createBackend("wasm", { threads }), {
    ...{
      model,
      epochs,
      batchSize: batch,
      optimiser: { learningRate, weightDecay },
      learningRateWarmUp: 0,
      keep: "last",
      seed: 1,
    },
    sampler: "adaptive",
    samplerOptions: { pressure, warmUp, warmUpOrder: "sequential", lastBatch: "short" },
  });
  mark("neighbours");
  return { dataset, prepared, run };
}

/** The whole job of a job file. */
export async function ourJob(file: string): Promise<JobResult> {
  const settings: JobSettings = JSON.parse(readFileSync(file, "utf8"));
  const spent: Record<string, number> = { start: performance.now() / 1000 };
  let last = performance.now();
  const mark = (part: string): void => {
    const now = performance.now();
    spent[part] = (spent[part] ?? 0) + (now - last) / 1000;
    last = now;
  };
  const { prepared, run } = await configured(settings, mark);
  const losses: number[] = [];
  let description = "";
  let rowsSeen = 0;
  for await (const event of train(run)) {
    if (event.kind === "start") description = `hardbatch ${event.backend}, ${event.inputs} inputs`;
    // The last step of an epoch comes before its validation rows are scored.
    if (event.kind === "step") mark("training");
    if (event.kind === "epoch") {
      losses.push(event.loss);
      rowsSeen = event.rowsSeen;
      mark("scoring");
    }
    if (event.kind !== "end") continue;
    const labels = selectRows(prepared.labels, prepared.rows.test);
    const { macroAuc } = metrics(labels, event.testScores);
    mark("scoring");
    return { description, losses, macroAuc: macroAuc ?? Number.NaN, spent, rowsSeen };
  }
  throw new Error("the run has no end");
}

/** Multiplications and additions of the matrix products of a training step, for each of its rows. */
function operationsOf({ model, optimiser, features, labels, sampler }: TrainOptions): number {
  const { needs } = sampler;
  const dataset = datasetLeaves(features, labels);
  const step = trainingProgram({ model, optimiser, dataset, batch: fixed.batch, needs, weighted: false });
  return productOperations(step) / fixed.batch;
}

/**
 * The job without its epochs, and beside it the weights that it begins with, under their PyTorch names; and the
 * operations of a row's training.
 */
export async function jobFiles(settings: JobSettings, folder: string) {
  const { dataset, prepared, run } = await configured(settings);
  const { model } = run;
  const initial = Object.fromEntries(
    [...model.parameters, ...model.buffers].map(({ name, initial }) => [name, initial]),
  );
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of toPytorch(model, initial)) tensors.set(`weight/${name}`, tensor);
  const weights = join(folder, "weights.safetensors");
  writeFileSync(weights, encodeSafetensors(tensors));
  const { training, validation, test } = prepared.rows;
  // Scaling is fitted on the fold, of which the validation rows are a part.
  const rows = {
    training: [...training],
    validation: [...validation],
    test: [...test],
    fitted: [...training, ...validation],
  };
  const labels = { labels: prepared.labelNames, allLabels: dataset.labelNames };
  return { job: { ...settings, ...fixed, ...rows, ...labels, weights }, operationsPerRow: operationsOf(run) };
}
