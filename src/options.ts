/**
 * Options that come from outside (command line, files, addresses): the fields that they are made of, each with the
 * words that say what it does, how records of them are checked, and how a value is written as text and read back.
 */
import * as v from "valibot";
import { meant, UsageError } from "./errors.ts";

/** A whole number from `low` to `high`. */
export function whole(low: number, high = Number.MAX_SAFE_INTEGER) {
  const open = high === Number.MAX_SAFE_INTEGER;
  const expected = open ? `a whole number of at least ${low}` : `a whole number from ${low} to ${high}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(low, expected),
    v.maxValue(high, `a whole number from ${low} to ${high}`),
  );
}

/** A finite number of at least `low`, at most `high`. */
export function decimal(low: number, high = Number.POSITIVE_INFINITY) {
  const expected =
    high === Number.POSITIVE_INFINITY ? `a number of at least ${low}` : `a number from ${low} to ${high}`;
  return v.pipe(v.number(expected), v.finite(expected), v.minValue(low, expected), v.maxValue(high, expected));
}

/** A finite number above `low`. */
export function above(low: number) {
  const expected = `a number above ${low}`;
  return v.pipe(v.number(expected), v.finite(expected), v.gtValue(low, expected));
}

/** A number from 0 to below 1, such as a rate of dropout. */
export function share() {
  const expected = "a number from 0 to below 1";
  return v.pipe(v.number(expected), v.minValue(0, expected), v.ltValue(1, expected));
}

/** One or more whole numbers of at least 1. */
export function widths() {
  const expected = "a list of one or more whole numbers of at least 1";
  const width = v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(1, expected));
  return v.pipe(v.array(width, expected), v.minLength(1, expected));
}

/** One of the given words or numbers. */
export const choice = <const Words extends readonly (string | number)[]>(words: Words) =>
  v.picklist(words, `one of ${words.join(", ")}`);

export const flag = () => v.boolean("true or false");

type Field = v.GenericSchema;

type Described<F extends Field> = v.SchemaWithPipe<readonly [F, v.MetadataAction<v.InferOutput<F>, OptionWords>]>;

/** What an option says to people: what it does, and what holds where it is left out. */
export interface OptionWords extends Record<string, unknown> {
  readonly words: string;
  readonly otherwise?: string;
}

/** An option that has the value `fallback` where it is left out. @param words what it does, for people */
export function option<F extends Field, const D extends v.InferInput<F>>(words: string, field: F, fallback: D) {
  const about: OptionWords = { words };
  const described: Described<F> = v.pipe(field, v.metadata(about));
  return v.exactOptional(described, fallback);
}

/** An option whose value is worked out where it is left out. @param otherwise how, for people; none for "nothing" */
export function openOption<F extends Field>(words: string, field: F, otherwise?: string) {
  const about: OptionWords = { words, ...(otherwise !== undefined && { otherwise }) };
  const described: Described<F> = v.pipe(field, v.metadata(about));
  return v.exactOptional(described);
}

/** An option for programs alone, such as a ready array: text can't hold it, and no table shows it. */
export const forPrograms = <F extends Field>(field: F) => v.exactOptional(field);

/** A record of options by name. */
export type OptionsSchema = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** One option in words. */
export interface OptionDescription {
  readonly name: string;
  /** What it does. */
  readonly words: string;
  /** What values it takes, such as "a number of at least 1". */
  readonly values: string;
  /** The value where it is left out, as text, or how it is worked out; absent where there is none. */
  readonly otherwise?: string;
  /** The value where it is left out, unless it is worked out. */
  readonly fallback?: unknown;
  /** Whether it is on or off. */
  readonly isFlag: boolean;
  /** The value that a text means, not yet checked: where a list is expected, 256 is a list of one. */
  readonly read: (text: string) => unknown;
  /** What was expected where the value does not fit; else undefined. */
  readonly refuse: (value: unknown) => string | undefined;
}

/** What an entry of a schema says to people; undefined where it is for programs alone. */
function wordsOf(entry: OptionsSchema["entries"][string]): OptionWords | undefined {
  if (entry.type !== "exact_optional" || !("wrapped" in entry)) return undefined;
  const { words, otherwise }: { words?: unknown; otherwise?: unknown } = v.getMetadata(v.unwrap(entry));
  if (typeof words !== "string") return undefined;
  return { words, ...(typeof otherwise === "string" && { otherwise }) };
}

/** The options that people can give, in the order of the schema. */
export function describeOptions({ entries }: OptionsSchema): OptionDescription[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    const about = wordsOf(entry);
    if (!about || !("wrapped" in entry)) return [];
    const { words, otherwise } = about;
    const { type } = v.unwrap(entry);
    const fallback: unknown = v.getDefault(entry);
    const text = fallback === undefined ? otherwise : printed(fallback);
    const refuse = (value: unknown): string | undefined => v.safeParse(entry, value).issues?.[0].message;
    const description: OptionDescription = {
      name,
      words,
      values: refuse(Symbol()) ?? "any value",
      ...(text !== undefined && { otherwise: text }),
      ...(fallback !== undefined && { fallback }),
      isFlag: type === "boolean",
      read(given) {
        const value = readValue(given);
        if (type !== "array" || Array.isArray(value)) return value;
        return typeof value === "string" ? value.split(",").map(readValue) : [value];
      },
      refuse,
    };
    return description;
  });
}

/** A value for people: lists as numbers between commas, be it a list of one. */
const printed = (value: unknown): string => (Array.isArray(value) ? value.join(",") : printValue(value));

/** As JSON, which has no word for what is no number. */
const shown = (value: unknown): string => (typeof value === "number" ? String(value) : JSON.stringify(value));

/**
 * The value of a text: as JSON where it can be read so, numbers between commas as a list, anything else as it stands.
 */
export function readValue(text: string): unknown {
  const parts = text.split(",");
  const listed = parts.length > 1 && parts.every((part) => typeof parsed(part) === "number");
  return listed ? parts.map(parsed) : parsed(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a name
  }
}

/** A value of JSON as a short text that `readValue` reads as the same value. */
export function printValue(value: unknown): string {
  if (typeof value === "string") return readValue(value) === value ? value : JSON.stringify(value);
  const numbers = Array.isArray(value) && value.length > 1 && value.every((item) => typeof item === "number");
  return numbers ? value.map(printJson).join(",") : printJson(value);
}

/** As `JSON.stringify`, but for -0, which that writes as 0. */
function printJson(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(printJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${printJson(item)}`)
    .join(",")}}`;
}

/**
 * `given` as the schema says, with its defaults.
 * @param subject whose options they are, such as "model mlp"
 * @throws UsageError naming the subject, the option, its value and what was expected
 */
export function parseOptions<const Schema extends OptionsSchema>(
  subject: string,
  schema: Schema,
  given: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const option = v.getDotPath(issue) ?? "";
  if (issue.type === "strict_object" && issue.path) {
    const known = Object.keys(schema.entries).filter((name) => wordsOf(schema.entries[name]) !== undefined);
    throw new UsageError(
      `${subject} has no option ${option}${meant(option, known)}; it has ${known.length === 0 ? "none" : known.join(", ")}`,
    );
  }
  const what = option === "" ? "the options are" : `option ${option} is`;
  const wanted = option === "" ? "an object" : issue.message;
  const words = /^one of (.*)$/.exec(issue.message)?.[1].split(", ");
  const near = words && typeof issue.input === "string" ? meant(issue.input, words) : "";
  throw new UsageError(`${subject}: ${what} ${shown(issue.input)}${near}, expected ${wanted}`);
}
