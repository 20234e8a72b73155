/**
 * Every sampler by name: the one list of all samplers. What each is made of, its options and the words about them are
 * in its own file.
 */

import type * as v from "valibot";
import { meant, UsageError } from "../errors.ts";
import { describeOptions, type OptionDescription, parseOptions } from "../options.ts";
import { adaptive } from "./adaptive.ts";
import { adaptiveChain } from "./adaptive-chain.ts";
import { balanced } from "./balanced.ts";
import type { CheckedSamplerKind, SamplerRequest } from "./frame/kind.ts";
import { reweighted } from "./reweighted.ts";
import { activeBias } from "./rivals/active-bias.ts";
import { d2ace } from "./rivals/d2ace.ts";
import { onlineBatch } from "./rivals/online-batch.ts";
import { recencyBias } from "./rivals/recency-bias.ts";
import { uncertainty } from "./rivals/uncertainty.ts";
import type { Sampler } from "./sampler.ts";
import { sequential } from "./sequential.ts";
import { uniform } from "./uniform.ts";

const kinds = {
  uniform,
  sequential,
  balanced,
  onlineBatch,
  activeBias,
  recencyBias,
  adaptive,
  adaptiveChain,
  reweighted,
  uncertainty,
  d2ace,
};

/** The name of a sampler. */
export type SamplerName = keyof typeof kinds;

/** The options of each sampler; what is left out takes the sampler's default. */
export type SamplerOptions = {
  readonly [Name in SamplerName]: Readonly<v.InferInput<(typeof kinds)[Name]["options"]>>;
};

/** The training fold, the run and the options that a sampler is made for. */
export interface NamedSamplerRequest<Name extends SamplerName = SamplerName> extends SamplerRequest {
  readonly options?: SamplerOptions[Name];
}

export const isSamplerName = (name: string): name is SamplerName => Object.hasOwn(kinds, name);

/** Every name that `createSampler` understands. */
export const samplerNames: readonly SamplerName[] = Object.keys(kinds).filter(isSamplerName);

/** The names of each sampler's options, those for programs alone included. */
export const samplerOptionNames = (name: SamplerName): readonly string[] => Object.keys(kinds[name].options.entries);

/** What there is to say of a sampler. */
export interface SamplerDescription {
  readonly name: SamplerName;
  /** What it draws more often, in a few words. */
  readonly draws: string;
  /** Who published it, or that it is ours. */
  readonly source: string;
  readonly options: readonly OptionDescription[];
}

/** Every sampler with its options, in words. */
export const samplerDescriptions: readonly SamplerDescription[] = /* @__PURE__ */ samplerNames.map((name) => {
  const { draws, source, options } = kinds[name];
  return { name, draws, source, options: describeOptions(options) };
});

/**
 * The sampler of that name for the training fold.
 *
 * @throws UsageError for an unknown name or option, an option out of range, features that are needed and missing, or a
 * batch size above the number of rows.
 */
export function createSampler<Name extends SamplerName>(name: Name, request: NamedSamplerRequest<Name>): Sampler {
  return samplerNamed(name, request, request.options);
}

/**
 * The same for a name and options from outside, where nothing is known of them. @throws UsageError as `createSampler`
 */
export function samplerNamed(name: string, request: SamplerRequest, options: unknown = {}): Sampler {
  return kindOf(name).make(request, options);
}

/**
 * Checks the options of a sampler without making it.
 * @throws UsageError for an unknown name or option, or a value of the wrong kind or out of range
 */
export function checkSamplerOptions(name: string, options: unknown): void {
  parseOptions(`sampler ${name}`, kindOf(name).options, options);
}

function kindOf(name: string): CheckedSamplerKind {
  if (isSamplerName(name)) return kinds[name];
  throw new UsageError(`sampler "${name}"${meant(name, samplerNames)}: expected one of ${samplerNames.join(", ")}`);
}
