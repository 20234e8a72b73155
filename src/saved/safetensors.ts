/**
 * The safetensors container: a JSON header that names typed arrays, then their bytes. Reads every common element type,
 * checks everything before it trusts it, and writes files that other readers accept. Knows nothing of models.
 * Layout: 8 bytes header length (little-endian), header, data; data offsets count from the end of the header.
 */
import { DataError, UsageError } from "../errors.ts";
import { requireDistinctNames } from "./distinct-names.ts";

/** Numbers of a tensor. */
export type TensorValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A row-major array; `shape` multiplies to `values.length`, `[]` is a scalar. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: TensorValues;
}

export interface DecodedTensor extends StoredTensor {
  /** The file's element type: F16 and BF16 are widened to Float32Array (exactly), BOOL is Uint8Array of 0 and 1. */
  readonly type: ElementType;
}

/** The contents of a safetensors file. */
export interface Safetensors {
  /** In the order in which the tensors lie in the file. */
  readonly tensors: ReadonlyMap<string, DecodedTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The format's own limit on the header, in bytes. */
const largestHeader = 100_000_000;
const metadataKey = "__metadata__";

interface Element {
  /** In bytes. */
  readonly size: number;
  readonly read: (bytes: ArrayBuffer) => TensorValues;
}

const elements = {
  F64: { size: 8, read: (bytes) => new Float64Array(bytes) },
  F32: { size: 4, read: (bytes) => new Float32Array(bytes) },
  F16: { size: 2, read: (bytes) => Float32Array.from(new Uint16Array(bytes), halfToNumber) },
  BF16: { size: 2, read: (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes), (b) => b << 16).buffer) },
  I64: { size: 8, read: (bytes) => new BigInt64Array(bytes) },
  U64: { size: 8, read: (bytes) => new BigUint64Array(bytes) },
  I32: { size: 4, read: (bytes) => new Int32Array(bytes) },
  U32: { size: 4, read: (bytes) => new Uint32Array(bytes) },
  I16: { size: 2, read: (bytes) => new Int16Array(bytes) },
  U16: { size: 2, read: (bytes) => new Uint16Array(bytes) },
  I8: { size: 1, read: (bytes) => new Int8Array(bytes) },
  U8: { size: 1, read: (bytes) => new Uint8Array(bytes) },
  BOOL: { size: 1, read: (bytes) => new Uint8Array(bytes) },
} as const satisfies Record<string, Element>;

/** The type of a tensor's numbers. */
export type ElementType = keyof typeof elements;

const isElementType = (name: unknown): name is ElementType => typeof name === "string" && Object.hasOwn(elements, name);

/** 1 sign, 5 exponent and 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function typeOf(values: TensorValues): ElementType {
  if (values instanceof Float32Array) return "F32";
  if (values instanceof Float64Array) return "F64";
  if (values instanceof Int8Array) return "I8";
  if (values instanceof Uint8Array) return "U8";
  if (values instanceof Int16Array) return "I16";
  if (values instanceof Uint16Array) return "U16";
  if (values instanceof Int32Array) return "I32";
  if (values instanceof Uint32Array) return "U32";
  return values instanceof BigInt64Array ? "I64" : "U64";
}

/**
 * The file for the given tensors. Each array starts at a multiple of its element size: wider elements come first, else
 * the order is the map's; the same input gives the same bytes.
 * @throws UsageError for a shape that doesn't multiply to the number of values, or a tensor named `__metadata__`.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT);
  const fields: string[] = [];
  const field = (name: string, value: unknown) => fields.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  if (metadata.size > 0) field(metadataKey, Object.fromEntries(metadata));
  let end = 0;
  for (const [name, { shape, values }] of ordered) {
    if (name === metadataKey)
      throw new UsageError(`a tensor can't be named ${metadataKey}: the format keeps that name`);
    const size = product(shape);
    if (size !== values.length) {
      throw new UsageError(`tensor "${name}" has shape [${shape}], ${size} values, but holds ${values.length}`);
    }
    const begin = end;
    end += values.byteLength;
    field(name, { dtype: typeOf(values), shape, data_offsets: [begin, end] });
  }
  const header = new TextEncoder().encode(`{${fields.join(",")}}`);
  const dataStart = 8 + Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(dataStart + end).fill(0x20, 0, dataStart);
  new DataView(file.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  file.set(header, 8);
  let at = dataStart;
  for (const [, { values }] of ordered) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}

/** NaN if a size isn't a whole number >= 0 or the product isn't exact. */
function product(shape: readonly number[]): number {
  const size = shape.reduce((total, length) => total * length, 1);
  const whole = shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  return whole && Number.isSafeInteger(size) ? size : Number.NaN;
}

/**
 * Reads a file. The arrays are copies: they outlive `bytes` and don't share memory.
 * @param fileName stands in the messages only.
 * @throws DataError if the file is cut short or isn't safetensors, if its header is longer than 100 MB, breaks the
 * format or repeats a name, if the arrays overlap, leave gaps or don't fill the data exactly, or if a type is unknown.
 */
export function decodeSafetensors(bytes: Uint8Array, fileName: string): Safetensors {
  const fail = (message: string): never => {
    throw new DataError({ file: fileName }, message);
  };
  const header = readHeader(bytes, fail);
  const data = bytes.subarray(8 + header.length);
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header.fields)) {
    if (name !== metadataKey) {
      entries.push(readEntry(name, value, fail));
      continue;
    }
    // Some writers mean by null that there is none.
    if (value === null) continue;
    if (!isRecord(value)) return fail(`${metadataKey} is ${show(value)}; expected an object of strings`);
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== "string") return fail(`${metadataKey} has ${show(key)} as ${show(text)}; expected a string`);
      metadata.set(key, text);
    }
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let reached = 0;
  const tensors = new Map<string, DecodedTensor>();
  for (const { name, type, shape, begin, end } of entries) {
    if (end > data.length) {
      fail(
        `tensor ${show(name)} ends at data byte ${end}, but the file has ${data.length}: it is cut short or damaged`,
      );
    }
    if (begin < reached)
      fail(`tensor ${show(name)} starts at data byte ${begin}, inside the one that ends at ${reached}`);
    if (begin > reached) fail(`data bytes ${reached} to ${begin} belong to no tensor; expected no gaps`);
    reached = end;
    const copy = new Uint8Array(end - begin);
    copy.set(data.subarray(begin, end));
    tensors.set(name, { type, shape, values: elements[type].read(copy.buffer) });
  }
  if (reached < data.length)
    fail(`${data.length - reached} bytes follow the last tensor; expected the end of the file`);
  return { tensors, metadata };
}

type Fail = (message: string) => never;

interface Header {
  readonly length: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Files that people take for safetensors, by the bytes that they begin with. */
const strangers: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 3, 4], "begins with PK: a file of torch.save (.pt, .pth, .bin) or another zip archive"],
  [[0x80, 2, 0x8a], "a pickle, perhaps an old file of torch.save"],
  [[0x89, 0x48, 0x44, 0x46], "an HDF5 file, such as Keras writes"],
];

function readHeader(bytes: Uint8Array, fail: Fail): Header {
  // A header's length may have these bytes, too.
  const stranger = bytes[8] !== 0x7b && strangers.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (stranger) {
    const advice = "safetensors.torch.save_file(module.state_dict(), FILE) writes what is expected here";
    return fail(`${stranger[1]}, not a safetensors file: ${advice}`);
  }
  if (bytes.length < 8) return fail(`the file has ${bytes.length} bytes; a safetensors file has at least 10`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > largestHeader) {
    return fail(`the header's length reads ${declared}, above the limit of ${largestHeader}: not a safetensors file`);
  }
  const length = Number(declared);
  if (8 + length > bytes.length) {
    return fail(`the header should have ${length} bytes, but only ${bytes.length - 8} follow: the file is cut short`);
  }
  if (bytes[8] !== 0x7b || length === 0) return fail("the header doesn't start with {: not a safetensors file");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length));
    requireDistinctNames(text, 3);
    const fields: unknown = JSON.parse(text);
    if (isRecord(fields)) return { length, fields };
    throw new SyntaxError("it isn't an object");
  } catch (error) {
    return fail(`the header can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Entry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, value: unknown, fail: Fail): Entry {
  const tensor = `tensor ${show(name)}`;
  if (!isRecord(value)) return fail(`${tensor} is ${show(value)}; expected dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isElementType(dtype)) {
    return fail(`${tensor} has dtype ${show(dtype)}; expected one of ${Object.keys(elements).join(", ")}`);
  }
  if (!isSizes(shape)) return fail(`${tensor} has shape ${show(shape)}; expected whole numbers >= 0`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail(`${tensor} has data_offsets ${show(offsets)}; expected [begin, end] with begin <= end`);
  }
  const [begin, end] = offsets;
  const needed = product(shape) * elements[dtype].size;
  if (needed !== end - begin) {
    return fail(`${tensor} of ${dtype} [${shape}] needs ${needed} bytes, but its data_offsets span ${end - begin}`);
  }
  return { name, type: dtype, shape, begin, end };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);

/** A value for a message, never longer than a line. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? text.slice(0, 60) + "..." : text;
}
