/**
 * Everything that decides what the page shows, as one plain value: the data, what the runs share, the two lanes, and
 * how they are looked at. The address carries it (address.ts); nothing of a run in progress is in here.
 */
import type { GivenSettings } from "../index.ts";

/** What a cell of the grid is coloured by. */
export const colourings = {
  probability: { symbol: "n p", words: "chance of the next draw, as multiples of the uniform one" },
  loss: { symbol: "l", words: "loss when the row was last seen" },
  weight: { symbol: "w", words: "instance weight" },
  adaptiveLoss: { symbol: "z", words: "adaptive loss, w l" },
  index: { symbol: "Q", words: "quantization index" },
  draws: { symbol: "draws", words: "draws so far" },
  age: { symbol: "age", words: "batches since the row was last seen" },
} as const;

export type Colouring = keyof typeof colourings;

/** In which order the cells stand. */
export const orders = {
  file: "order of the data",
  label: "rarest label",
  value: "value shown",
} as const;

export type Order = keyof typeof orders;

/** What the curves run over. */
export const axes = { epochs: "epochs", steps: "steps", rows: "rows drawn", seconds: "seconds" } as const;

export type Axis = keyof typeof axes;

/** What the runs are computed with. A small net gains nothing by threads, so one is the default. */
export const backends = {
  auto: "wasm on one thread, otherwise js",
  wasm: "wasm, one thread",
  threads: "wasm, all cores (needs an isolated page)",
  js: "js, slower, needs nothing",
  gpu: "gpu",
} as const;

export type LabBackend = keyof typeof backends;

/** Parts of the page that an address may hide, so that a lesson shows only what it needs. */
export const hideable = [
  "controls",
  "data",
  "model",
  "sampler",
  "presets",
  "row",
  "charts",
  "table",
  "export",
] as const;

export type Hideable = (typeof hideable)[number];

/** A sampler with its options, as the settings of a run have them. */
export interface LaneSettings {
  readonly sampler: string;
  readonly samplerOptions: Readonly<Record<string, unknown>>;
}

export const laneNames = ["left", "right"] as const;

export interface LabState {
  /** A text such as `synthetic:rows=600`, or `file:` and the name of a file that the visitor has to give. */
  readonly data: string;
  /** What both lanes share: everything but sampler and its options. */
  readonly shared: Omit<GivenSettings, "sampler" | "samplerOptions">;
  readonly lanes: readonly [LaneSettings, LaneSettings];
  readonly colouring: Colouring;
  readonly order: Order;
  readonly axis: Axis;
  readonly backend: LabBackend;
  readonly hidden: readonly Hideable[];
}

export const defaultState: LabState = {
  data: "synthetic",
  shared: {
    model: "mlp",
    modelOptions: { hidden: [64, 32] },
    epochs: 40,
    batchSize: 64,
    optimiser: { learningRate: 0.002, weightDecay: 1e-4 },
    learningRateWarmUp: 3,
    seed: 1,
  },
  lanes: [
    { sampler: "uniform", samplerOptions: {} },
    { sampler: "adaptive", samplerOptions: { pressure: 4, warmUp: 3 } },
  ],
  colouring: "probability",
  order: "label",
  axis: "epochs",
  backend: "auto",
  hidden: [],
};

/** The settings of one lane's run. */
export function settingsOf({ shared, lanes }: LabState, lane: 0 | 1): GivenSettings {
  return { ...shared, ...lanes[lane] };
}

/** Whether two states give the same runs, so that changing one into the other needs no new start. */
export function sameRuns(a: LabState, b: LabState): boolean {
  const runs = ({ data, shared, lanes, backend }: LabState): string => JSON.stringify([data, shared, lanes, backend]);
  return runs(a) === runs(b);
}
