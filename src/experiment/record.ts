/**
 * What is recorded of a training run: an epoch as names and numbers, and the metrics of the test fold. Plain JSON
 * values.
 */

import type { LabelMatrix } from "../data/dataset.ts";
import { countPositives } from "../data/labels.ts";
import type { PreparedData } from "../data/preparation/prepare.ts";
import { selectRows } from "../data/rows.ts";
import { labelAuc, labelAveragePrecision } from "../metrics/curves.ts";
import { type MetricName, type Metrics, metrics } from "../metrics/metrics.ts";
import type { ThresholdName } from "../metrics/rules/fit.ts";
import type { EndEvent, EpochEvent } from "../training/events.ts";
import { ruleOfRun } from "../training/rules.ts";
import type { EpochRecord, LabelRecord, Measured } from "./cell.ts";

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

/** An epoch as the results keep it. */
export function epochRecord(event: EpochEvent): EpochRecord {
  const { epoch, loss, validation, validationLoss, trace, conditions, steps, rowsSeen, test, losses, selection } =
    event;
  const sampler: Measured | undefined = trace && {
    entropy: trace.entropy,
    effectiveSampleSize: trace.effectiveSampleSize,
    minorityShare: trace.minorityShare,
    neverDrawn: trace.neverDrawn,
    meanAge: trace.meanAge,
    maxAge: trace.maxAge,
  };
  const measured = (found: Metrics): Measured => Object.fromEntries(epochMetrics.map((name) => [name, found[name]]));
  return {
    epoch,
    loss,
    validation: {
      ...(validationLoss !== undefined && { loss: validationLoss }),
      ...(validation && measured(validation)),
    },
    ...(sampler && { sampler }),
    ...(conditions && { conditions: { ...conditions } }),
    steps,
    rowsSeen,
    ...(test && { test: measured(test) }),
    ...(losses && { losses: { ...losses } }),
    ...(selection && { selection }),
  };
}

/** Metrics of the weights that are kept on the test fold. @param threshold what decides; default fixed */
export function testMetrics(data: PreparedData, event: EndEvent, threshold?: ThresholdName): Metrics {
  return metrics(selectRows(data.labels, data.rows.test), event.testScores, ruleOfRun(data, event, threshold));
}

/** Every label of the test fold by the weights that are kept. */
export function labelRecords(data: PreparedData, { testScores, draws }: EndEvent): LabelRecord[] {
  const { labels, labelNames, rows } = data;
  const test = selectRows(labels, rows.test);
  const auc = labelAuc(test, testScores);
  const averagePrecision = labelAveragePrecision(test, testScores);
  const training = selectRows(labels, rows.training);
  const support = countPositives(training);
  const drawn = draws && drawsOfLabels(training, draws);
  return labelNames.map((name, j) => ({
    name,
    support: support[j],
    auc: auc[j],
    averagePrecision: averagePrecision[j],
    ...(drawn && { draws: drawn[j] }),
  }));
}

/** How often rows with each label were drawn. @param draws `[rows]` of each row */
function drawsOfLabels({ rows, columns, values }: LabelMatrix, draws: Uint32Array): Float64Array {
  const counts = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) counts[j] += draws[row] * values[row * columns + j];
  }
  return counts;
}
