/**
 * Text whose characters do nothing but stand there: those that move a cursor, colour, hide or turn what is around them
 * are shown as JSON escapes, so that JSON means the same after it.
 */

/**
 * Control characters but line end and tab, line and paragraph separators, and all that have no width of their own (they
 * turn the direction of writing, mark or hide); but the two joiners, which words of many languages need.
 */
const active = /(?![\n\t])\p{Cc}|(?![\u200c\u200d])\p{Cf}|[\u2028\u2029]/gu;
/** What would be taken for such an escape. */
const looksEscaped = /\\(?=u[0-9a-f]{4})/g;

/** A character as `\u001b` and the like, two of them where UTF-16 has two. */
const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, i) => hexadecimal(character.charCodeAt(i))).join("");

const hexadecimal = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;

/** The text with every active character as `\u001b` and the like; line ends and tabs stay. */
export function inert(text: string): string {
  return text.replace(active, escaped);
}

/** As `inert`, but so that nothing is lost: a backslash that would be taken for an escape's becomes one, too. */
export function reversiblyInert(text: string): string {
  return inert(text.replace(looksEscaped, escaped));
}
