/**
 * Messages in protobuf's wire format, as far as ONNX files need it: whole numbers, floats, texts, bytes and messages,
 * each under the number of its field. Writes only; what the numbers mean is in messages.ts.
 * Source: protobuf.dev, Encoding.
 */
import { UsageError } from "../../errors.ts";

/** The bytes of fields, in pieces, so that large arrays are copied once. */
export type Fields = readonly Uint8Array[];

/** Readers keep lengths in 32 bits with a sign. */
const largestMessage = 2 ** 31 - 1;

const wire = { varint: 0, bytes: 2, fixed32: 5 } as const;

const encoder = new TextEncoder();

/** Seven bits a byte, the lowest first; all but the last byte have the eighth set. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const key = (field: number, type: number): number[] => varint(field * 8 + type);

const lengthOf = (fields: Fields): number => fields.reduce((total, piece) => total + piece.length, 0);

/** A whole number of at least 0. */
export const integer = (field: number, value: number): Fields => [
  Uint8Array.from([...key(field, wire.varint), ...varint(value)]),
];

/** A number of single precision. */
export const float = (field: number, value: number): Fields => [
  Uint8Array.from(key(field, wire.fixed32)),
  new Uint8Array(Float32Array.of(value).buffer),
];

export const bytes = (field: number, value: Uint8Array): Fields => [
  Uint8Array.from([...key(field, wire.bytes), ...varint(value.length)]),
  value,
];

export const text = (field: number, value: string): Fields => bytes(field, encoder.encode(value));

export const message = (field: number, fields: Fields): Fields => [
  Uint8Array.from([...key(field, wire.bytes), ...varint(lengthOf(fields))]),
  ...fields,
];

/** @throws UsageError for more than 2^31 - 1 bytes, which no reader takes */
export function encodeMessage(fields: Fields): Uint8Array<ArrayBuffer> {
  const length = lengthOf(fields);
  if (length > largestMessage) {
    throw new UsageError(`an ONNX file of ${length} bytes: the format has at most ${largestMessage}`);
  }
  const file = new Uint8Array(length);
  let at = 0;
  for (const piece of fields) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}
