/**
 * What the page knows between two looks: the state of the address, the run as far as it has come, and what the visitor
 * chose.
 */
import type { Forecast, Frames, GivenFile, Opened, RowReasons } from "./messages.ts";
import type { Curves } from "./sentence.ts";
import type { LabState } from "./state.ts";

/** A guess made before a preset runs: which lane ends with the lower loss of minority rows. */
export type Guess = "left" | "right" | "same";

export interface PageState {
  readonly state: LabState;
  readonly file?: GivenFile;
  readonly opened?: Opened | undefined;
  /** The runs would take long, and wait for the visitor. */
  readonly forecast?: Forecast | undefined;
  readonly curves: Curves;
  /** Frames at the end of each epoch, the first before any step. */
  readonly history: readonly Frames[];
  /** The newest frames, perhaps in the midst of an epoch. */
  readonly frames?: Frames | undefined;
  readonly epoch: number;
  readonly step: number;
  readonly playing: boolean;
  readonly finished: boolean;
  /** The epoch that is looked back at; undefined is the newest. */
  readonly shownEpoch?: number | undefined;
  readonly selected?: number | undefined;
  readonly reasons?: RowReasons | undefined;
  readonly failure?: string | undefined;
  /** Asked before a preset starts. */
  readonly asking: boolean;
  readonly guess?: Guess | undefined;
  readonly guesses: { readonly right: number; readonly all: number };
  readonly tables: boolean;
  /** Which chart a phone shows. */
  readonly chart: number;
  readonly controlsOpen: boolean;
  readonly dark: boolean;
  readonly notice?: string | undefined;
}

/** The frames that the page shows. */
export function shownFrames({ frames, history, shownEpoch }: PageState): Frames | undefined {
  return shownEpoch === undefined ? frames : (history[shownEpoch] ?? frames);
}

/** The curves up to the epoch that is shown. */
export function shownCurves({ curves, shownEpoch }: PageState): Curves {
  return shownEpoch === undefined ? curves : curves.slice(0, shownEpoch);
}

/** Losses closer than this count as the same, when a guess is judged. */
const sameLoss = 0.005;

/** What really happened, in the words of a guess. */
export function answerOf({ curves }: Pick<PageState, "curves">): Guess | undefined {
  const end = curves.at(-1);
  if (!end) return undefined;
  const difference = end[1].losses.minority - end[0].losses.minority;
  if (!Number.isFinite(difference) || Math.abs(difference) < sameLoss) return "same";
  return difference < 0 ? "right" : "left";
}
