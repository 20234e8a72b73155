/**
 * The two kinds of mistake that are a person's to mend, so that callers can tell them from defects of this library.
 * Every message says what was wrong, where, what was expected and, where it helps, what to do.
 */

/** A wrong option, shape or call. The command line exits with 2 on it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
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
