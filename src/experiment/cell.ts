/**
 * A cell: one finished run (data, fold, seed, model, sampler) with its settings and what came of it. One cell is one
 * line of JSON in a results file; an interrupted write costs that line only. Reading and writing files is in atomic.ts.
 */
import * as v from "valibot";
import { DataError, UsageError } from "../errors.ts";

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
}

export interface Cell {
  readonly key: CellKey;
  /** All that decides the result besides the key; values of JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The backend that ran, not the one asked for. */
  readonly backend: string;
  /** On the test fold. */
  readonly metrics: Measured;
  readonly history: readonly EpochRecord[];
  /** Of the folds; the report's significance test wants test / train. */
  readonly rows?: { readonly train: number; readonly validation: number; readonly test: number };
  /** Wall-clock time; absent where two runs are to give the same bytes. */
  readonly seconds?: number;
}

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const measured = v.record(v.string(), v.nullable(finite));
const cellSchema = v.object({
  key: v.object({
    data: v.string(),
    fold: whole,
    seed: v.pipe(v.number(), v.integer()),
    model: v.string(),
    sampler: v.string(),
  }),
  settings: v.record(v.string(), v.unknown()),
  backend: v.string(),
  metrics: measured,
  history: v.array(
    v.object({
      epoch: whole,
      loss: finite,
      validation: measured,
      sampler: v.exactOptional(measured),
      conditions: v.exactOptional(measured),
    }),
  ),
  rows: v.exactOptional(v.object({ train: whole, validation: whole, test: whole })),
  seconds: v.exactOptional(v.pipe(finite, v.minValue(0))),
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

/** One line, without its end. @throws UsageError if the cell holds what JSON would lose (NaN turns into null there). */
export function printCell(cell: Cell): string {
  const checked = v.safeParse(cellSchema, cell);
  if (!checked.success) throw new UsageError(`cell: ${firstIssue(checked.issues)}`);
  canonicalJson(cell.settings);
  return JSON.stringify(cell);
}

export interface ParsedCells {
  readonly cells: readonly Cell[];
  /** Set if the last line was cut off by an interrupted write; says which and what follows from it. */
  readonly warning?: string;
}

/**
 * Reads the lines of a results file. Fields that this version doesn't know are dropped.
 * @throws DataError with the line for anything that isn't a cell, except a last line without end that starts like one.
 */
export function parseCells(text: string, fileName: string): ParsedCells {
  const lines = text.split("\n");
  const cells: Cell[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const place = { file: fileName, line: index + 1 };
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      if (index === lines.length - 1 && isCut(line)) {
        const warning = `${fileName}:${place.line}: the last line was cut off by an interrupted write; it is left out, and its cell runs again`;
        return { cells, warning };
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new DataError(place, `expected a cell as one line of JSON (${reason})`);
    }
    const parsed = v.safeParse(cellSchema, value);
    if (!parsed.success) throw new DataError(place, `expected a cell; ${firstIssue(parsed.issues)}`);
    cells.push(parsed.output);
  }
  return { cells };
}

/** Whether a piece of text can be the beginning of a line that `printCell` wrote. */
export function isCut(line: string): boolean {
  const start = '{"key":';
  return line.startsWith(start) || start.startsWith(line);
}
