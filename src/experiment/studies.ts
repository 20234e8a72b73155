/** Studies that are known by name. Each asks one question; data sets are given on the command line, or synthetic. */
import { parseStudy, type Study } from "./study.ts";

const seeds = [1, 2];
const fast = { epochs: 30, optimiser: { learningRate: 0.001 } };

const published = { epochs: 100, optimiser: { learningRate: 1e-4, weightDecay: 1e-4 }, learningRateWarmUp: 3 };

/**
 * From the published baseline to the method, one difference a step: A6 - A4 is selection itself. All of it is one list,
 * so that pages and reports cite the same.
 */
const decomposition = [
  {
    name: "A0",
    why: "the published baseline: rows in file order, a short last batch, no decay, no warm-up of the rate",
    settings: {
      sampler: "sequential",
      samplerOptions: { lastBatch: "short" },
      optimiser: { weightDecay: 0 },
      learningRateWarmUp: 0,
    },
  },
  {
    name: "A1",
    why: "A0 with decay and warm-up of the rate",
    settings: { sampler: "sequential", samplerOptions: { lastBatch: "short" } },
  },
  { name: "A2", why: "A1, shuffled", settings: { sampler: "uniform", samplerOptions: { lastBatch: "short" } } },
  { name: "A3", why: "A2 with full batches", settings: { sampler: "uniform", samplerOptions: { lastBatch: "carry" } } },
  { name: "A4", why: "drawn, but every row alike", settings: { sampler: "adaptive", samplerOptions: { pressure: 1 } } },
  {
    name: "A5",
    why: "selection by loss alone",
    settings: { sampler: "adaptive", samplerOptions: { pressure: 2, weighting: "none" } },
  },
  {
    name: "A6",
    why: "the method",
    settings: { sampler: "adaptive", samplerOptions: { pressure: 2, weighting: "imbalance" } },
  },
  {
    name: "A7",
    why: "A6 under more pressure",
    settings: { sampler: "adaptive", samplerOptions: { pressure: 16, weighting: "imbalance" } },
  },
  {
    name: "A8",
    why: "A6 with a chain of labels",
    settings: { sampler: "adaptiveChain", samplerOptions: { pressure: 2, kappa: 1 } },
  },
];

const studies: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  quick: {
    why: "Does selection change anything on these data? One seed and a small budget.",
    arms: ["uniform", "adaptive"],
    settings: fast,
  },
  pressure: {
    why: "How strong should selection be? s = 1 draws every row alike.",
    arms: ["uniform", "adaptive"],
    sweep: { pressure: [1, 2, 4, 8, 16, 64] },
    seeds,
    settings: fast,
  },
  "batch-size": {
    why: "Does the difference depend on the size of the batches?",
    arms: ["uniform", "adaptive"],
    sweep: { batchSize: [16, 32, 64, 128, 256] },
    seeds,
    settings: fast,
  },
  weighting: {
    why: "What do the instance weights add to the losses?",
    arms: ["uniform", "adaptive:weighting=none", "adaptive:weighting=global", "adaptive:weighting=imbalance"],
    seeds,
    settings: fast,
  },
  hardness: {
    why: "Is cross-entropy the right measure of a hard row?",
    arms: ["uniform", "adaptive"],
    sweep: { hardness: ["bce", "focal", "asymmetric", "error", "ranking"] },
    seeds,
    settings: fast,
  },
  quantization: {
    why: "What does the quantization index do beside the loss itself, ranks or quantiles?",
    arms: ["uniform", "adaptive"],
    sweep: { quantization: ["index", "continuous", "rank", "quantile"] },
    seeds,
    settings: fast,
  },
  chain: {
    why: "When does a chain of labels help, and when does it harm?",
    arms: ["uniform", "adaptive", "adaptiveChain:kappa=0", "adaptiveChain:kappa=1", "adaptiveChain:kappa=10"],
    seeds,
    settings: fast,
  },
  noise: {
    why: "Is selection by loss misled by wrong labels? Every seed has data of its own.",
    data: [0, 0.1, 0.2, 0.3].map((noise) => ({ data: `synthetic:noise=${noise}` })),
    arms: ["uniform", "adaptive", "adaptive:pressure=16"],
    seeds: [1, 2, 3],
    freshData: true,
    settings: fast,
  },
  rivals: {
    why: "What do other rules of selection do on the same budget?",
    arms: ["uniform", "adaptive", "balanced", "onlineBatch", "activeBias", "recencyBias", "uncertainty", "d2ace"],
    seeds,
    settings: fast,
  },
  losses: {
    why: "Does weighing hard or rare entries in the loss do what preferring rows in the draws does?",
    arms: [
      "uniform",
      "adaptive",
      "uniform:model.loss=focal",
      "uniform:model.loss=asymmetric",
      "uniform:model.loss=classBalanced",
      "reweighted",
    ],
    models: ["mlp"],
    seeds,
    settings: fast,
  },
  verdict: {
    why: "Is it the selection? The published gain in steps, on the published split.",
    arms: decomposition,
    seeds,
    settings: { ...published, fitOn: "training", validationFrom: "test", keep: "last" },
  },
};

export const studyNames: readonly string[] = Object.keys(studies);

/** The study of that name; undefined where there is none. */
export function studyNamed(name: string): Study | undefined {
  return Object.hasOwn(studies, name) ? parseStudy(studies[name], `study ${name}`) : undefined;
}
