/**
 * Option records of models, checked field by field; a wrong one is answered by name, value and what was expected. The
 * field schemas here are those that several models use.
 */
import * as v from "valibot";
import { UsageError } from "../errors.ts";

/** A schema field whose every fault is described by the same words. */
const expected = (text: string) => ({ number: v.number(text), integer: v.integer(text), text });

const atLeastOne = expected("a whole number of at least 1");
export const width = v.pipe(atLeastOne.number, atLeastOne.integer, v.minValue(1, atLeastOne.text));

const listOfWidths = "a list of one or more whole numbers of at least 1";
export const widths = v.pipe(v.array(width, listOfWidths), v.minLength(1, listOfWidths));

const share = expected("a number from 0 to below 1");
export const rate = v.pipe(share.number, v.minValue(0, share.text), v.ltValue(1, share.text));

const finite = expected("a number of at least 0");
export const coefficient = v.pipe(finite.number, v.finite(finite.text), v.minValue(0, finite.text));

export const flag = v.boolean("true or false");

/** One of the given words. */
export const choice = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  v.picklist(words, words.map((word) => `"${word}"`).join(" or "));

/** `given` with the schema's defaults. @throws UsageError naming the model, the option, its value and what was expected */
export function parseOptions<const Schema extends v.StrictObjectSchema<v.ObjectEntries, undefined>>(
  model: string,
  schema: Schema,
  given: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const option = v.getDotPath(issue) ?? "";
  if (issue.type === "strict_object" && issue.path) {
    const known = Object.keys(schema.entries).join(", ");
    throw new UsageError(`model ${model}: there is no option ${option}; it has ${known}`);
  }
  const what = option === "" ? "the options are" : `option ${option} is`;
  const wanted = option === "" ? "an object" : issue.message;
  throw new UsageError(`model ${model}: ${what} ${JSON.stringify(issue.input)}, expected ${wanted}`);
}
