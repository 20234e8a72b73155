/**
 * The method of the project: rows are drawn by the quantized adaptive loss, which highlights hard and imbalanced rows.
 * Keeps z, its maximum and the table of selection weights up to date in O(log n) a row; the weights w come from
 * outside.
 */

import * as v from "valibot";
import { choice, forPrograms, option, whole } from "../options.ts";
import { AdaptiveTable, type Refresh, refreshes } from "./adaptive-table.ts";
import { type Quantization, quantizations } from "./draw/quantize.ts";
import type { SamplerSetup } from "./frame/epochs.ts";
import { imbalanceOptions, instanceWeights } from "./frame/instance-weights.ts";
import { samplerKind, setupOf, tableOptions } from "./frame/kind.ts";
import { checkWarmUp, type TableOptions, tableSampler } from "./frame/table.ts";
import { type HardnessKind, hardness, hardnesses } from "./hardness.ts";
import type { Sampler } from "./sampler.ts";

export const adaptiveDefaults = { pressure: 2, schedule: "constant", warmUp: 3 } as const;

/** The options that the adaptive sampler and its label-correlation variant share. */
const { pressure, ...others } = tableOptions(adaptiveDefaults);
export const adaptiveOptions = {
  pressure,
  ...imbalanceOptions,
  refresh: option("when draws see what was observed; epoch is published", choice(refreshes), "epoch"),
  hardness: option("what makes a row hard; bce is published", choice(hardnesses), "bce"),
  quantization: option("from hardness to the exponent of s; index is published", choice(quantizations), "index"),
  coolDown: option("epochs at the end that draw with s = 1", whole(0), 0),
  ...others,
  weights: forPrograms(v.instance(Float64Array)),
};

export const adaptive = samplerKind({
  name: "adaptive",
  draws: "hard and imbalanced rows",
  source: "paper arXiv 2403.18192 and code",
  options: v.strictObject(adaptiveOptions),
  make: (request, options) =>
    adaptiveSampler(setupOf(request, options), { ...options, weights: instanceWeights("adaptive", request, options) }),
});

export interface AdaptiveOptions extends TableOptions {
  /** `[rows]` the instance weights w, positive and finite; all 1 by default. */
  readonly weights?: Float64Array;
  readonly refresh?: Refresh;
  readonly hardness?: HardnessKind;
  readonly quantization?: Quantization;
  /** Epochs at the end that draw with s = 1. */
  readonly coolDown?: number;
}

/**
 * z_i = w_i l_i, D = max z / n, Q_i = ceil(z_i / D), p_i ~ s^(Q_i / n); rows never seen have z = 0.
 * Defaults: pressure 2, constant; warm-up 3 epochs; refresh each epoch. Needs `rowLosses`.
 * Source: arXiv 2403.18192 and the authors' code; `batch`, `full`, falling pressures, `unbiased` and the shuffled
 * warm-up are ours.
 *
 * @throws UsageError for an option out of range, or weights that don't fit the rows.
 */
export function adaptiveSampler(setup: SamplerSetup, options: AdaptiveOptions = {}): Sampler {
  const warmUp = checkWarmUp(options.warmUp ?? adaptiveDefaults.warmUp);
  return tableSampler(setup, adaptiveTable("adaptive", setup, options, warmUp), { ...options, warmUp });
}

/** The table of the adaptive sampler, which its label-correlation variant shares. */
export function adaptiveTable(
  name: string,
  setup: SamplerSetup,
  options: AdaptiveOptions,
  warmUp: number,
): AdaptiveTable {
  const { pressure, schedule, refresh = "epoch", quantization = "index" } = { ...adaptiveDefaults, ...options };
  const { hardness: kind = "bce", coolDown = 0 } = options;
  const rows = setup.labels.rows;
  const weights = options.weights ?? new Float64Array(rows).fill(1);
  const falling = setup.epochs === undefined ? {} : { epochs: setup.epochs };
  const settings = {
    pressure,
    schedule,
    refresh,
    hardness: kind,
    quantization,
    coolDown,
    ...(coolDown > 0 && falling),
  };
  const measured = hardness(kind, setup.labels);
  return new AdaptiveTable(
    name,
    weights,
    { pressure, schedule, warmUp, coolDown, ...falling },
    settings,
    measured,
    rows,
  );
}
