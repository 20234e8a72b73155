/** What every training run must satisfy, whatever its sampler and device: laws on the stream of its events. */
import { expect } from "vitest";
import { describeMetric, type MetricName } from "../../src/metrics/metrics.ts";
import type { TrainingEvent } from "../../src/training/events.ts";

/**
 * start, then steps and an epoch in turn, all numbered without gaps, then end; an epoch's loss is the mean of its
 * steps'.
 */
export function order(events: readonly TrainingEvent[]): void {
  const [start, ...rest] = events;
  if (start?.kind !== "start") throw new Error(`the first event is ${start?.kind}, expected start`);
  const end = rest.pop();
  if (end?.kind !== "end") throw new Error(`the last event is ${end?.kind}, expected end`);
  const { stepsPerEpoch } = start;
  let losses: number[] = [];
  let step = 0;
  let epochs = 0;
  for (const event of rest) {
    if (event.kind === "step") {
      expect(event).toMatchObject({ step, epoch: Math.floor(step / stepsPerEpoch) });
      losses.push(event.loss);
      step++;
    } else if (event.kind === "epoch") {
      expect(losses.length).toBe(stepsPerEpoch);
      expect(event.epoch).toBe(epochs);
      expect(event.loss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / stepsPerEpoch, 12);
      losses = [];
      epochs++;
    } else {
      throw new Error(`a second ${event.kind}`);
    }
  }
  expect(end.epochs).toBe(epochs);
  expect(end.interrupted).toBe(epochs < start.epochs);
  expect(end.bestEpoch).toBeLessThan(epochs);
  if (epochs > 0) expect(end.bestEpoch).toBeGreaterThanOrEqual(0);
}

/**
 * The epoch kept is the first of the best ones by the criterion, and each epoch that is the best so far, no other, says
 * so.
 */
export function bestEpoch(events: readonly TrainingEvent[], criterion: MetricName): void {
  const sign = describeMetric(criterion).direction === "higher" ? 1 : -1;
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    if (event.kind === "end") expect(event.bestEpoch).toBe(best);
    if (event.kind !== "epoch") continue;
    const score = sign * (event.validation?.[criterion] ?? Number.NaN);
    if (Number.isNaN(score)) throw new Error(`epoch ${event.epoch} has no ${criterion}`);
    expect(event.best !== undefined).toBe(score > most);
    if (score > most) [best, most] = [event.epoch, score];
  }
}
