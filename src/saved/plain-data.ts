/**
 * Plain data (numbers, text, lists, objects, typed arrays) as JSON beside typed arrays, and back to the bit. JSON has
 * no NaN, infinities and -0, so these are written as `{"$": "NaN"}`; a typed array is `{"$": "the name of its
 * tensor"}`.
 */
import type { DecodedTensor, StoredTensor, TensorValues } from "./safetensors.ts";

const mark = "$";

export interface PackedData {
  readonly json: string;
  /** The typed arrays, by their place in the data. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const isTyped = (value: unknown): value is TensorValues => ArrayBuffer.isView(value) && !(value instanceof DataView);

/** @throws TypeError for what is not plain data; fields that are undefined are left out */
export function packData(data: unknown): PackedData {
  const tensors = new Map<string, StoredTensor>();
  const pack = (value: unknown, place: string): unknown => {
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
      return { [mark]: Object.is(value, -0) ? "-0" : String(value) };
    }
    if (value === null || ["number", "string", "boolean"].includes(typeof value)) return value;
    if (isTyped(value)) {
      const name = `${tensors.size} ${place}`;
      tensors.set(name, { shape: [value.length], values: value });
      return { [mark]: name };
    }
    if (Array.isArray(value)) return value.map((item, i) => pack(item, `${place}[${i}]`));
    if (typeof value === "object" && !ArrayBuffer.isView(value) && !Object.hasOwn(value, mark)) {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined);
      return Object.fromEntries(entries.map(([key, item]) => [key, pack(item, `${place}.${key}`)]));
    }
    throw new TypeError(`${place} is ${String(value)}: expected plain data`);
  };
  return { json: JSON.stringify(pack(data, "data")), tensors };
}

const numbers: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, "-Infinity": -Infinity, "-0": -0 };

/** @throws SyntaxError for text that `packData` does not write, or an array that is missing */
export function unpackData(json: string, tensors: ReadonlyMap<string, DecodedTensor>): unknown {
  const data: unknown = JSON.parse(json, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !(mark in value)) return value;
    const name = String(value[mark]);
    if (Object.hasOwn(numbers, name)) return numbers[name];
    const tensor = tensors.get(name);
    if (!tensor) throw new SyntaxError(`the array ${JSON.stringify(name.slice(0, 60))} is missing`);
    return tensor.values;
  });
  return data;
}
