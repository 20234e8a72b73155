/**
 * The ablations of the method once more, straight from their formulas: other measures of hardness, other ways from
 * hardness to the exponent of s.
 */
import { UsageError } from "../../errors.ts";
import type { EvidenceKind } from "../../samplers/sampler.ts";
import { mean, sum, type Visit } from "./observations.ts";
import type { AdaptiveParts } from "./tables.ts";

interface NaiveHardness {
  readonly needs: readonly EvidenceKind[];
  readonly hardness: (visit: Visit, labels: readonly number[]) => number;
}

const meanOf = (entry: (g: number, loss: number, y: number) => number): NaiveHardness["hardness"] => {
  return ({ scores, entryLosses }, labels) => mean(labels.map((y, j) => entry(scores[j], entryLosses[j], y)));
};

const hardnesses: Readonly<Record<string, NaiveHardness>> = {
  bce: { needs: ["rowLosses"], hardness: ({ loss }) => loss },
  focal: {
    needs: ["scores", "entryLosses"],
    hardness: meanOf((g, loss, y) => y * (1 - g) ** 2 * loss + (1 - y) * g ** 2 * loss),
  },
  asymmetric: {
    needs: ["scores", "entryLosses"],
    hardness: meanOf((g, loss, y) => {
      const m = Math.max(0, g - 0.05);
      return y * loss - (1 - y) * m ** 4 * Math.log(1 - m);
    }),
  },
  error: { needs: ["scores"], hardness: meanOf((g, _, y) => Math.abs(y - g)) },
  ranking: {
    needs: ["scores"],
    hardness({ scores }, labels) {
      const of = (value: number): number[] => scores.filter((_, j) => labels[j] === value);
      const pairs = of(1).flatMap((relevant) =>
        of(0).map((other) => (other > relevant ? 1 : other < relevant ? 0 : 0.5)),
      );
      return pairs.length === 0 ? 0 : sum(pairs) / pairs.length;
    },
  },
};

/** @throws UsageError for another name */
export function naiveHardness(name: string): NaiveHardness {
  if (Object.hasOwn(hardnesses, name)) return hardnesses[name];
  throw new UsageError(`hardness "${name}": expected ${Object.keys(hardnesses).join(", ")}`);
}

const quantizations: Readonly<Record<string, Partial<AdaptiveParts>>> = {
  index: {},
  continuous: { index: (z, largest, n) => (largest === 0 ? 0 : (n * z) / largest) },
  rank: {
    indices: (z) =>
      z.map((value) => {
        const above = z.filter((other) => other > value).length;
        const equal = z.filter((other) => other === value).length;
        return z.length + 1 - (above + (equal + 1) / 2);
      }),
  },
  quantile: {
    indices(z, seen) {
      const ordered = [...seen].sort((a, b) => a - b);
      const place = 0.95 * (ordered.length - 1);
      const [low, high] = [ordered[Math.floor(place)] ?? 0, ordered[Math.ceil(place)] ?? 0];
      const quantile = low + (place - Math.floor(place)) * (high - low);
      const n = z.length;
      const most = quantile === 0 || ordered.length === 0 ? Math.max(...z) : quantile;
      return z.map((value) => (most === 0 ? 0 : Math.min(n, Math.ceil(value / (most / n)))));
    },
  },
};

/** @throws UsageError for another name */
export function naiveQuantization(name: string): Partial<AdaptiveParts> {
  if (Object.hasOwn(quantizations, name)) return quantizations[name];
  throw new UsageError(`quantization "${name}": expected ${Object.keys(quantizations).join(", ")}`);
}
