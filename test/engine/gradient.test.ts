/** Gradients of every differentiable op, first and second order, and of whole graphs; planted errors are caught. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { gradient } from "../../src/engine/gradient.ts";
import {
  add,
  detach,
  exp,
  leakyRelu,
  maximum,
  minimum,
  movingAverage,
  multiply,
  square,
  subtract,
  tanh,
} from "../../src/engine/ops/map.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../../src/engine/ops/matmul.ts";
import { max, mean, sum } from "../../src/engine/ops/reduce.ts";
import { program } from "../../src/engine/program.ts";
import { apply, constant, input, type Node, type Op, size, state, type Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { runs, seed } from "../arbitraries.ts";
import type { Case, Operand } from "../laws/case.ts";
import { opCases } from "../laws/cases.ts";
import { gradientAgrees, gradientsAgree, weighted } from "../laws/gradient.ts";
import { graphsOf } from "../laws/graphs.ts";
import { smoothRules } from "../laws/growth.ts";

/**
 * Values in the operand's domain that keep away from every kink: operand i lies near 0.07 + 0.1 i modulo 1/2, so that
 * none is near zero, a bound or another operand.
 */
function offKinks({ shape, domain }: Operand, i: number, random: Random): Float64Array {
  return Float64Array.from({ length: size(shape) }, () => {
    const value = (random.integer(11) - 5) / 2 + 0.07 + 0.1 * i + 0.02 * random.uniform();
    if (domain.kind !== "range" || domain.low < 0) return value;
    return domain.high <= 1 ? Math.abs(value) % 1 : Math.abs(value);
  });
}

/** Values in random order, all further apart than any step: what maxima need. */
function distinct({ shape }: Operand, random: Random): Float64Array {
  const order = Int32Array.from({ length: size(shape) }, (_, i) => i);
  random.shuffle(order);
  return Float64Array.from(order, (place) => place * 0.01 - 1);
}

/** The case as a loss at a point away from kinks; row numbers and hyperparameters are given. */
function lossOf({ operands, build }: Case, random: Random) {
  const leaves = operands.map(({ shape }, i) => input(`x${i}`, shape));
  const result = build(leaves);
  const isMaximum = result.kind === "node" && result.op.name === "max";
  const isFlow = result.kind === "node" && result.op.family === "flow";
  const feeds = operands.map((operand, i) => {
    if (operand.domain.kind === "choice" || operand.domain.kind === "row numbers")
      return Float64Array.from(operand.values);
    if (isMaximum) return distinct(operand, random);
    const values = offKinks(operand, i, random);
    // Where a flow saturates, its slope is far from a line even along these small steps.
    return isFlow ? values.map((value) => 0.2 * value) : values;
  });
  return {
    loss: weighted(result, random),
    variables: leaves.filter((_, i) => !["choice", "row numbers"].includes(operands[i].domain.kind)),
    point: { feeds: Object.fromEntries(feeds.map((values, i) => [`x${i}`, values])) },
    differentiable: result.kind !== "node" || result.op.gradient !== undefined,
  };
}

describe("gradients agree with central differences, first and second order", () => {
  test.each(opCases)("$title", async ({ title, cases }) => {
    await fc.assert(
      fc.asyncProperty(cases, seed(), async (given, seed) => {
        const random = new Random(seed);
        const { loss, variables, point, differentiable } = lossOf(given, random);
        if (!differentiable) {
          expect(() => gradient(loss, variables)).toThrow(
            `gradient: ${title} has no gradient; use detach on its inputs`,
          );
        } else if (title !== "detach" && variables.length > 0) {
          await gradientsAgree(loss, variables, point, random);
        }
      }),
      runs(15),
    );
  });

  test("whole graphs, by inputs and states", async () => {
    await fc.assert(
      fc.asyncProperty(graphsOf(smoothRules, 3, 25), seed(), async ({ outputs, updates, feeds }, seed) => {
        const built = program({ loss: outputs.loss });
        const leaves = [...built.inputs.filter(({ name }) => name !== "rows"), ...updates.map(({ state }) => state)];
        await gradientAgrees(outputs.loss, leaves, { feeds: feeds(program(outputs), 0) }, new Random(seed));
      }),
      runs(60),
    );
  });

  test("a value used many times gathers from every use", async () => {
    const x = input("x", [3, 3]);
    const y = tanh(x);
    const loss = weighted(
      add(matmul(y, y), add(matmulTransposeLeft(y, x), multiply(sum(y, "rows"), y))),
      new Random(1),
    );
    const values = Float64Array.from({ length: 9 }, (_, i) => Math.sin(i));
    await gradientsAgree(loss, [x], { feeds: { x: values } }, new Random(2));
  });

  test("derivatives of the fifth order", async () => {
    const x = input("x", [1, 1]);
    let value: Tensor = exp(multiply(2, x));
    for (let order = 0; order < 4; order++) [value] = gradient(value, [x]);
    await gradientAgrees(value, [x], { feeds: { x: Float64Array.of(0.3) } }, new Random(1));
  });
});

describe("gradient", () => {
  const x = input("x", [2, 3]);

  test("gives zeros of the right shape where the loss doesn't depend on a tensor", () => {
    const other = state("other", [4, 5], new Float32Array(20));
    const [slope] = gradient(mean(x), [other]);
    expect(slope.shape).toEqual([4, 5]);
  });

  test("leaves no arithmetic of numbers alone to the devices", () => {
    const loss = subtract(multiply(0.5, mean(square(x))), multiply(3, mean(x)));
    const [slope] = gradient(loss, [x]);
    const { steps, values } = program({ slope });
    const alone = steps.filter(({ inputs }) => inputs.every((id) => values[id].kind === "constant"));
    expect(alone.map(({ op }) => op)).toEqual([]);
  });

  test("stops at detach", async () => {
    const loss = sum(multiply(detach(x), x));
    const feeds = { x: Float64Array.of(1, 2, 3, 4, 5, 6) };
    await expect(gradientAgrees(loss, [x], { feeds }, new Random(1))).rejects.toThrow("along a direction");
  });

  test("at a tie hands on no more and no less than it got", async () => {
    const [left, right] = [input("left", [1, 3]), input("right", [1, 3])];
    const built = (loss: Tensor) => {
      const [a, b] = gradient(sum(loss), [left, right]);
      return program({ a, b });
    };
    const feeds = { left: Float32Array.of(1, 5, 5), right: Float32Array.of(2, 5, 4) };
    const executable = await js().compile({
      larger: built(maximum(left, right)),
      smaller: built(minimum(left, right)),
      largest: built(add(max(left, "columns"), sum(right))),
    });
    const larger = await executable.run("larger", feeds);
    expect([...larger.a, ...larger.b]).toEqual([0, 0, 1, 1, 1, 0]);
    const smaller = await executable.run("smaller", feeds);
    expect([...smaller.a, ...smaller.b]).toEqual([1, 0, 0, 0, 1, 1]);
    const largest = await executable.run("largest", { left: feeds.left });
    expect([...largest.a, ...largest.b]).toEqual([0, 0.5, 0.5, 1, 1, 1]);
  });

  test("wants a loss of one number", () => {
    expect(() => gradient(x, [x])).toThrow(
      "gradient: the loss has shape [2, 3], expected [1, 1]: sum or average it first",
    );
  });

  test("refuses to differentiate by a hyperparameter without a rule, rather than answer zero", () => {
    const slope = input("slope", [1, 1]);
    expect(() => gradient(sum(leakyRelu(x, slope)), [slope])).toThrow(
      "gradient: leakyRelu has no gradient by operand 2; use detach on it",
    );
  });

  test("passes through deep graphs", () => {
    let deep: Tensor = x;
    for (let i = 0; i < 20_000; i++) deep = add(deep, 1);
    expect(gradient(sum(deep), [x])[0].shape).toEqual([2, 3]);
  });
});

describe("planted wrong gradients are caught", () => {
  const x = input("x", [3, 3]);
  const feeds = { x: Float64Array.of(0.3, -1, 2, 0.7, -0.2, 1.1, -1.7, 0.4, 0.9) };
  const planted = (op: Op, rule: (node: Node, g: Tensor) => readonly (Tensor | null)[], ...others: Tensor[]) =>
    apply({ ...op, gradient: rule }, [x, ...others]);
  const opOf = (node: Tensor): Op => {
    if (node.kind !== "node") throw new Error("not a node");
    return node.op;
  };
  const square3 = constant([3, 3], Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 10));
  const wrong = {
    "a factor of 1.001": planted(opOf(tanh(x)), (y, g) => [
      multiply(1.001, multiply(g, add(1, multiply(-1, square(y))))),
    ]),
    "no flow": planted(opOf(tanh(x)), () => [null]),
    "the slope at the output": planted(opOf(exp(x)), (y, g) => [multiply(g, exp(y))]),
    "a forgotten transposition": planted(opOf(matmul(x, x)), (_, g) => [matmul(g, square3), null], square3),
    "a transposition too many": planted(
      opOf(matmulTransposeRight(x, x)),
      (_, g) => [matmulTransposeRight(g, square3), null],
      square3,
    ),
  };

  test.each(Object.entries(wrong))("%s", async (_, result) => {
    const check = gradientAgrees(weighted(result, new Random(3)), [x], { feeds }, new Random(4));
    await expect(check).rejects.toThrow("along a direction the loss changes by");
  });

  test("a right first order with a wrong second", async () => {
    // The slope of the slope is lost, as if the rule had been computed instead of built.
    const result = planted(opOf(tanh(x)), (y, g) => [multiply(g, detach(add(1, multiply(-1, square(y)))))]);
    const loss = weighted(result, new Random(3));
    await gradientAgrees(loss, [x], { feeds }, new Random(4));
    await expect(gradientsAgree(loss, [x], { feeds }, new Random(4))).rejects.toThrow("along a direction");
  });

  test("optimiser arithmetic has no gradient and says so", () => {
    const loss = sum(movingAverage(x, x, 0.1, 1, 0, 0));
    expect(() => gradient(loss, [x])).toThrow("gradient: movingAverage has no gradient; use detach on its inputs");
  });
});
