/**
 * Numbers as words: four decimals, a sign before differences, p-values never below "<0.001", "-" for what isn't
 * defined.
 */
import type { Interval } from "../statistics/statistics.ts";

export const figure = (value: number | null | undefined): string =>
  typeof value === "number" ? value.toFixed(4) : "-";

export const signed = (value: number): string => (value <= -0.00005 ? "-" : "+") + Math.abs(value).toFixed(4);

export const probability = (value: number | null | undefined): string =>
  typeof value !== "number" ? "-" : value < 0.001 ? "<0.001" : value.toFixed(3);

/** `p = 0.031`, `p < 0.001`. */
export const pText = (value: number, name = "p"): string =>
  value < 0.001 ? `${name} < 0.001` : `${name} = ${value.toFixed(3)}`;

export const rank = (value: number | null | undefined): string => (typeof value === "number" ? value.toFixed(2) : "-");

export const intervalText = (interval: Interval | null | undefined): string =>
  interval ? `[${signed(interval.low)}, ${signed(interval.high)}]` : "-";

/** `5 folds`, `1 seed`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Seconds with what digits they need. */
export const secondsText = (seconds: number): string =>
  seconds >= 100 ? seconds.toFixed(0) : seconds >= 1 ? seconds.toFixed(1) : seconds.toFixed(3);

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}

export const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
