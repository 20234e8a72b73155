/** Cases of the ops that do in one step what others do in several: staircase products, flows, sums of likelihoods. */
import fc from "fast-check";
import { sigmoidalFlowGradientOp, sigmoidalFlowOp } from "../../src/engine/ops/flow.ts";
import { likelihoodSumsGradientOp, likelihoodSumsOp } from "../../src/engine/ops/likelihood.ts";
import {
  type Staircase,
  staircaseMatmul,
  staircaseTransposeLeft,
  staircaseTransposeRight,
} from "../../src/engine/ops/staircase.ts";
import { apply, type Shape, type Tensor } from "../../src/engine/tensor.ts";
import { length } from "../arbitraries.ts";
import { type Case, from, type OpCase, plain } from "./case.ts";
import type { Domain } from "./elementwise.ts";

/** Products of `rows` with a staircase of a few or many runs, narrow or wide. */
function staircase(
  shapesOf: (rows: number, inner: number, columns: number) => readonly Shape[],
  build: (a: Tensor, b: Tensor, stairs: Staircase) => Tensor,
): fc.Arbitrary<Case> {
  return fc
    .tuple(length(), fc.constantFrom(1, 2, 5, 33), fc.constantFrom(0, 1, 7, 40), fc.constantFrom(1, 3, 21))
    .chain(([rows, classes, more, width]) =>
      from(
        fc.constant(shapesOf(rows, classes + more, (classes + 1) * width)),
        () => plain,
        ([a, b]) => build(a, b, { classes, width }),
      ),
    );
}

const flowShapes = fc.tuple(length(), length(17), length(17)).map(([rows, outputs, units]): readonly Shape[] => [
  [rows, outputs],
  [rows, 1],
  ...[0, 1, 2].flatMap((): Shape[] => [
    [units, outputs],
    [units, 1],
  ]),
]);
const flowDomain: Domain = { kind: "range", low: -3, high: 3 };

const likelihoodShapes = fc
  .tuple(fc.constantFrom(1, 2, 5), length(33), length())
  .map(([draws, batch, labels]): readonly Shape[] => [
    [draws, batch * labels],
    [batch, labels],
  ]);
const likelihoodDomains: readonly Domain[] = [
  { kind: "range", low: 5e-7, high: 1 },
  { kind: "choice", values: [0, 1] },
  plain,
];

export const fusedCases: readonly OpCase[] = [
  {
    title: "staircaseMatmul",
    cases: staircase(
      (r, k, c) => [
        [r, k],
        [k, c],
      ],
      staircaseMatmul,
    ),
  },
  {
    title: "staircaseTransposeLeft",
    cases: staircase(
      (r, k, c) => [
        [r, k],
        [r, c],
      ],
      staircaseTransposeLeft,
    ),
  },
  {
    title: "staircaseTransposeRight",
    cases: staircase(
      (r, k, c) => [
        [r, c],
        [k, c],
      ],
      staircaseTransposeRight,
    ),
  },
  {
    title: "sigmoidalFlow",
    cases: from(
      flowShapes,
      () => flowDomain,
      (leaves) => apply(sigmoidalFlowOp, leaves),
    ),
  },
  {
    title: "sigmoidalFlowGradient",
    cases: from(
      flowShapes.map((shapes) => [...shapes, [2, shapes[0][0]] as const]),
      () => flowDomain,
      (leaves) => apply(sigmoidalFlowGradientOp, leaves),
    ),
  },
  {
    title: "likelihoodSums",
    cases: from(
      likelihoodShapes,
      (i) => likelihoodDomains[i],
      (leaves) => apply(likelihoodSumsOp, leaves),
    ),
  },
  {
    title: "likelihoodSumsGradient",
    cases: from(
      likelihoodShapes.map((shapes) => [...shapes, [3, shapes[0][0] * shapes[1][0]] as const]),
      (i) => likelihoodDomains[i],
      (leaves) => apply(likelihoodSumsGradientOp, leaves),
    ),
  },
];
