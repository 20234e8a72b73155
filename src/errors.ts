/**
 * The two kinds of mistake that are a person's to mend, so that callers can tell them from defects of this library.
 * Every message says what was wrong, where, what was expected and, where it helps, what to do.
 */

/**
 * Known by its name, so that one is recognised that another copy of this library has thrown: the one that a sampler of
 * somebody's own imports.
 */
const isNamed = (value: unknown, name: string): boolean => value instanceof Error && value.name === name;

/** A wrong option, shape or call. The command line exits with 2 on it. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /** True for one of another copy of this library, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isNamed(value, "UsageError");
  }
}

/** Where in a file a fault stands; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** A file or data set that can't be read as what it should be. Prints as `file:line:column: message`. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly place: Place;

  /** True for one of another copy of this library, too; browsers have exceptions of that name, without a place. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isNamed(value, "DataError") && typeof value === "object" && value !== null && "place" in value;
  }

  constructor(place: Place, message: string) {
    const { file, line, column } = place;
    super([file, line, column].filter((part) => part !== undefined).join(":") + ": " + message);
    this.place = place;
  }
}

/** The most characters of a file or option that a message shows at one place. */
const QUOTED = 120;

/** Text that came from outside, in double quotes, escaped, and cut short where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text);
}

/** ` (did you mean pressure?)` where one of the words is but a slip away from the text; else nothing. */
export function meant(text: string, words: Iterable<string>): string {
  const asked = text.slice(0, QUOTED).toLowerCase();
  const limit = Math.max(1, Math.floor(asked.length / 4));
  let [found, least] = ["", limit + 1];
  for (const word of words) {
    const slips = word === text ? least : slipsBetween(asked, word.toLowerCase());
    if (slips < least && slips < word.length) [found, least] = [word, slips];
  }
  return found === "" ? "" : ` (did you mean ${found}?)`;
}

/** How many letters are missing, added, exchanged or swapped with the next one (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2] + 1 : exchanged;
      next.push(Math.min(exchanged, swapped, row[j] + 1, next[j - 1] + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}
