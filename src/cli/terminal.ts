/**
 * The one way to standard output and standard error: what comes from files (names, messages) can't move the cursor,
 * colour, hide or reorder anything there. Such characters are shown as JSON escapes, so that --json still means the
 * same.
 */
import { inert } from "../data/formats/inert.ts";

/** As `inert`, for what has to stay on one line, such as a name: line ends and tabs are shown, too. */
export function inertLine(text: string): string {
  return inert(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

export function printOut(text: string): void {
  process.stdout.write(inert(text));
}

export function printError(text: string): void {
  process.stderr.write(inert(text));
}
