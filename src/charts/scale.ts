/** From values to coordinates: linear and logarithmic scales with round ticks and their words. */

export interface Scale {
  /** The coordinate of a value; values outside the domain go on outside the range. */
  at(value: number): number;
  readonly domain: readonly [number, number];
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

export type ScaleKind = "linear" | "log";

export interface ScaleOptions {
  readonly kind?: ScaleKind;
  /** About how many ticks; default 5. */
  readonly ticks?: number;
  /** Widens the domain to the ticks around it; default false. */
  readonly nice?: boolean;
}

/** @param range the coordinates of the two ends of the domain; the first may be the larger one. */
export function scale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  { kind = "linear", ticks = 5, nice = false }: ScaleOptions = {},
): Scale {
  if (kind === "log" && low > 0) return logarithmic([low, high], [from, to], ticks);
  const [first, last] = differs(low, high) ? [low, high] : widened(low);
  const step = roundStep((last - first) / Math.max(1, ticks));
  const domain: readonly [number, number] = nice
    ? [Math.floor(first / step + 1e-9) * step, Math.ceil(last / step - 1e-9) * step]
    : [first, last];
  const values: number[] = [];
  for (let index = Math.ceil(domain[0] / step - 1e-9); index <= Math.floor(domain[1] / step + 1e-9); index++)
    values.push(index * step + 0);
  return {
    domain,
    at: (value) => from + ((value - domain[0]) / (domain[1] - domain[0])) * (to - from),
    ticks: values.map((value) => ({ value, text: tickText(value, step) })),
  };
}

/** Below this, numbers lose their digits. */
const tiny = 1e-290;

/** Whether there is room for ticks between two values: below a billionth of their size they count as one. */
const differs = (low: number, high: number): boolean =>
  high - low > Math.max(tiny, 1e-9 * Math.max(Math.abs(low), Math.abs(high)));

/** A domain around a single value; from nought upwards for nought, as most of what is nought can't be less. */
function widened(value: number): readonly [number, number] {
  if (Math.abs(value) < tiny) return [0, 1];
  const half = Math.abs(value) / 10;
  return [value - half, value + half];
}

function logarithmic(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  count: number,
): Scale {
  const domain: readonly [number, number] = differs(low, high) ? [low, high] : [low / 2, low * 2];
  const [first, last] = domain.map(Math.log10);
  const fractions = last - first < count / 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((last - first) / count));
  const values: number[] = [];
  for (let power = Math.floor(first); power <= Math.ceil(last); power++) {
    if (power % every !== 0) continue;
    for (const fraction of fractions) {
      const value = fraction * 10 ** power;
      if (value >= domain[0] * (1 - 1e-9) && value <= domain[1] * (1 + 1e-9)) values.push(value);
    }
  }
  return {
    domain,
    at: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from),
    // Over less than a decade round steps say more than powers do.
    ticks:
      values.length < 3
        ? scale(domain, domain, { ticks: count }).ticks.filter(({ value }) => value > 0)
        : values.map((value) => ({ value, text: tickText(value, value) })),
  };
}

/** The next of 1, 2, 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  return (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
}

/** A tick's value with the decimals that its step needs; thousands and millions as k and M. */
export function tickText(value: number, step: number): string {
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 1e-5)) return value.toExponential(0).replace("e+", "e");
  if (size >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toFixed(1))}k`;
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  return (value + 0).toFixed(decimals);
}

/** The smallest and the largest of the finite values; [0, 1] where there is none. */
export function extent(values: Iterable<number>): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
