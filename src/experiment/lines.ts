/**
 * Reading the lines of a results file. What an interrupted write or a power cut left behind is damage: it is left out
 * with a warning and its cell runs again. What is no line of ours at all is refused, so that nothing is averaged by
 * mistake.
 */
import { DataError } from "../errors.ts";
import { type Cell, type CellRecord, type FailedCell, parseRecord } from "./cell.ts";
import { MemoryStore } from "./store.ts";

/** The cells of a results file. */
export interface ParsedCells {
  /** In the order of the file, each id once: its last line counts. */
  readonly cells: readonly Cell[];
  /** Those whose id has no finished cell, each id once. */
  readonly failed: readonly FailedCell[];
  /** One for each damaged line: which it is, and what follows from it. */
  readonly warnings: readonly string[];
}

/** Lines that `printCell` wrote begin so. */
const start = '{"key":';

/**
 * Whether a line that is no JSON can be what is left of one of ours: its beginning, or zero bytes in the place of some
 * of it.
 */
function isRemainder(line: string): boolean {
  return line.includes("\0") || line.startsWith(start) || start.startsWith(line);
}

/** Takes the lines of one file in turn. */
export class CellReader {
  readonly warnings: string[] = [];
  readonly #file: string;
  readonly #records = new MemoryStore();
  #line = 0;
  #whole = 0;
  /** Whether the last line had no end when it was read: then what comes next begins with that line's end. */
  #open = false;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * A line that has its end.
   * @returns the record, if it holds one
   * @throws DataError with the line for what is neither a cell nor what is left of one
   */
  line(text: string): CellRecord | undefined {
    if (!this.#open) this.#line++;
    this.#open = false;
    return this.#take(text, isRemainder(text), "is damaged");
  }

  /** What stands after the last line end. It may be anything, if whole cells stand before it. */
  last(text: string): CellRecord | undefined {
    if (!this.#open) this.#line++;
    this.#open = true;
    return this.#take(text, this.#whole > 0 || isRemainder(text), "was cut off by an interrupted write");
  }

  finish(): ParsedCells {
    return { cells: this.#records.cells, failed: this.#records.failures, warnings: this.warnings };
  }

  #take(text: string, mayBeDamaged: boolean, damage: string): CellRecord | undefined {
    if (text.trim() === "") return undefined;
    const place = { file: this.#file, line: this.#line };
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      if (mayBeDamaged) {
        this.warnings.push(`${place.file}:${place.line}: the line ${damage}; it is left out, and its cell runs again`);
        return undefined;
      }
      const reason = error instanceof Error ? error.message.slice(0, 200) : "";
      throw new DataError(
        place,
        `expected a cell as one line of JSON (${reason}); hardbatch check tells what can be saved`,
      );
    }
    const record = parseRecord(value);
    if (typeof record === "string") throw new DataError(place, `expected a cell; ${record}`);
    this.#whole++;
    this.#records.add(record);
    return record;
  }
}

/** The cells of a results file's text. @throws DataError as `CellReader` */
export function parseCells(text: string, file: string): ParsedCells {
  const reader = new CellReader(file);
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  for (const line of lines) reader.line(line);
  reader.last(last);
  return reader.finish();
}
