/**
 * Text as a field of a CSV file that is meant to be opened: a spreadsheet shows it and never runs it. What would be
 * taken for a formula gets an apostrophe before it, and so does what begins with one: taking the first apostrophe off
 * gives the text again. Characters that a terminal would obey are written as `\u001b` and the like.
 */
import { reversiblyInert } from "./inert.ts";

/** What spreadsheets take for the beginning of a formula, full-width forms too, perhaps after blanks. */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n']/;

/**
 * A field of text; numbers need none of this. Quoted where it holds a quote, a comma, a line end or blanks at its ends.
 * @param raw as it is, for programs that read it (`--csv-raw`); default false
 */
export function csvField(text: string, raw = false): string {
  const shown = raw ? text : `${formula.test(text) ? "'" : ""}${reversiblyInert(text)}`;
  return /[",\r\n]|^\s|\s$/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
