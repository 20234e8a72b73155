/**
 * Parsers for option values, shared by the commands: each turns text into a value or says what was expected of the
 * option.
 */
import { meant, UsageError } from "../errors.ts";

/** What a command gives commander to parse the text behind an option. */
export type Parser<T> = (text: string) => T;

/** A whole number in [low, high]. */
export function wholeNumber(option: string, low: number, high = Number.MAX_SAFE_INTEGER): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text.trim()) && value >= low && value <= high) return value;
    const range = high === Number.MAX_SAFE_INTEGER && value < low ? `of at least ${low}` : `from ${low} to ${high}`;
    throw new UsageError(`${option} ${quoted(text)}: expected a whole number ${range}`);
  };
}

/** A finite number of at least `low`. */
export function decimal(option: string, low: number): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= low) return value;
    throw new UsageError(`${option} ${quoted(text)}: expected a number of at least ${low}`);
  };
}

/** A name of a file or folder: any text but none. */
export function path(option: string): Parser<string> {
  return (text) => {
    if (text.trim() !== "") return text;
    throw new UsageError(`${option} ${quoted(text)}: expected a name`);
  };
}

/** One of the given words. */
export function oneOf<T extends string>(option: string, words: readonly T[]): Parser<T> {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new UsageError(`${option} ${quoted(text)}${meant(text, words)}: expected one of ${words.join(", ")}`);
  };
}

/** Several values, separated by commas. */
export function list<T>(option: string, parse: Parser<T>): Parser<readonly T[]> {
  return (text) => {
    const parts = text.split(",").map((part) => part.trim());
    if (parts.includes("")) throw new UsageError(`${option} ${quoted(text)}: expected values separated by commas`);
    return parts.map(parse);
  };
}

/** Several different values, separated by commas. */
export function set<T>(option: string, parse: Parser<T>): Parser<readonly T[]> {
  return (text) => {
    const values = list(option, parse)(text);
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice !== undefined) throw new UsageError(`${option} ${quoted(text)}: ${twice} stands there twice`);
    return values;
  };
}

export const quoted = (text: string): string => JSON.stringify(text);
