/** What is refused before a run begins: options that do not fit together, and a sampler that remembers another run. */
import { UsageError } from "../errors.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { firstNonFinite } from "./finite.ts";
import type { TrainOptions } from "./train.ts";

/** Row numbers travel to devices in single precision. */
const exactRows = 2 ** 24;

/**
 * The samplers of runs that have begun. A sampler remembers what it drew, so a second run would start in its middle.
 */
const trained = new WeakSet<Sampler>();

/** @throws UsageError for what can't be trained */
export function admit(options: TrainOptions): void {
  const { sampler, features, labels, rows, epochs, checkpoint } = options;
  if (!Number.isInteger(epochs) || epochs < 1)
    throw new UsageError(`epochs ${epochs}: expected a whole number of at least 1`);
  if (features.rows !== labels.rows) {
    throw new UsageError(`train: ${features.rows} rows of features, but ${labels.rows} rows of labels`);
  }
  if (sampler.rows !== rows.training.length) {
    throw new UsageError(
      `train: the sampler is for ${sampler.rows} rows, but there are ${rows.training.length} training rows`,
    );
  }
  if (features.rows > exactRows) {
    throw new UsageError(`train: ${features.rows} rows; devices count up to ${exactRows} exactly in single precision`);
  }
  for (const [part, list] of Object.entries(rows)) {
    const wrong = list.find((row: number) => row < 0 || row >= features.rows);
    if (wrong !== undefined) throw new UsageError(`train: ${part} row ${wrong} is not in 0..${features.rows - 1}`);
  }
  const unfit = options.initial && firstNonFinite(options.initial);
  if (unfit) throw new UsageError(`train: the initial values of ${unfit} are not all finite`);
  if (!checkpoint && (trained.has(sampler) || sampler.epoch > 0)) {
    throw new UsageError(
      `train: the sampler ${sampler.name} has been trained with before; ` +
        "configure a new run, or go on from a checkpoint of the old one",
    );
  }
  trained.add(sampler);
}
