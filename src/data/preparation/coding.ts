/**
 * How nominal features were coded when they were fitted, so that other data are coded the same: by their values, never
 * by the place that another file gives them. What is kept is plain data.
 */

import { quoted, UsageError } from "../../errors.ts";
import type { Feature } from "../dataset.ts";
import { columnNames, featureCodes, isOneHot } from "../formats/columns.ts";
import type { Preprocessing } from "./fitted.ts";

type Nominal = NonNullable<Preprocessing["nominal"]>[number];

const featureOf = ({ name, categories }: Nominal): Feature => ({ name, kind: "nominal", categories });

/** The nominal features of which a column is among `kept`. */
export function keptNominal(declared: readonly Feature[], kept: readonly string[]): Nominal[] {
  if (!declared.some((feature) => feature.categories)) return [];
  const names = new Set(kept);
  return declared.flatMap(({ name, kind, categories }) => {
    if (!categories || !columnNames([{ name, kind, categories }]).some((column) => names.has(column))) return [];
    return [{ name, categories: [...categories] }];
  });
}

/** The features that columns were made of, each once, in the order of their first column. */
export function fittedFeatures({ featureNames, nominal = [] }: Preprocessing): Feature[] {
  const owners = new Map(
    nominal.flatMap((feature) => columnNames([featureOf(feature)]).map((name) => [name, feature])),
  );
  const seen = new Set<Nominal>();
  return featureNames.flatMap((name): Feature[] => {
    const owner = owners.get(name);
    if (!owner) return [{ name, kind: "numeric" }];
    if (seen.has(owner)) return [];
    seen.add(owner);
    return [featureOf(owner)];
  });
}

/**
 * Checks that data that were read on their own code the features as they were fitted.
 * @throws UsageError for a feature whose values would get other codes.
 */
export function checkCoding(declared: readonly Feature[], nominal: readonly Nominal[]): void {
  const own = new Map(declared.map((feature) => [feature.name, feature]));
  for (const { name, categories } of nominal) {
    const found = own.get(name)?.categories;
    if (!found || isOneHot(featureOf({ name, categories })) || sameCodes(found, categories)) continue;
    const [here, there] = [found, categories].map((values) => `{${values.slice(0, 8).join(",").slice(0, 100)}}`);
    throw new UsageError(
      `${quoted(name)} has the values ${here} here and ${there} where it was fitted, so they mean other numbers: read the data with the columns that are wanted (wanted)`,
    );
  }
}

function sameCodes(here: readonly string[], there: readonly string[]): boolean {
  if (here.length > 2) return true; // one column a value, found by name
  const [own, fitted] = [featureCodes(here), featureCodes(there)];
  return here.every((value, i) => there.includes(value) && fitted[there.indexOf(value)] === own[i]);
}
