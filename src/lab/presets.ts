/**
 * Settings to begin with, good ones and bad ones, each with what to watch and a claim. A test holds every claim over
 * five seeds, so a claim says no more than what really happens.
 */
import type { EpochFigures, Frames, Opened } from "./messages.ts";
import { type Curves, minorityDraws, minorityOf } from "./sentence.ts";
import { defaultState, type LabState, type LaneSettings } from "./state.ts";

/** A finished run, as a claim looks at it. */
export interface Outcome {
  readonly opened: Opened;
  readonly curves: Curves;
  readonly frames: Frames;
}

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly watch: string;
  /** What holds at the end, whatever the seed. */
  readonly claim: string;
  readonly holds: (outcome: Outcome) => boolean;
  readonly state: LabState;
}

const uniform: LaneSettings = { sampler: "uniform", samplerOptions: {} };
const adaptive = (samplerOptions: LaneSettings["samplerOptions"]): LaneSettings => ({
  sampler: "adaptive",
  samplerOptions: { warmUp: 3, ...samplerOptions },
});

const chained = (kappa: number): LaneSettings => ({
  sampler: "adaptiveChain",
  samplerOptions: { warmUp: 3, pressure: 4, kappa },
});

interface Changes extends Partial<Omit<LabState, "shared">> {
  readonly shared?: Partial<LabState["shared"]>;
}

const withDefaults = ({ shared, ...others }: Changes): LabState => ({
  ...defaultState,
  ...others,
  shared: { ...defaultState.shared, ...shared },
});

const last = ({ curves }: Outcome): readonly [EpochFigures, EpochFigures] => curves[curves.length - 1];

/** Mean of a figure over the last quarter of the epochs, for each lane. */
function late({ curves }: Outcome, figure: (figures: EpochFigures) => number): readonly [number, number] {
  const from = Math.min(curves.length - 1, Math.ceil((3 * curves.length) / 4));
  const epochs = curves.slice(from);
  const mean = (lane: 0 | 1): number => epochs.reduce((sum, both) => sum + figure(both[lane]), 0) / epochs.length;
  return [mean(0), mean(1)];
}

/** How much lower the loss of minority rows is on the right after so many epochs, as a share of the left one. */
function minorityGain({ curves }: Outcome, epochs = curves.length): number {
  const [left, right] = curves[epochs - 1];
  return 1 - right.losses.minority / left.losses.minority;
}

const median = (values: Float32Array): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const hard = "synthetic:difficulty=1,imbalance=15";

export const presets: readonly Preset[] = [
  {
    id: "helps",
    title: "Where it helps",
    watch: "Few epochs on data with many hard minority rows: the net still underfits them.",
    claim: "The loss of minority rows ends lower with adaptive selection.",
    holds: (outcome) => minorityGain(outcome) > 0,
    state: withDefaults({
      data: hard,
      shared: { epochs: 12 },
      lanes: [uniform, adaptive({ pressure: 16, warmUp: 1 })],
    }),
  },
  {
    id: "costs",
    title: "Where it costs",
    watch: "Three in ten positives are wrong, and the pressure is high: what hard minority rows gain, the others pay.",
    claim:
      "In the last quarter of the epochs the loss over all rows is higher with adaptive selection, that of minority rows lower.",
    holds: (outcome) => {
      const [left, right] = late(outcome, ({ losses }) => losses.all);
      const [leftMinority, rightMinority] = late(outcome, ({ losses }) => losses.minority);
      return right > left && rightMinority < leftMinority;
    },
    state: withDefaults({
      data: "synthetic:noise=0.3,rows=1200",
      shared: { epochs: 40 },
      lanes: [uniform, adaptive({ pressure: 64, weighting: "none", warmUp: 1 })],
    }),
  },
  {
    id: "nothing",
    title: "Nothing to select",
    watch: "With a pressure of 1 every row has the same chance, whatever its loss: the two differ by chance alone.",
    claim: "n p is 1 for every row, and the effective sample size is all rows.",
    holds: ({ frames, opened }) => frames[1].terms.probability.every((p) => Math.abs(p * opened.rows - 1) < 1e-9),
    state: withDefaults({ shared: { epochs: 20 }, lanes: [uniform, adaptive({ pressure: 1 })] }),
  },
  {
    id: "last-batch",
    title: "The last batch",
    watch:
      "Nobody selects here. Left: an epoch ends with a step on the 5 rows that are left over. Right: batches go on over the end of an epoch and are always full; so it draws 13 % more rows in as many epochs, and the curves run over the rows drawn.",
    claim:
      "n p is 1 for every row in both runs, and yet the loss over all rows ends higher on the left: a difference that may pass for selection.",
    holds: (outcome) => {
      const { frames, opened } = outcome;
      const even = frames.every(({ terms }) => terms.probability.every((p) => Math.abs(p * opened.rows - 1) < 1e-9));
      const [left, right] = last(outcome);
      const more = Math.round(100 * (right.rows / left.rows - 1));
      return even && opened.rows % opened.batchSize === 5 && more === 13 && left.losses.all > right.losses.all;
    },
    state: withDefaults({
      shared: { epochs: 30, batchSize: 61 },
      lanes: [{ sampler: "uniform", samplerOptions: { lastBatch: "short" } }, uniform],
      axis: "rows",
    }),
  },
  {
    id: "order",
    title: "The order of the file",
    watch: "Rows that are sorted by label, as in some published files. Left: in this order. Right: shuffled.",
    claim: "In the last quarter of the epochs the loss over all rows is higher in the order of the file.",
    holds: (outcome) => {
      const [left, right] = late(outcome, ({ losses }) => losses.all);
      return left > right;
    },
    state: withDefaults({
      data: "synthetic:sorted=1",
      shared: { epochs: 20 },
      lanes: [{ sampler: "sequential", samplerOptions: {} }, uniform],
      order: "file",
    }),
  },
  {
    id: "heavy",
    title: "One heavy row",
    watch: "Instance weights times ten. A few rows have a large w; their z is the maximum, and D with it.",
    claim:
      "With the large weights the median row has a lower quantization index: the heavy rows press the others down.",
    holds: ({ frames }) => median(frames[1].terms.index) < median(frames[0].terms.index),
    state: withDefaults({
      data: hard,
      shared: { epochs: 20 },
      lanes: [adaptive({ pressure: 4 }), adaptive({ pressure: 4, weightScale: 10 })],
      colouring: "index",
      order: "value",
    }),
  },
  {
    id: "stale",
    title: "Stale evidence",
    watch: "Left: only the rows of a batch get a new Q, as published. Right: all rows do, after every batch.",
    claim: "On the left some rows have a Q that is not ceil(z / D) any more; on the right none has.",
    holds: ({ frames, opened }) => staleRows(frames[0], opened.rows) > 0 && staleRows(frames[1], opened.rows) === 0,
    state: withDefaults({
      shared: { epochs: 20 },
      lanes: [adaptive({ pressure: 16, refresh: "epoch" }), adaptive({ pressure: 16, refresh: "full" })],
      colouring: "age",
    }),
  },
  {
    id: "pressure",
    title: "How hard to press",
    watch: "The same selection with s = 2, the published default, and with s = 64.",
    claim: "The larger pressure leaves a smaller effective sample: few rows fill the batches.",
    holds: (outcome) => {
      const [left, right] = last(outcome);
      return right.effectiveSampleSize < left.effectiveSampleSize;
    },
    state: withDefaults({
      data: hard,
      shared: { epochs: 20 },
      lanes: [adaptive({ pressure: 2 }), adaptive({ pressure: 64 })],
    }),
  },
  {
    id: "chain",
    title: "A chain of labels",
    watch:
      "Each row of a batch is tied by its labels to the one before: not at all on the left, strongly on the right.",
    claim: "With the chain rows with a minority label are drawn less often, and their loss ends higher.",
    holds: (outcome) => {
      const { frames, opened } = outcome;
      const [left, right] = frames.map(({ terms }) => minorityDraws(terms.draws, minorityOf(opened)));
      return right < left && minorityGain(outcome) < 0;
    },
    state: withDefaults({
      data: hard,
      shared: { epochs: 20 },
      lanes: [chained(0), chained(10)],
    }),
  },
  {
    id: "rivals",
    title: "The rivals",
    watch: "The same rows, chosen by loss (adaptive) and by uncertainty of the predictions.",
    claim:
      "Adaptive selection draws minority rows more often than the others; by how much each does, the sentence above says.",
    holds: ({ frames, opened }) => minorityDraws(frames[0].terms.draws, minorityOf(opened)) > 1,
    state: withDefaults({
      data: hard,
      shared: { epochs: 30 },
      lanes: [adaptive({ pressure: 8 }), { sampler: "uncertainty", samplerOptions: { warmUp: 3 } }],
    }),
  },
];

/** Rows whose index is not the one that their adaptive loss has now. */
function staleRows({ terms, maximum }: Frames[number], rows: number): number {
  return terms.adaptiveLoss.reduce((count, z, row) => {
    const now = maximum === 0 ? 0 : Math.min(rows, Math.ceil(z / (maximum / rows)));
    // z has come through single precision here: an index may differ by one.
    return Math.abs(now - terms.index[row]) > 1 ? count + 1 : count;
  }, 0);
}

/** The preset whose settings are those of the state. */
export const presetOf = (state: LabState): Preset | undefined =>
  presets.find((preset) => JSON.stringify(preset.state) === JSON.stringify({ ...state, hidden: [] }));
