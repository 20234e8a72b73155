/**
 * Numbers read straight from bytes, without a string for each, and rounded to float32 as `Number` and then
 * `Math.fround` do it. A short decimal is an exact integer divided by an exact power of ten, so one operation gives the
 * nearest double (Clinger 1990, "How to read floating point numbers accurately"). A longer one is computed with a
 * bounded error, which nearly always leaves one float32; where it leaves two, `Number` decides.
 */

import { CLOSE_BRACE, COMMA, type Scanner, SPACE, ZERO } from "./scanner.ts";

const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const UPPER_E = 69;
const LOWER_E = 101;

/** 10^0 ... 10^22: the powers of ten that a double holds exactly. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Up to this many digits an int32 holds the number without its point. */
const SHORT = 9;

const LARGEST_EXACT_INTEGER = 2 ** 53;

/** Up to this many digits the error bound of a long number holds. */
const LONG = 40;

/** Halfway above the largest float32: from here on rounding gives infinity. */
const FLOAT32_OVERFLOW = 2 ** 128 - 2 ** 103;

/**
 * Reads a decimal number (`-12`, `+.5`, `3.`, `1e-7`) at the scanner's position and moves behind it. What follows it is
 * the caller's to check. @returns a double that rounds to the right float32; NaN, without moving, where no number
 * stands (`NaN` and `Infinity` are none).
 * @throws DataError for a number beyond the range of float32.
 */
export function readNumber(scanner: Scanner): number {
  const { bytes } = scanner;
  const end = bytes.length;
  let at = scanner.position;
  let byte = at < end ? (bytes[at] as number) : 0;
  const negative = byte === MINUS;
  if (negative || byte === PLUS) {
    at++;
    byte = at < end ? (bytes[at] as number) : 0;
  }
  const first = at;
  let integer = 0;
  while ((byte - ZERO) >>> 0 <= 9 && at - first < SHORT) {
    integer = (integer * 10 + (byte - ZERO)) | 0;
    at++;
    byte = at < end ? (bytes[at] as number) : 0;
  }
  let decimals = 0;
  if (byte === POINT && at > first) {
    const point = ++at;
    byte = at < end ? (bytes[at] as number) : 0;
    while ((byte - ZERO) >>> 0 <= 9 && at - first <= SHORT) {
      integer = (integer * 10 + (byte - ZERO)) | 0;
      at++;
      byte = at < end ? (bytes[at] as number) : 0;
    }
    decimals = at - point;
  }
  if (at === first || (byte > SPACE && byte !== COMMA && byte !== CLOSE_BRACE)) return readLongNumber(scanner);
  scanner.position = at;
  const magnitude = decimals === 0 ? integer : integer / (powersOfTen[decimals] as number);
  return negative ? -magnitude : magnitude;
}

/** The whole grammar: any number of digits, an exponent. */
function readLongNumber(scanner: Scanner): number {
  const { bytes, position: start } = scanner;
  const negative = bytes[start] === MINUS;
  const first = negative || bytes[start] === PLUS ? start + 1 : start;
  const point = digitsEnd(bytes, first);
  let at = bytes[point] === POINT ? digitsEnd(bytes, point + 1) : point;
  if (at - first === (at > point ? 1 : 0)) return Number.NaN;
  let mantissa = 0;
  for (let i = first; i < at; i++) if (i !== point) mantissa = mantissa * 10 + ((bytes[i] as number) - ZERO);
  let exponent = at > point ? point + 1 - at : 0;
  if (bytes[at] === LOWER_E || bytes[at] === UPPER_E) {
    const digits = bytes[at + 1] === MINUS || bytes[at + 1] === PLUS ? at + 2 : at + 1;
    const end = digitsEnd(bytes, digits);
    if (end === digits) return Number.NaN;
    exponent += Number(scanner.text(at + 1, end));
    at = end;
  }
  scanner.position = at;
  if (at - first <= LONG && Math.abs(exponent) <= 22) {
    const power = powersOfTen[Math.abs(exponent)] as number;
    const magnitude = exponent < 0 ? mantissa / power : mantissa * power;
    // A sum below 2^53 was exact all along, and one exact operand more gives the nearest double.
    if (mantissa < LARGEST_EXACT_INTEGER) return negative ? -magnitude : magnitude;
    // Else each digit adds two roundings at most, the power one: 2^-46 is beyond their sum, and fround is monotone.
    const above = magnitude * (1 + 2 ** -46);
    if (above < FLOAT32_OVERFLOW && Math.fround(magnitude * (1 - 2 ** -46)) === Math.fround(above)) {
      return negative ? -magnitude : magnitude;
    }
  }
  const value = Number(scanner.text(start, at));
  if (Math.abs(value) < FLOAT32_OVERFLOW) return value;
  throw scanner.error(start, `${scanner.found(start)} is too large: expected less than 3.4e38, the range of float32`);
}

function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && ((bytes[at] as number) - ZERO) >>> 0 <= 9) at++;
  return at;
}
