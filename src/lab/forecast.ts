/**
 * How long two runs will take on this machine, before they start: some steps and some searches for neighbours are
 * timed, and the rest is multiplication. Good to within a factor of two.
 */
import {
  type Backend,
  configure,
  defaultSettings,
  nearestNeighbours,
  type PreparedData,
  samplerDescriptions,
  selectRows,
  train,
} from "../index.ts";
import { minorityRows } from "./lane.ts";
import { type LabState, type LaneSettings, settingsOf } from "./state.ts";

/** Steps that are timed, after one that is not, and the milliseconds after which no more are. */
const timed = { steps: 8, milliseconds: 250 };
/** Rows whose neighbours are looked for. */
const searches = 16;
/** A step goes forwards and backwards: scoring a row takes about a third of training on it. */
const scoringShare = 1 / 3;

/** Values of a table as large as `emotions`, and epochs, of which no forecast is needed. */
const quick = { values: 50_000, epochs: 500 };

/** Whether runs begin at once: a small table, and not for ever. */
export function isQuick({ features, labels, rows }: PreparedData, { shared }: LabState): boolean {
  const values = rows.training.length * (features.columns + labels.columns);
  return values <= quick.values && (shared.epochs ?? defaultSettings.epochs) <= quick.epochs;
}

/** Seconds. */
export async function forecast(data: PreparedData, backend: Backend, state: LabState): Promise<number> {
  const lanes = state.lanes.filter(looksForNeighbours).length;
  const weights = lanes === 0 ? 0 : lanes * secondsOfWeights(data);
  return weights + 2 * (await secondsOfTraining(data, backend, state));
}

/** One lane. What the sampler itself takes is little beside the step, so the one that needs nothing is timed. */
async function secondsOfTraining(data: PreparedData, backend: Backend, state: LabState): Promise<number> {
  const options = configure(data, backend, { ...settingsOf(state, 0), sampler: "uniform", samplerOptions: {} });
  const { batchSize, batchesPerEpoch } = options.sampler;
  const times: number[] = [];
  for await (const event of train(options)) {
    if (event.kind !== "step") continue;
    times.push(performance.now());
    if (times.length > timed.steps || times[times.length - 1] - times[0] > timed.milliseconds) break;
  }
  const steps = times.slice(1).map((time, i) => time - times[i]);
  // The shortest: the others may have waited for another program.
  const step = steps.length === 0 ? 0 : Math.min(...steps) / 1000;
  const scored = data.rows.training.length + data.rows.validation.length;
  return options.epochs * (batchesPerEpoch * step + (scored / batchSize) * scoringShare * step);
}

/** Samplers with instance weights that are made from neighbours say so by their options. */
function looksForNeighbours({ sampler, samplerOptions }: LaneSettings): boolean {
  const options = samplerDescriptions.find(({ name }) => name === sampler)?.options ?? [];
  const weighting = options.find(({ name }) => name === "weighting");
  if (!weighting) return options.some(({ name }) => name === "k");
  const chosen = samplerOptions.weighting ?? weighting.otherwise;
  return chosen !== "none" && chosen !== "global";
}

/** The neighbours of every row that carries a minority label. */
function secondsOfWeights(data: PreparedData): number {
  const carriers = [...minorityRows(data)].flatMap((isMinority, row) => (isMinority === 1 ? [row] : []));
  if (carriers.length <= searches) return 0;
  const table = selectRows(data.features, data.rows.training);
  const start = performance.now();
  nearestNeighbours(table, { k: 5, queries: carriers.slice(0, searches) });
  return (((performance.now() - start) / 1000) * carriers.length) / searches;
}
