/**
 * What page and worker say to each other: plain data that survives `postMessage`. Rows are those of the training fold.
 */
import type { LabState } from "./state.ts";

/** One number a row; NaN where the sampler has none, or where the row was not seen yet. */
export interface RowTerms {
  readonly loss: Float32Array;
  readonly weight: Float32Array;
  readonly adaptiveLoss: Float32Array;
  readonly index: Float32Array;
  /** Of the first draw of the next batch. */
  readonly probability: Float64Array;
  readonly draws: Float32Array;
  readonly age: Float32Array;
}

/** One lane between two steps. */
export interface LaneFrame {
  readonly terms: RowTerms;
  /** The largest adaptive loss; NaN where the sampler has none. D is this over the number of rows. */
  readonly maximum: number;
  /** The batch that was drawn last. */
  readonly batch: Int32Array;
}

/** One lane at the end of an epoch. */
export interface EpochFigures {
  readonly epoch: number;
  readonly steps: number;
  /** Rows drawn so far. */
  readonly rows: number;
  /** Seconds this lane has computed. */
  readonly seconds: number;
  /** Metrics on the validation rows by name; null where a metric is undefined. */
  readonly validation: Readonly<Record<string, number | null>>;
  /**
   * Mean loss over all training rows in evaluation mode, over those that carry a minority label, and over the others.
   */
  readonly losses: { readonly all: number; readonly minority: number; readonly others: number };
  /** Share of the epoch's draws that carry a minority label. */
  readonly minorityShare: number;
  readonly effectiveSampleSize: number;
  readonly neverDrawn: number;
}

export type Frames = readonly [LaneFrame, LaneFrame];

/** What the rows are, once for a run. */
export interface Opened {
  readonly kind: "opened";
  readonly run: number;
  readonly rows: number;
  readonly features: number;
  readonly labelNames: readonly string[];
  /** Numbers of the minority labels. */
  readonly minorityLabels: readonly number[];
  /** The labels of each row. */
  readonly rowLabels: readonly (readonly number[])[];
  /** The row of the data set, from 0. */
  readonly sourceRows: Int32Array;
  readonly validationRows: number;
  readonly backend: string;
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly parameters: number;
  /** The pressure of each lane, where it has one. */
  readonly pressures: readonly [number | undefined, number | undefined];
}

/** How far the run is. Frames come at most as often as a screen can show them, and at the end of each epoch. */
export interface Progress {
  readonly kind: "progress";
  readonly run: number;
  /** The epoch of the next step and how many of its steps are done. */
  readonly epoch: number;
  readonly step: number;
  readonly frames: Frames;
  /** Of the epoch that ended with this step. */
  readonly ended?: readonly [EpochFigures, EpochFigures];
  /** Whether the last epoch is over. */
  readonly finished: boolean;
}

/** Why a row has its weight. */
export interface RowReasons {
  readonly kind: "reasons";
  readonly run: number;
  readonly row: number;
  readonly neighbours: readonly { readonly row: number; readonly labels: readonly number[] }[];
  /** For each minority label of the row: how many neighbours lack it, and C. */
  readonly minority: readonly { readonly label: number; readonly unlike: number; readonly c: number }[];
}

/** The runs would take long: they begin once the page says so. */
export interface Forecast {
  readonly kind: "forecast";
  readonly run: number;
  readonly seconds: number;
  readonly trainingRows: number;
  readonly epochs: number;
}

export interface Failure {
  readonly kind: "failure";
  readonly run: number;
  readonly message: string;
}

/** Both runs as lines of a results file. */
export interface CellsText {
  readonly kind: "cells";
  readonly run: number;
  readonly text: string;
}

export type FromWorker = Opened | Forecast | Progress | RowReasons | CellsText | Failure;

export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly xml?: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
  /** Which columns are labels, as the command line's `--labels` says it. */
  readonly labels?: string;
}

export type ToWorker =
  | { readonly kind: "open"; readonly run: number; readonly state: LabState; readonly file?: GivenFile }
  /** Begins the runs that a forecast was made of. */
  | { readonly kind: "start"; readonly run: number }
  /** Goes on for so many steps; `Infinity` until the end. */
  | { readonly kind: "advance"; readonly run: number; readonly steps: number }
  | { readonly kind: "pause"; readonly run: number }
  /** Only once the run is finished. */
  | { readonly kind: "cells"; readonly run: number }
  | { readonly kind: "reasons"; readonly run: number; readonly row: number };
