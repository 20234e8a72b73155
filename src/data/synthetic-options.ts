/**
 * The knobs of the synthetic data set: one table of names, defaults and bounds, from which values are checked, texts
 * such as `synthetic:rows=500,labels=8` are read, and the data set gets its name. Generates nothing.
 */
import { meant, UsageError } from "../errors.ts";

/** The knobs of `synthetic`; see docs/synthetic.md. */
export interface SyntheticOptions {
  readonly rows: number;
  readonly features: number;
  readonly labels: number;
  /** IRLbl of the rarest label; counts fall from the commonest to the rarest by equal factors. */
  readonly imbalance: number;
  /** Mean number of labels per row. */
  readonly cardinality: number;
  /** Share of the minority labels' positives that sit in threes among rows without the label. */
  readonly difficulty: number;
  /** Share of each label's positives that change place with random negatives. */
  readonly noise: number;
  /** 1: rows stand in the order of their labels, as in the files of some published sets; 0: in no order. */
  readonly sorted: number;
}

/** One option of `synthetic`, with its bounds. */
export interface Knob {
  readonly name: keyof SyntheticOptions;
  readonly default: number;
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
  /** For `--help` and the documentation. */
  readonly meaning: string;
}

/** Every option of `synthetic`, in the order of its documentation. */
export const syntheticKnobs: readonly Knob[] = [
  { name: "rows", default: 600, low: 10, high: 2 ** 24, whole: true, meaning: "number of rows" },
  { name: "features", default: 40, low: 1, high: 2 ** 16, whole: true, meaning: "number of numeric features" },
  { name: "labels", default: 10, low: 1, high: 2 ** 12, whole: true, meaning: "number of labels" },
  {
    name: "imbalance",
    default: 10,
    low: 1,
    high: 1e6,
    whole: false,
    meaning: "IRLbl of the rarest label; the others lie between on a geometric curve",
  },
  {
    name: "cardinality",
    default: 2.2,
    low: 0,
    high: 2 ** 12,
    whole: false,
    meaning: "mean number of labels per row; less where labels are few",
  },
  {
    name: "difficulty",
    default: 0.5,
    low: 0,
    high: 1,
    whole: false,
    meaning: "share of minority positives that sit among rows without the label",
  },
  {
    name: "noise",
    default: 0.02,
    low: 0,
    high: 0.5,
    whole: false,
    meaning: "share of each label's positives that change place with negatives",
  },
  { name: "sorted", default: 0, low: 0, high: 1, whole: true, meaning: "1: rows stand in the order of their labels" },
];

/** Largest share of the rows that a label may have. */
const largestShare = 0.9;
/** Bytes of the largest feature matrix that is generated. */
const largestMatrix = 2 ** 32;

/** How many rows each label has, as multiples of the commonest one's. */
function frequencyCurve(labels: number, imbalance: number): number[] {
  return Array.from({ length: labels }, (_, j) => imbalance ** (-j / Math.max(1, labels - 1)));
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The default, or where that would put the commonest label on more than 60% of the rows, what puts it there. */
function defaultCardinality(labels: number, imbalance: number): number {
  const knob = syntheticKnobs.find(({ name }) => name === "cardinality");
  return Math.min(knob?.default ?? 1, Math.floor(60 * total(frequencyCurve(labels, imbalance))) / 100);
}

/** Positives of every label: `rows * cardinality` in all, each label's count the same factor below the one before. */
export function targetCounts(options: SyntheticOptions): number[] {
  const { rows, labels, imbalance, cardinality } = options;
  const curve = frequencyCurve(labels, imbalance);
  const scale = (rows * cardinality) / total(curve);
  return curve.map((value) => Math.round(scale * value));
}

/**
 * Fills in the defaults and checks every value, also against the others.
 * @throws UsageError naming the option, its value and what was expected.
 */
export function completeSyntheticOptions(given: Partial<SyntheticOptions>): SyntheticOptions {
  const value = (name: keyof SyntheticOptions): number => {
    const knob = syntheticKnobs.find((other) => other.name === name);
    const chosen = given[name] ?? knob?.default ?? Number.NaN;
    if (!knob || !(chosen >= knob.low && chosen <= knob.high) || (knob.whole && !Number.isInteger(chosen))) {
      const kind = knob?.whole ? "a whole number" : "a number";
      throw new UsageError(`synthetic ${name}=${chosen}: expected ${kind} from ${knob?.low} to ${knob?.high}`);
    }
    return chosen;
  };
  const [labels, imbalance] = [value("labels"), value("imbalance")];
  const options: SyntheticOptions = {
    rows: value("rows"),
    features: value("features"),
    labels,
    imbalance,
    cardinality: given.cardinality === undefined ? defaultCardinality(labels, imbalance) : value("cardinality"),
    difficulty: value("difficulty"),
    noise: value("noise"),
    sorted: value("sorted"),
  };
  const bytes = 4 * options.rows * options.features;
  if (bytes > largestMatrix) {
    throw new UsageError(
      `synthetic rows=${options.rows},features=${options.features} needs ${bytes} bytes: expected at most ${largestMatrix}`,
    );
  }
  checkCounts(options);
  return options;
}

/** The wanted frequencies must be possible: no label on nearly every row, none on no row. */
function checkCounts(options: SyntheticOptions): void {
  const { rows, labels, imbalance, cardinality } = options;
  const counts = targetCounts(options);
  const text = `synthetic rows=${rows},labels=${labels},imbalance=${imbalance},cardinality=${cardinality}`;
  if (counts[0] > largestShare * rows) {
    const most = ((cardinality * largestShare * rows) / counts[0]).toFixed(2);
    throw new UsageError(
      `${text} wants the commonest label on ${counts[0]} of ${rows} rows: expected a cardinality of at most about ${most}`,
    );
  }
  if (counts[labels - 1] === 0) {
    throw new UsageError(
      `${text} leaves the rarest label without a row: raise rows or cardinality, or lower imbalance`,
    );
  }
}

/** What a text such as `synthetic` or `synthetic:rows=500,labels=8,seed=3` says. */
export interface ParsedSynthetic {
  readonly options: Partial<SyntheticOptions>;
  readonly seed?: number;
}

/** @throws UsageError for another text, an unknown option, one given twice, or a value that is not a number. */
export function parseSyntheticOptions(text: string): ParsedSynthetic {
  const [head, ...rest] = text.split(":");
  if (head !== "synthetic" || rest.length > 1) {
    throw new UsageError(`data "${text}": expected synthetic or synthetic:option=value,...`);
  }
  const known = ["seed", ...syntheticKnobs.map(({ name }) => name)];
  const values = new Map<string, number>();
  for (const item of rest.length === 0 ? [] : rest[0].split(",")) {
    const [name, value, ...more] = item.split("=").map((part) => part.trim());
    if (!known.includes(name)) {
      throw new UsageError(
        `"${item}" in "${text}"${meant(name, known)}: expected option=value with one of the options ${known.join(", ")}`,
      );
    }
    if (values.has(name)) throw new UsageError(`"${name}" twice in "${text}": expected it once`);
    if (value === undefined || value === "" || more.length > 0 || !Number.isFinite(Number(value))) {
      throw new UsageError(`"${item}" in "${text}": expected a number after "${name}="`);
    }
    values.set(name, Number(value));
  }
  const seed = values.get("seed");
  values.delete("seed");
  return { options: Object.fromEntries(values), ...(seed !== undefined && { seed }) };
}

/** The text that gives the same data set: only what differs from the defaults, and the seed unless it is 1. */
export function nameSynthetic(options: SyntheticOptions, seed: number): string {
  const usual = (knob: Knob): number =>
    knob.name === "cardinality" ? defaultCardinality(options.labels, options.imbalance) : knob.default;
  const changed = syntheticKnobs
    .filter((knob) => options[knob.name] !== usual(knob))
    .map(({ name }) => `${name}=${options[name]}`);
  if (seed !== 1) changed.push(`seed=${seed}`);
  return changed.length === 0 ? "synthetic" : `synthetic:${changed.join(",")}`;
}
