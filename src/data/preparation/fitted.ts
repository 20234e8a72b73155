/** Fitted preprocessing as plain data that travels with saved weights: its fields, their schema and the check. */
import * as v from "valibot";
import { UsageError } from "../../errors.ts";

const names = v.array(v.string());
const numbers = v.array(v.pipe(v.number(), v.finite()));
const indices = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

/** What a stored `Preprocessing` looks like. */
const preprocessingSchema = v.pipe(
  v.object({
    featureIndices: indices,
    columns: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    featureNames: names,
    labelNames: names,
    scaling: v.picklist(["minmax", "none"]),
    outside: v.picklist(["extend", "clip"]),
    minimum: numbers,
    maximum: numbers,
    nominal: v.exactOptional(v.array(v.object({ name: v.string(), categories: names }))),
    fill: v.exactOptional(numbers),
  }),
  v.check(
    ({ featureIndices, featureNames, minimum, maximum, fill = minimum }) =>
      [featureNames, minimum, maximum, fill].every((list) => list.length === featureIndices.length),
    "expected lists of one entry a feature",
  ),
  v.check(
    ({ featureIndices, columns = Infinity }) => featureIndices.every((place) => place < columns),
    "a feature stands beyond the last column",
  ),
  v.check(({ minimum, maximum }) => minimum.every((low, i) => low <= maximum[i]), "a minimum is above its maximum"),
  v.check(({ featureIndices }) => new Set(featureIndices).size === featureIndices.length, "a feature is named twice"),
  v.check(({ labelNames }) => new Set(labelNames).size === labelNames.length, "a label is named twice"),
);

/** What was fitted; survives JSON. Lists are one entry a kept feature (in column order) or a kept label. */
export interface Preprocessing {
  /** Where the kept features stood among the columns of the fitted data. */
  readonly featureIndices: readonly number[];
  /** How many columns the fitted data had. */
  readonly columns?: number;
  readonly featureNames: readonly string[];
  readonly labelNames: readonly string[];
  readonly scaling: "minmax" | "none";
  readonly outside: "extend" | "clip";
  readonly minimum: readonly number[];
  readonly maximum: readonly number[];
  /** The nominal features of which a column is kept, with their values in the order that codes them. */
  readonly nominal?: readonly { readonly name: string; readonly categories: readonly string[] }[];
  /** What a missing value of each feature becomes before it is scaled; without it a missing value is an error. */
  readonly fill?: readonly number[];
}

/** Whether scaling leaves anything of the features: one that has a single value is 0 everywhere. */
export function tellsRowsApart({ scaling, minimum, maximum }: Preprocessing): boolean {
  return scaling === "none" || minimum.some((low, i) => low < maximum[i]);
}

/**
 * Checks that stored plain data is what `fitPreprocessing` made.
 * @throws UsageError saying which part is not.
 */
export function parsePreprocessing(value: unknown): Preprocessing {
  const result = v.safeParse(preprocessingSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new UsageError(`stored preprocessing${where ? `, ${where}` : ""}: ${issue.message}`);
}

/**
 * As `parsePreprocessing`, of a file: `prepare` never makes one that scales all features to 0.
 * @throws UsageError saying which part is wrong
 */
export function parseStoredPreprocessing(value: unknown): Preprocessing {
  const preprocessing = parsePreprocessing(value);
  if (tellsRowsApart(preprocessing)) return preprocessing;
  throw new UsageError("stored preprocessing: each minimum is its maximum: every row would have the same scores");
}
