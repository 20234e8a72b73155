/**
 * The one way to standard output and standard error: what comes from files (names, messages) can't move the cursor,
 * colour, hide or reorder anything there. Such characters are shown as JSON escapes, so that --json still means the
 * same.
 */

/**
 * Control characters but line end and tab, line and paragraph separators, and those that turn the direction of writing.
 */
const active = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** The text with every active character as `\u001b` and the like; line ends and tabs stay. */
export function inert(text: string): string {
  return text.replace(active, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

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
