/**
 * A cell: one run (data, fold, seed, model, sampler) with its settings and what came of it, or why nothing did. One
 * cell is one line of JSON in a results file. Reading many lines is in lines.ts, files are in src/files.
 */
import * as v from "valibot";
import { DataError, UsageError } from "../errors.ts";

/** What was run: data set, fold, seed, model and sampler. */
export interface CellKey {
  readonly data: string;
  /** From 0. */
  readonly fold: number;
  readonly seed: number;
  readonly model: string;
  readonly sampler: string;
}

/** Names and values; null where a metric is undefined by its convention. */
export type Measured = Readonly<Record<string, number | null>>;

/** An epoch of a cell. */
export interface EpochRecord {
  /** From 0. */
  readonly epoch: number;
  /** Mean training loss of the epoch. */
  readonly loss: number;
  readonly validation: Measured;
  /** Figures of the sampler's trace, if it keeps one. */
  readonly sampler?: Measured;
  /** What proofs of convergence assume, if it was measured. */
  readonly conditions?: Measured;
  /** Since the beginning of training, as everything up to `seconds`. */
  readonly steps?: number;
  readonly rowsSeen?: number;
  readonly seconds?: number;
  /** Metrics of the test fold after this epoch. */
  readonly test?: Measured;
  /**
   * Mean loss in evaluation mode over parts of the training fold: all, minorityRows, otherRows, minorityLabels,
   * otherLabels.
   */
  readonly losses?: Measured;
  /** How many rows have n p between which bounds: one bound more than counts. */
  readonly selection?: { readonly bounds: readonly number[]; readonly counts: readonly number[] };
}

/** Means over the last quarter of the epochs, of the metrics that all of them have. */
export interface LateMeans {
  readonly test?: Measured;
  readonly validation?: Measured;
}

/** One label on the test fold. */
export interface LabelRecord {
  readonly name: string;
  /** Rows of the training fold that have it. */
  readonly support: number;
  readonly auc: number | null;
  readonly averagePrecision: number | null;
  /** Rows with it that were drawn, repetitions counted. */
  readonly draws?: number;
}

/** A finished cell: one line of a results file. */
export interface Cell {
  readonly key: CellKey;
  /** All that decides the result besides the key; values of JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The backend that ran, not the one asked for. */
  readonly backend: string;
  /** On the test fold. */
  readonly metrics: Measured;
  readonly history: readonly EpochRecord[];
  /** Where the history has not all epochs any more (thin.ts). */
  readonly late?: LateMeans;
  /** Of the folds; the report's significance test wants test / train. */
  readonly rows?: { readonly train: number; readonly validation: number; readonly test: number };
  /** Wall-clock time in files of version 0.1.0; now in `run`. */
  readonly seconds?: number;
  readonly arm?: Arm;
  readonly run?: RunRecord;
  readonly labels?: readonly LabelRecord[];
}

/** A cell that has no result. */
export interface FailedCell extends Pick<Cell, "key" | "settings" | "backend" | "arm" | "run"> {
  readonly failure: Failure;
}

export const failureKinds = ["divergence", "memory", "error"] as const;

/** Why a cell has no result. */
export interface Failure {
  readonly kind: (typeof failureKinds)[number];
  /** For people: what went wrong and where. */
  readonly message: string;
}

/** What a cell is called in its grid; says nothing about its result, and equal settings are one cell under any name. */
export interface Arm {
  readonly name: string;
  /** Its place among the arms, from 0: the baseline. */
  readonly place: number;
}

/** How a result was made: it is not part of it, and two runs with the same result may differ here. */
export interface RunRecord {
  /** Of the program. */
  readonly version: string;
  /** See `numerics` in training/numerics.ts. */
  readonly numerics: number;
  /** ISO 8601; with `seconds` absent where two runs are to give the same bytes. */
  readonly date?: string;
  /** Wall-clock time of the cell. */
  readonly seconds?: number;
}

/** A line of a results file. */
export type CellRecord = Cell | FailedCell;

export const isFailed = (record: CellRecord): record is FailedCell => "failure" in record;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const measured = v.record(v.string(), v.nullable(finite));
const place = {
  key: v.object({
    data: v.string(),
    fold: whole,
    seed: v.pipe(v.number(), v.integer()),
    model: v.string(),
    sampler: v.string(),
  }),
  settings: v.record(v.string(), v.unknown()),
  backend: v.string(),
};
const origin = {
  arm: v.exactOptional(v.object({ name: v.string(), place: whole })),
  run: v.exactOptional(
    v.object({
      version: v.string(),
      numerics: whole,
      date: v.exactOptional(v.string()),
      seconds: v.exactOptional(v.pipe(finite, v.minValue(0))),
    }),
  ),
};
const historySchema = v.array(
  v.object({
    epoch: whole,
    loss: finite,
    validation: measured,
    sampler: v.exactOptional(measured),
    conditions: v.exactOptional(measured),
    steps: v.exactOptional(whole),
    rowsSeen: v.exactOptional(whole),
    seconds: v.exactOptional(v.pipe(finite, v.minValue(0))),
    test: v.exactOptional(measured),
    losses: v.exactOptional(measured),
    selection: v.exactOptional(v.object({ bounds: v.array(finite), counts: v.array(whole) })),
  }),
);
const cellSchema = v.object({
  ...place,
  metrics: measured,
  history: historySchema,
  late: v.exactOptional(v.object({ test: v.exactOptional(measured), validation: v.exactOptional(measured) })),
  labels: v.exactOptional(
    v.array(
      v.object({
        name: v.string(),
        support: whole,
        auc: v.nullable(finite),
        averagePrecision: v.nullable(finite),
        draws: v.exactOptional(whole),
      }),
    ),
  ),
  rows: v.exactOptional(v.object({ train: whole, validation: whole, test: whole })),
  seconds: v.exactOptional(v.pipe(finite, v.minValue(0))),
  ...origin,
});
const failedSchema = v.object({
  ...place,
  failure: v.object({ kind: v.picklist(failureKinds), message: v.string() }),
  ...origin,
});

function firstIssue(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map((issue) => `${v.getDotPath(issue) ?? "line"}: ${issue.message}`)[0];
}

/**
 * A value of JSON with the keys of every object in order, so that equal settings give equal text. Keys whose value is
 * undefined don't count. @throws UsageError for what JSON can't hold (NaN, functions, typed arrays); names the place.
 */
export function canonicalJson(value: unknown, place = "settings"): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item, i) => canonicalJson(item, `${place}[${i}]`)).join(",")}]`;
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, `${place}.${key}`)}`).join(",")}}`;
  }
  throw new UsageError(`${place} is ${String(value)}; expected a value that JSON can hold`);
}

/** 64-bit FNV-1a of the text's UTF-8 bytes, in hexadecimal. */
function hash(text: string): string {
  let state = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    state = ((state ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return state.toString(16).padStart(16, "0");
}

/**
 * What a cell is called: the same for the same key and settings whatever the order of their fields, in every run.
 * Letters, digits and `-_.` only, so that it can name a file. @throws UsageError for settings that JSON can't hold.
 */
export function cellId(key: CellKey, settings: Readonly<Record<string, unknown>>): string {
  const { data, fold, seed, model, sampler } = key;
  const plain = (text: string) =>
    text
      .replace(/[^A-Za-z0-9.]+/g, "-")
      .replace(/^[-.]+/, "")
      .slice(-32);
  const digest = hash(canonicalJson({ key: { data, fold, seed, model, sampler }, settings }, "cell"));
  return [plain(data), plain(model), plain(sampler), `fold${fold}`, `seed${seed}`, digest].join("_");
}

/** What a record is called. */
export const idOf = ({ key, settings }: CellRecord): string => cellId(key, settings);

/** @throws DataError for what is not a list of epochs */
export function parseHistory(history: unknown, file: string): readonly EpochRecord[] {
  const parsed = v.safeParse(historySchema, history);
  if (parsed.success) return parsed.output;
  throw new DataError({ file }, `history: ${firstIssue(parsed.issues)}`);
}

/** One line, without its end. @throws UsageError if the cell holds what JSON would lose (NaN turns into null there) */
export function printCell(record: CellRecord): string {
  const checked = isFailed(record) ? v.safeParse(failedSchema, record) : v.safeParse(cellSchema, record);
  if (!checked.success) throw new UsageError(`cell: ${firstIssue(checked.issues)}`);
  canonicalJson(record.settings);
  return JSON.stringify(record);
}

/**
 * The record that a value of JSON stands for, without fields that this version doesn't know; or what is wrong with it.
 */
export function parseRecord(value: unknown): CellRecord | string {
  const failed = typeof value === "object" && value !== null && Object.hasOwn(value, "failure");
  const parsed = failed ? v.safeParse(failedSchema, value) : v.safeParse(cellSchema, value);
  return parsed.success ? parsed.output : firstIssue(parsed.issues);
}
