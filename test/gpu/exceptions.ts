/**
 * Where a mode of gpu.js may differ from js on what is not a finite number (docs/backends.md): filters for the checks of
 * `backendLaw` by title.
 */
import type { Check } from "../laws.ts";

/**
 * Their inner values are single precision here and double on js, where 0 times infinity, or a difference of nearly equal
 * numbers, comes out otherwise.
 */
const narrower = ["binaryCrossEntropyGradient", "probitGradient", "softplusAffine", "logSoftplusSlope", "logUnitSlope"];

/** Shader languages leave open what exp, log and tanh make of NaN and infinity, and so what is made of those. */
const shaderFunctions = ["exp", "log", "tanh", "elu", "eluSlope", "softplus", "expDifference", ...narrower];

const without =
  (ops: readonly string[]) =>
  ({ title }: Check): boolean =>
    !ops.some((op) => title === `${op} passes on NaN and infinity`);

export const holdsInSinglePrecision = without(narrower);
export const holdsInShaders = without(shaderFunctions);
