/** What the run on the screen shows, in words that are computed from its own numbers. */
import type { EpochFigures, Frames, Opened } from "./messages.ts";
import type { LabState } from "./state.ts";

/** The figures of both lanes, epoch by epoch, as far as both have come. */
export type Curves = readonly (readonly [EpochFigures, EpochFigures])[];

const signed = (value: number, digits = 3): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

/** The name of a lane: the sampler, with its pressure where it has one above 1. */
export function laneName(state: LabState, lane: 0 | 1): string {
  const own = state.lanes[lane];
  const other = state.lanes[1 - lane];
  if (own.sampler !== other.sampler) return own.sampler;
  const differing = Object.entries(own.samplerOptions).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(other.samplerOptions[name]),
  );
  if (differing.length === 0) return `${own.sampler} (${lane === 0 ? "left" : "right"})`;
  return `${own.sampler} ${differing.map(([name, value]) => `${name} ${String(value)}`).join(", ")}`;
}

/** Mean draws of a minority row, as a multiple of the mean draws of the others; NaN before anything was drawn. */
export function minorityDraws(draws: Float32Array, isMinority: Uint8Array): number {
  const sums = [0, 0];
  const counts = [0, 0];
  draws.forEach((value, row) => {
    sums[isMinority[row]] += value;
    counts[isMinority[row]]++;
  });
  return sums[1] / counts[1] / (sums[0] / counts[0]);
}

export function minorityOf({ rowLabels, minorityLabels }: Opened): Uint8Array {
  return Uint8Array.from(rowLabels, (labels) => (labels.some((label) => minorityLabels.includes(label)) ? 1 : 0));
}

/** One or two sentences on the run so far. */
export function sentence(state: LabState, opened: Opened, curves: Curves, frames: Frames | undefined): string {
  const [left, right] = [laneName(state, 0), laneName(state, 1)];
  const last = curves.at(-1);
  if (!last || !frames) {
    return `Two runs from the same weights, on the same ${opened.rows} rows: ${left} on the left, ${right} on the right.`;
  }
  const epochs = `After ${last[0].epoch + 1} of ${opened.epochs} epochs`;
  const parts: string[] = [];
  const [a, b] = last.map(({ validation }) => validation.macroAuc);
  if (typeof a === "number" && typeof b === "number") {
    parts.push(
      `the validation macro-AUC of ${right} is ${b.toFixed(3)}, ${left} has ${a.toFixed(3)} (${signed(b - a)})`,
    );
  }
  const [ofLeft, ofRight] = last.map(({ losses }) => losses.minority);
  if (Number.isFinite(ofLeft) && Number.isFinite(ofRight)) {
    parts.push(`the loss of minority rows is ${ofRight.toFixed(3)} against ${ofLeft.toFixed(3)}`);
  }
  const isMinority = minorityOf(opened);
  const ratios = frames.map(({ terms }) => minorityDraws(terms.draws, isMinority));
  const drawn = ratios.every(Number.isFinite)
    ? ` Rows with a minority label were drawn ${ratios[1].toFixed(2)} times as often as the others by ${right}, ${ratios[0].toFixed(2)} times by ${left}.`
    : "";
  return `${epochs}, ${parts.join("; ")}.${drawn}`;
}
