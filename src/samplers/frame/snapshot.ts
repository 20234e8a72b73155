/**
 * Reading a saved sampler state back, each field checked for kind and length, so that a damaged file is a clear error
 * rather than a sampler that draws wrong rows.
 */

import { UsageError } from "../../errors.ts";
import type { RandomState } from "../../random.ts";

type NumberArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

function refuse(key: string, expected: string, found: unknown): never {
  const shown = ArrayBuffer.isView(found) ? `${found.constructor.name} of ${found.byteLength} bytes` : String(found);
  throw new UsageError(`sampler state: "${key}" should be ${expected}, but is ${shown}; was it saved by this sampler?`);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}

/** A whole number in low..high. */
export function readInteger(state: Readonly<Record<string, unknown>>, key: string, low: number, high: number): number {
  const value = state[key];
  if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) {
    refuse(key, `a whole number from ${low} to ${high}`, value);
  }
  return value;
}

/** A number in [low, high]. */
export function readNumber(state: Readonly<Record<string, unknown>>, key: string, low: number, high: number): number {
  const value = state[key];
  if (typeof value !== "number" || !(value >= low && value <= high))
    refuse(key, `a number in [${low}, ${high}]`, value);
  return value;
}

export function readRecord(state: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const value = state[key];
  if (!isRecord(value)) refuse(key, "an object", value);
  return value;
}

/** Copies a saved array into `target`, which has its type and length; every value must lie in [low, high]. */
export function readInto(
  state: Readonly<Record<string, unknown>>,
  key: string,
  target: NumberArray,
  low: number,
  high: number,
): void {
  const value = state[key];
  const expected = `a ${target.constructor.name} of ${target.length} numbers in [${low}, ${high}]`;
  if (!isSameKind(value, target)) refuse(key, expected, value);
  for (let k = 0; k < value.length; k++) {
    if (!(value[k] >= low && value[k] <= high)) refuse(`${key}[${k}]`, expected, value[k]);
  }
  target.set(value);
}

function isSameKind(value: unknown, target: NumberArray): value is NumberArray {
  if (!ArrayBuffer.isView(value) || value.constructor.name !== target.constructor.name) return false;
  return "length" in value && value.length === target.length;
}

/** Copies a saved permutation of 0..target.length - 1. */
export function readPermutation(state: Readonly<Record<string, unknown>>, key: string, target: Int32Array): void {
  readInto(state, key, target, 0, target.length - 1);
  const seen = new Uint8Array(target.length);
  for (const row of target) {
    if (seen[row] === 1) refuse(key, "a list of distinct rows", `one with row ${row} twice`);
    seen[row] = 1;
  }
}

/** The saved state of a random stream. */
export function readRandom(state: Readonly<Record<string, unknown>>, key: string): RandomState {
  const { seed, generator, spare } = readRecord(state, key);
  const whole = (value: unknown): value is number => Number.isInteger(value);
  if (!whole(seed) || !Array.isArray(generator) || generator.length !== 4 || !generator.every(whole)) {
    refuse(key, "the state of a random stream", JSON.stringify({ seed, generator }));
  }
  if (spare !== null && typeof spare !== "number") refuse(`${key}.spare`, "a number or null", spare);
  return { seed, generator, spare };
}
