/**
 * A sampler's saved state as JSON and back, exactly: typed arrays become objects with their type's name, and the
 * numbers that JSON has no words for become strings.
 */
import { UsageError } from "../../errors.ts";

const types = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array } as const;
type TypeName = keyof typeof types;
const isTypeName = (name: string): name is TypeName => Object.hasOwn(types, name);

/** The key of a number that JSON has no word for, where it stands alone. */
const alone = "Number";

const special: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

const numberToJson = (value: number): number | string => {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : `${value}`;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The value with its typed arrays as `{"Float64Array": [...]}`. */
export function toJson(value: unknown): unknown {
  if (typeof value === "number") {
    const number = numberToJson(value);
    return typeof number === "number" ? number : { [alone]: number };
  }
  if (Array.isArray(value)) return value.map(toJson);
  if (!isObject(value)) return value;
  for (const [name, type] of Object.entries(types)) {
    if (value instanceof type) return { [name]: Array.from(value, numberToJson) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toJson(part)]));
}

/** The other way. @throws UsageError for a list of a typed array that holds anything but numbers */
export function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  const [[name, list] = ["", undefined]] = entries;
  if (entries.length === 1 && name === alone) return numberFromJson(list);
  if (entries.length === 1 && isTypeName(name) && Array.isArray(list))
    return types[name].from(list.map(numberFromJson));
  return Object.fromEntries(entries.map(([key, part]) => [key, fromJson(part)]));
}

function numberFromJson(value: unknown): number {
  const number = typeof value === "number" ? value : special.get(value);
  if (number === undefined) throw new UsageError(`state: a list of numbers has ${JSON.stringify(value)} in it`);
  return number;
}
