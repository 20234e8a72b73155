/**
 * Sampler options as they come from a command line or a file: names and plain values, checked here and nowhere trusted.
 * Options that are arrays (ready weights, neighbours) are for programs and can't be given this way.
 */
import * as v from "valibot";
import { weightings } from "../data/imbalance/weights.ts";
import { UsageError } from "../errors.ts";
import { parseOptions } from "../options.ts";
import { isSamplerName, type SamplerName, type SamplerRequest, samplerOptionNames } from "./create.ts";

export const samplerNames: readonly SamplerName[] = Object.keys(samplerOptionNames).filter(isSamplerName);

const number = v.number("a number");
const wholeNumber = v.pipe(v.number("a whole number"), v.integer("a whole number"));
const choice = <const Words extends readonly string[]>(words: Words) => v.picklist(words, words.join(" or "));

const entries = {
  pressure: number,
  schedule: choice(["constant", "exponential", "linear"]),
  warmUp: wholeNumber,
  warmUpOrder: choice(["shuffled", "sequential"]),
  unbiased: v.boolean("true or false"),
  refresh: choice(["epoch", "batch", "full"]),
  weighting: choice(weightings),
  weightScale: number,
  k: wholeNumber,
  kappa: number,
  correlation: choice(["mutualInformation", "none"]),
  hardness: choice(["bounded", "published"]),
};

type OptionName = keyof typeof entries;
const isPlain = (name: string): name is OptionName => Object.hasOwn(entries, name);

/** The options of the sampler that can be given as plain values. */
export function plainSamplerOptions(name: SamplerName): readonly OptionName[] {
  const chained = name === "adaptiveChain"; // its correlation is a matrix
  return samplerOptionNames[name].filter(isPlain).filter((option) => !(chained && option === "correlation"));
}

/**
 * A sampler name and its options, checked.
 * @throws UsageError for an unknown name or option, or a value of the wrong kind; ranges are the sampler's own to check
 */
export function parseSamplerOptions(
  name: string,
  given: unknown,
): { readonly name: SamplerName; readonly options: SamplerRequest["options"] } {
  if (!isSamplerName(name)) throw new UsageError(`sampler "${name}": expected one of ${samplerNames.join(", ")}`);
  const known = plainSamplerOptions(name).map((option) => [option, v.exactOptional(entries[option])] as const);
  return { name, options: parseOptions(`sampler ${name}`, v.strictObject(Object.fromEntries(known)), given) };
}
