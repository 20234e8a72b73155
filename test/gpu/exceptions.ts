/**
 * Where a mode of gpu.js may differ from js on what is not a finite number (docs/backends.md): a filter for the checks
 * of `backendLaw`.
 */
import { map } from "../../kernels/gpu/map.ts";
import * as scalars from "../../kernels/scalar.ts";
import { sigmoidalFlowGradientOp, sigmoidalFlowOp } from "../../src/engine/ops/flow.ts";
import { likelihoodSumsGradientOp, likelihoodSumsOp } from "../../src/engine/ops/likelihood.ts";
import { mapOps } from "../../src/engine/ops/map.ts";
import type { Check } from "../laws.ts";

const arity = new Map(Object.entries(scalars).map(([name, { length }]) => [name, length]));

/**
 * Elementwise ops made of exp, log or tanh. Shader languages leave open what those make of NaN and infinity; and on
 * every single precision device an inner value may already be 0, or infinite, that is not so in js, which computes in
 * double.
 */
const transcendental = Object.keys(mapOps).filter((op) => {
  const inputs = Array(arity.get(op) ?? 1).fill([1, 1]);
  return map(op, inputs, [1, 1], {}, { width: 1 }).helpers.some(({ source }) => /Math\.(exp|log|tanh)/.test(source));
});

/** On these devices they are composed of such ops. */
const composed = [sigmoidalFlowOp, sigmoidalFlowGradientOp, likelihoodSumsOp, likelihoodSumsGradientOp].map(
  ({ name }) => name,
);

/** Whether a check must hold on devices whose arithmetic is single precision throughout. */
export function holdsInSinglePrecision({ title }: Check): boolean {
  return ![...transcendental, ...composed].some((op) => title === `${op} passes on NaN and infinity`);
}
