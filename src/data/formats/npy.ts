/**
 * One array of NumPy's format: a line of Python that says what follows, then the numbers. Reads whole numbers, floats,
 * booleans and texts of up to two dimensions, in either byte order and either order of rows and columns; never objects,
 * which are programs. Source: numpy.org, numpy.lib.format (versions 1.0 to 3.0).
 */
import { DataError, UsageError } from "../../errors.ts";
import { bounds } from "./bounds.ts";

/** An array of numbers, as a .npy file holds it. */
export interface NpyNumbers {
  readonly kind: "numbers";
  /** At most two sizes. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array;
}

/** An array of texts, such as names of labels. */
export interface NpyTexts {
  readonly kind: "texts";
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

/** What a .npy file holds. */
export type NpyArray = NpyNumbers | NpyTexts;

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Types of numbers by NumPy's names, without the byte order. */
const types: Readonly<
  Record<string, { readonly size: number; read(view: DataView, at: number, little: boolean): number }>
> = {
  f4: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
  b1: { size: 1, read: (view, at) => view.getUint8(at) },
  i1: { size: 1, read: (view, at) => view.getInt8(at) },
  u1: { size: 1, read: (view, at) => view.getUint8(at) },
  i2: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  u2: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
  i4: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  u4: { size: 4, read: (view, at, little) => view.getUint32(at, little) },
  i8: { size: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  u8: { size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
};

/**
 * @param file stands in the messages only
 * @throws DataError for bytes that are no such file, a type that is not read, more than two dimensions, or another
 * number of bytes than the header says
 */
export function decodeNpy(bytes: Uint8Array, file: string): NpyArray {
  const fail = (message: string): never => {
    throw new DataError({ file }, message);
  };
  if (!magic.every((byte, i) => bytes[i] === byte))
    return fail("expected a .npy file of NumPy: it does not begin as one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version === undefined || version < 1 || version > 3) return fail(`version ${version}: expected 1, 2 or 3`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) return fail("cut short in its header: expected a whole .npy file");
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > bounds.npyHeaderBytes)
    return fail(`a header of ${length} bytes: expected at most ${bounds.npyHeaderBytes}`);
  if (start + length > bytes.length)
    return fail(`a header of ${length} bytes, but the file ends before: expected a whole .npy file`);
  const { type, fortran, shape } = parseHeader(new TextDecoder().decode(bytes.subarray(start, start + length)), fail);
  const count = shape.reduce((product, size) => product * size, 1);
  const data = new DataView(bytes.buffer, bytes.byteOffset + start + length, bytes.length - start - length);
  const { little, name, width } = parseType(type, fail);
  const size = name === "U" ? 4 * width : types[name].size;
  if (count * size !== data.byteLength) {
    return fail(
      `${data.byteLength} bytes after the header: expected ${count * size} for shape (${shape.join(", ")}) of ${type}`,
    );
  }
  const [rows, columns] = [shape[0] ?? 1, shape[1] ?? 1];
  // Where entry i, row by row, lies among the entries of the file.
  const place = (i: number): number => (fortran ? (i % columns) * rows + Math.floor(i / columns) : i);
  if (name === "U") {
    return {
      kind: "texts",
      shape,
      values: Array.from({ length: count }, (_, i) => text(data, place(i), width, little, fail)),
    };
  }
  const values = arrayOf(name, count);
  const { read } = types[name];
  for (let i = 0; i < count; i++) values[i] = read(data, place(i) * size, little);
  return { kind: "numbers", shape, values };
}

function arrayOf(name: string, count: number): NpyNumbers["values"] {
  if (name === "f4") return new Float32Array(count);
  if (name === "i1") return new Int8Array(count);
  if (name === "u1" || name === "b1") return new Uint8Array(count);
  return name === "i2" || name === "i4" || name === "u2" ? new Int32Array(count) : new Float64Array(count);
}

/** Code points of four bytes, filled up with zeros. */
function text(data: DataView, entry: number, width: number, little: boolean, fail: Fail): string {
  const points: number[] = [];
  for (let i = 0; i < width; i++) points.push(data.getUint32(4 * (entry * width + i), little));
  while (points.at(-1) === 0) points.pop();
  if (points.some((point) => point > 0x10ffff))
    return fail(`text ${entry} is not Unicode: expected code points of four bytes`);
  return String.fromCodePoint(...points);
}

type Fail = (message: string) => never;

interface Header {
  readonly type: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` */
function parseHeader(header: string, fail: Fail): Header {
  const shown = JSON.stringify(header.trim().slice(0, 100));
  if (/'descr'\s*:\s*\[/.test(header)) {
    return fail("records of several fields: expected plain numbers, such as array.astype('float32')");
  }
  const field = /\s*'(descr|fortran_order|shape)'\s*:\s*(?:'([^']*)'|(True|False)|\(([\d\s,L]*)\))\s*(?:,|(?=\s*\}))/y;
  const found = new Map<string, string>();
  let at = header.startsWith("{") ? 1 : header.length;
  for (field.lastIndex = at; ; field.lastIndex = at) {
    const [whole, key, word, truth, sizes] = field.exec(header) ?? [];
    if (whole === undefined) break;
    if (found.has(key)) return fail(`its header names ${key} twice, expected once: ${shown}`);
    found.set(key, word ?? truth ?? sizes);
    at += whole.length;
  }
  const [type, order, sizes] = ["descr", "fortran_order", "shape"].map((key) => found.get(key));
  const whole = /^\s*\}\s*$/.test(header.slice(at)) && (order === "True" || order === "False");
  const shape = sizes?.split(",").map((size) => size.trim().replace(/L$/, ""));
  const lengths = shape?.filter((size) => size !== "").map(Number);
  if (type === undefined || !whole || !lengths?.every(Number.isSafeInteger)) {
    return fail(`expected a header of descr, fortran_order and shape: ${shown}`);
  }
  if (lengths.length > 2) return fail(`${lengths.length} dimensions: expected rows and columns`);
  return { type, fortran: order === "True", shape: lengths };
}

/** `<f4`, `|b1`, `>U12`: byte order, type, and the characters of a text. */
function parseType(
  type: string,
  fail: Fail,
): { readonly little: boolean; readonly name: string; readonly width: number } {
  const [, order, letter, digits] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(type) ?? [];
  const [little, name, width] = [order !== ">", `${letter}${digits}`, Number(digits)];
  if (letter === "U" && width > 0 && 4 * width <= bounds.nameBytes) return { little, name: "U", width };
  if (Object.hasOwn(types, name)) return { little, name, width };
  if (letter === "U") return fail(`texts of ${width} characters: expected 1 to ${bounds.nameBytes / 4}`);
  const why =
    letter === "O" ? "objects, which are programs and never read" : `type ${JSON.stringify(type.slice(0, 20))}`;
  return fail(`${why}: expected one of ${Object.keys(types).join(", ")} or texts; array.astype("float32") makes one`);
}

/** What can be written. */
export type Writable =
  | { readonly shape: readonly number[]; readonly values: Float32Array | Uint8Array | Int32Array }
  | { readonly texts: readonly string[] };

/** The array as a .npy file, version 1.0; texts as one dimension of the width of the longest. */
export function encodeNpy(array: Writable): Uint8Array<ArrayBuffer> {
  const { descr, shape, data } = "texts" in array ? encodedTexts(array.texts) : encodedNumbers(array);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Numbers begin at a multiple of 64 bytes, after spaces and a line's end.
  const padded = Math.ceil((10 + fields.length + 1) / 64) * 64;
  const file = new Uint8Array(padded + data.byteLength).fill(0x20, 0, padded);
  file.set([...magic, 1, 0]);
  new DataView(file.buffer).setUint16(8, padded - 10, true);
  file.set(new TextEncoder().encode(fields), 10);
  file[padded - 1] = 0x0a;
  file.set(data, padded);
  return file;
}

interface Encoded {
  readonly descr: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

function encodedNumbers({ shape, values }: Extract<Writable, { shape: unknown }>): Encoded {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== values.length)
    throw new UsageError(`${values.length} values of shape (${shape.join(", ")}): expected ${count}`);
  const descr = values instanceof Float32Array ? "<f4" : values instanceof Uint8Array ? "|u1" : "<i4";
  return { descr, shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function encodedTexts(texts: readonly string[]): Encoded {
  const points = texts.map((words) => Array.from(words, (character) => character.codePointAt(0) ?? 0));
  const width = Math.max(1, ...points.map(({ length }) => length));
  const data = new Uint32Array(texts.length * width);
  for (const [i, codes] of points.entries()) data.set(codes, i * width);
  return { descr: `<U${width}`, shape: [texts.length], data: new Uint8Array(data.buffer) };
}
