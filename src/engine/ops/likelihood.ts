/**
 * Sums over labels of what a likelihood comes to, one step for what is a dozen passes over [draws, batch labels]
 * otherwise: devices make logarithms and exponentials block by block and forget them. What the ops mean is
 * `composedSums` and `composedSumsGradient`, in the ops that there are besides.
 */
import { UsageError } from "../../errors.ts";
import { gradient } from "../gradient.ts";
import { apply, formatShape, type Op, type Shape, size, type Tensor } from "../tensor.ts";
import { add, divide, exp, log, multiply, stretch, subtract } from "./map.ts";
import { sum } from "./reduce.ts";
import { reshape, slice } from "./rows.ts";

/** In e^(-factor r). */
export const rankingFactor = 5;

/** How many sums of each kind there are: one a draw and instance. @throws UsageError where the shapes disagree */
function sumsOf([likelihoods, labels]: readonly Shape[]): number {
  if (likelihoods[1] !== size(labels)) {
    throw new UsageError(`the labels are ${formatShape(labels)}, expected ${likelihoods[1]} numbers`);
  }
  return likelihoods[0] * labels[0];
}

export const likelihoodSumsOp: Op = {
  name: "likelihoodSums",
  family: "likelihood",
  shape: (inputs) => [3, sumsOf(inputs)],
  gradient: ({ inputs }, g) => [apply(likelihoodSumsGradientOp, [...inputs, g]), undefined],
};

/** The adjoint of the likelihoods, in their shape. */
export const likelihoodSumsGradientOp: Op = {
  name: "likelihoodSumsGradient",
  family: "likelihood",
  shape: ([likelihoods, labels, g]) => {
    const sums = sumsOf([likelihoods, labels]);
    if (g[0] !== 3 || g[1] !== sums) throw new UsageError(`the adjoint is ${formatShape(g)}, expected [3, ${sums}]`);
    return likelihoods;
  },
  gradient: ({ inputs }, h) => {
    const [likelihoods, labels, g] = inputs;
    const loss = sum(multiply(composedSumsGradient(likelihoods, labels, g), h));
    const [ofLikelihoods, ofG] = gradient(loss, [likelihoods, g], true);
    return [ofLikelihoods, undefined, ofG];
  },
};

/**
 * For each draw and instance, with r the likelihoods of its labels and y in {0, 1} the labels themselves: sum of ln r,
 * sum of y e^(-5 r), sum of (1 - y) e^(-5 r).
 * @param likelihoods `[draws, batch labels]` @param labels `[batch, labels]`
 * @returns `[draws, batch]` each
 */
export function likelihoodSums(
  likelihoods: Tensor,
  labels: Tensor,
): { readonly logs: Tensor; readonly present: Tensor; readonly absent: Tensor } {
  const sums = apply(likelihoodSumsOp, [likelihoods, labels]);
  const [logs, present, absent] = [0, 1, 2].map((kind) =>
    reshape(slice(sums, kind, 1), [likelihoods.shape[0], labels.shape[0]]),
  );
  return { logs, present, absent };
}

/** The definition of the first op: its three rows. */
export function composedSums(likelihoods: Tensor, labels: Tensor): readonly Tensor[] {
  const row = reshape(labels, [1, size(labels.shape)]);
  const faults = exp(multiply(-rankingFactor, likelihoods));
  return [log(likelihoods), multiply(faults, row), multiply(faults, subtract(1, row))].map((terms) =>
    reshape(sum(perInstance(terms, labels), "columns"), [1, sumsOf([likelihoods.shape, labels.shape])]),
  );
}

/** The definition of the second, for the adjoints g of the three rows. */
export function composedSumsGradient(likelihoods: Tensor, labels: Tensor, g: Tensor): Tensor {
  const row = reshape(labels, [1, size(labels.shape)]);
  const faults = exp(multiply(-rankingFactor, likelihoods));
  const [ofLogs, ofPresent, ofAbsent] = [0, 1, 2].map((kind) => {
    const column = reshape(slice(g, kind, 1), [g.shape[1], 1]);
    return reshape(stretch(column, perInstance(likelihoods, labels).shape), likelihoods.shape);
  });
  const ofFaults = add(multiply(ofAbsent, subtract(1, row)), multiply(ofPresent, row));
  return add(multiply(multiply(ofFaults, faults), -rankingFactor), divide(ofLogs, likelihoods));
}

/** A row for each draw and instance, a column for each label. */
const perInstance = (likelihoods: Tensor, labels: Tensor): Tensor =>
  reshape(likelihoods, [sumsOf([likelihoods.shape, labels.shape]), labels.shape[1]]);
