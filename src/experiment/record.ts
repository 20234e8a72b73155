/** What is recorded of a training run: an epoch as names and numbers, and the metrics of the test fold. Plain JSON values. */
import type { PreparedData } from "../data/preparation/prepare.ts";
import { selectRows } from "../data/rows.ts";
import { type MetricName, type Metrics, metrics } from "../metrics/metrics.ts";
import type { EndEvent, EpochEvent } from "../training/events.ts";
import type { EpochRecord, Measured } from "./cell.ts";

/** What is kept of the validation metrics of every epoch. */
const epochMetrics: readonly MetricName[] = [
  "macroAuc",
  "macroAveragePrecision",
  "macroF1",
  "microF1",
  "rankingLoss",
  "oneError",
  "hammingLoss",
];

export function epochRecord({ epoch, loss, validation, trace, conditions }: EpochEvent): EpochRecord {
  const sampler: Measured | undefined = trace && {
    entropy: trace.entropy,
    effectiveSampleSize: trace.effectiveSampleSize,
    minorityShare: trace.minorityShare,
    neverDrawn: trace.neverDrawn,
    meanAge: trace.meanAge,
    maxAge: trace.maxAge,
  };
  const measured = validation ? Object.fromEntries(epochMetrics.map((name) => [name, validation[name]])) : {};
  return {
    epoch,
    loss,
    validation: measured,
    ...(sampler && { sampler }),
    ...(conditions && { conditions: { ...conditions } }),
  };
}

/** Metrics of the best weights on the test fold. */
export function testMetrics(data: PreparedData, { testScores }: EndEvent): Metrics {
  return metrics(selectRows(data.labels, data.rows.test), testScores);
}
