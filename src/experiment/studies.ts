/** Studies that are known by name. Each asks one question; data sets are given on the command line, or synthetic. */
import { parseStudy, type Study } from "./study.ts";

const seeds = [1, 2];
const fast = { epochs: 30, optimiser: { learningRate: 0.001 } };

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
};

export const studyNames: readonly string[] = Object.keys(studies);

/** The study of that name; undefined where there is none. */
export function studyNamed(name: string): Study | undefined {
  return Object.hasOwn(studies, name) ? parseStudy(studies[name], `study ${name}`) : undefined;
}
