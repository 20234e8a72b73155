/**
 * Fitted preprocessing as a file of JSON of its own, for weights that come without: a state dict says nothing of the
 * columns and labels that it was trained on.
 */
import { type Preprocessing, parseStoredPreprocessing } from "../data/preparation/fitted.ts";
import { DataError, UsageError } from "../errors.ts";
import { requireDistinctNames } from "./distinct-names.ts";

const format = "hardbatch preprocessing 1";
/** Brackets in the file; the lists of categories are the deepest. */
const deepest = 5;

/** The file: one JSON object with `format` and the fields of `Preprocessing`. */
export function printPreprocessing(preprocessing: Preprocessing): string {
  return `${JSON.stringify({ format, ...preprocessing })}\n`;
}

/** @throws DataError for a file that `printPreprocessing` would not write */
export function readPreprocessing(text: string, file: string): Preprocessing {
  try {
    requireDistinctNames(text, deepest);
    const json: unknown = JSON.parse(text);
    if (typeof json !== "object" || json === null || !("format" in json) || json.format !== format) {
      throw new SyntaxError(
        `expected a JSON object with "format": "${format}", as hardbatch export --preprocessing writes`,
      );
    }
    return parseStoredPreprocessing(json);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UsageError) throw new DataError({ file }, error.message);
    throw error;
  }
}
