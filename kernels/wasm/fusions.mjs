/**
 * Sequences of elementwise steps that the build turns into one loop, values handed on in registers instead of through
 * memory. Where a program has the sequence, on whatever operands, the loop takes the place of the steps; numbers stay
 * the same to the bit.
 */
export const fusions = [
  {
    name: "adam",
    steps: [
      { op: "movingAverage", operands: ["m", "g", "weightOfMean", "scale", "decayed", "decay"], output: "mean" },
      { op: "movingSquare", operands: ["v", "g", "weightOfSquare", "scale", "decayed", "decay"], output: "square" },
      { op: "adamStep", operands: ["p", "mean", "square", "rate", "root", "epsilon", "keep"], output: "result" },
    ],
    /** Operands that must be single numbers: they are read once, before the loop. */
    singles: ["weightOfMean", "weightOfSquare", "scale", "decay", "rate", "root", "epsilon", "keep"],
  },
];
