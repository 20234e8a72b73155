/**
 * Made-up cells of a whole study with everything that can be measured: what the page's tests are shown. The numbers
 * mean nothing.
 */
import type { Cell, EpochRecord } from "../../../src/experiment/cell.ts";
import { Random } from "../../../src/random.ts";

export interface StudyOptions {
  readonly data?: readonly string[];
  readonly arms?: readonly string[];
  readonly folds?: number;
  readonly seeds?: readonly number[];
  readonly epochs?: number;
}

const arms = ["A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"];
const samplers = ["sequential", "sequential", "uniform", "uniform", ...Array(4).fill("adaptive"), "adaptiveChain"];

const optionsOf = (index: number): Cell["settings"] =>
  index < 4
    ? { lastBatch: index === 3 ? "carry" : "short" }
    : { pressure: index === 4 ? 1 : index === 7 ? 16 : 2, weighting: index === 5 ? "none" : "imbalance" };

/** What each arm adds to the score. */
const gains = [0, 0.001, 0.008, 0.003, 0.004, 0.0002, 0.0004, -0.002, 0.0006];

export function studyCells(options: StudyOptions = {}): readonly Cell[] {
  const { data = ["emotions", "scene", "yeast"], folds = 3, seeds = [1], epochs = 12 } = options;
  const names = options.arms ?? arms;
  return data.flatMap((set, place) =>
    seeds.flatMap((seed) =>
      Array.from({ length: folds }, (_, fold) =>
        names.map((name, index) => cellOf({ set, place, seed, fold, name, index, epochs })),
      ).flat(),
    ),
  );
}

interface At {
  readonly set: string;
  readonly place: number;
  readonly seed: number;
  readonly fold: number;
  readonly name: string;
  readonly index: number;
  readonly epochs: number;
}

function cellOf({ set, place, seed, fold, name, index, epochs }: At): Cell {
  const random = new Random(seed).stream(`${set} ${fold} ${name}`);
  const shared = new Random(seed).stream(`${set} ${fold}`);
  const base = 0.75 + 0.04 * (place % 4) + 0.01 * shared.normal();
  const gain = gains.slice(0, (index % gains.length) + 1).reduce((sum, own) => sum + own, 0);
  const end = base + gain + 0.001 * random.normal();
  const history = Array.from({ length: epochs }, (_, epoch): EpochRecord => {
    const rise = 1 - Math.exp(-(epoch + 1) / (2.5 - 0.1 * index));
    const score = end - 0.2 * (1 - rise) + 0.0015 * random.normal();
    const loss = 0.25 + 0.4 * (1 - rise) + 0.003 * random.normal();
    const selecting = index >= 5 ? 0.1 : 0;
    return {
      epoch,
      loss,
      validation: { macroAuc: score, macroAveragePrecision: score - 0.2 },
      test: { macroAuc: score + 0.002 * random.normal(), macroAveragePrecision: score - 0.2 + 0.004 * random.normal() },
      steps: (epoch + 1) * 10,
      rowsSeen: (epoch + 1) * 1280,
      seconds: (epoch + 1) * (0.4 + 0.01 * index),
      losses: { all: loss - 0.02, minorityRows: loss + 0.1 - selecting, otherRows: loss - 0.04 + selecting / 4 },
      sampler: {
        entropy: 6.2 - selecting * rise,
        effectiveSampleSize: 400 - 900 * selecting * rise,
        minorityShare: 0.24 + selecting * rise,
        neverDrawn: 120 * Math.exp(-epoch / 2),
        meanAge: 1 + selecting * 3,
        maxAge: 9,
      },
      selection: {
        bounds: [0.5, 0.8, 1.1, 1.4, 2],
        counts: [60 * (1 - rise), 200, 100 + 40 * rise, 20 * rise].map(Math.round),
      },
    };
  });
  const last = history[history.length - 1];
  return {
    key: {
      data: set,
      fold,
      seed,
      model: "mlp",
      sampler: samplers[index],
    },
    settings: {
      epochs,
      batchSize: 128,
      optimiser: { learningRate: 0.0001, weightDecay: index === 0 ? 0 : 0.0001 },
      samplerOptions: optionsOf(index),
      folds: 5,
      fingerprint: `${"0123456789abcdef".repeat(2).slice(place, place + 16)}`,
    },
    backend: "wasm simd, 1 thread",
    metrics: {
      macroAuc: last.test?.macroAuc ?? null,
      macroAveragePrecision: last.test?.macroAveragePrecision ?? null,
      hammingLoss: 0.2 + 0.002 * random.normal(),
    },
    history,
    rows: { train: 480, validation: 50, test: 120 },
    labels: Array.from({ length: 8 }, (_, label) => ({
      name: `label-${label}`,
      support: Math.round(300 / (label + 1) ** 1.5),
      auc: end - 0.01 * label + 0.002 * random.normal() + (index >= 5 ? 0.001 * label : 0),
      averagePrecision: end - 0.3,
      draws: Math.round(((epochs * 1280) / 480) * (300 / (label + 1) ** 1.5) * (index >= 5 ? 1 + 0.1 * label : 1)),
    })),
    arm: { name, place: index },
    run: { version: "0.1.0", numerics: 1, date: "2026-11-25T20:00:00.000Z", seconds: epochs * (0.4 + 0.01 * index) },
  };
}
