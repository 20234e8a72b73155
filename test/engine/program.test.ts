/** Programs: equal to evaluating the graph node by node, printed as documented, refused with reasons. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { gradient } from "../../src/engine/gradient.ts";
import {
  add,
  biasLeakyRelu,
  binaryCrossEntropy,
  copy,
  dropout,
  multiply,
  stretch,
  subtract,
  tanh,
} from "../../src/engine/ops/map.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../../src/engine/ops/matmul.ts";
import { max, mean, sum } from "../../src/engine/ops/reduce.ts";
import { gather, repeat, reshape, scatter, sumRepeated, sumTiled, tile } from "../../src/engine/ops/rows.ts";
import { print, program } from "../../src/engine/program.ts";
import { constant, data, input, noise, type Shape, state, type Tensor } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";
import { runs } from "../arbitraries.ts";
import { evaluate } from "../laws/evaluate.ts";
import { graphs } from "../laws/graphs.ts";

const zeros = (length: number) => new Float32Array(length);
const x = (rows: number, columns: number) => input("x", [rows, columns]);
const y = (rows: number, columns: number) => input("y", [rows, columns]);

describe("a program", () => {
  test("equals its graph evaluated node by node, bit for bit", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ outputs, updates, feeds }) => {
        const built = program(outputs, updates);
        const given = feeds(built, 0);
        const executable = await js({ precision: 64 }).compile({ built });
        const actual = await executable.run("built", given);
        const state = await executable.read();
        const names = Object.keys(outputs);
        const expected = evaluate([...Object.values(outputs), ...updates.map(({ value }) => value)], given);
        names.forEach((name, i) => void expect(actual[name]).toEqual(expected[i]));
        updates.forEach((update, i) => void expect(state[update.state.name]).toEqual(expected[names.length + i]));
      }),
      runs(100),
    );
  });

  test("computes equal steps once, and nothing that isn't asked for", () => {
    const leaf = x(2, 3);
    const twice = add(multiply(leaf, 2), multiply(leaf, 2));
    matmul(twice, y(3, 1));
    const built = program({ twice });
    expect(built.steps.map(({ op }) => op)).toEqual(["multiply", "add"]);
    expect(built.inputs).toEqual([leaf]);
    expect(built.constants).toHaveLength(1);
  });

  test("tells steps with other attributes, shapes or leaves apart", () => {
    const leaf = x(2, 2);
    const built = program({ a: sum(leaf, "rows"), b: sum(leaf, "columns"), c: repeat(leaf, 2), d: repeat(leaf, 3) });
    expect(built.steps).toHaveLength(4);
    expect(program({ a: add(leaf, 0), b: add(leaf, -0) }).steps).toHaveLength(2);
  });

  test("is the same for the same graph", () => {
    fc.assert(
      fc.property(graphs, ({ outputs, updates }) => {
        expect(print(program(outputs, updates))).toBe(print(program(outputs, updates)));
      }),
      runs(10),
    );
  });

  test("fills noise by seed, step and the names of leaves, whatever others there are", () => {
    const built = program({ y: add(noise("u", [2, 3], "uniform"), noise("n", [2, 1], "normal")) });
    const [one, two] = [noiseFeeds(built), noiseFeeds(built)];
    expect(one({ seed: 5, step: 1 })).toEqual(two({ seed: 5, step: 1 }));
    expect(one({ seed: 5, step: 1 })).not.toEqual(two({ seed: 6, step: 1 }));
    const first = structuredClone(one({ seed: 5, step: 1 }));
    expect(one({ seed: 5, step: 2 })).not.toEqual(first);
    expect(Object.keys(first)).toEqual(["u", "n"]);
    const alone = noiseFeeds(program({ y: copy(noise("n", [5, 1], "normal")) }));
    expect(alone({ seed: 5, step: 1 }).n.subarray(0, 2)).toEqual(first.n);
  });

  test("prints one line a value", () => {
    const table = data("table", [100, 3], new Uint8Array(300));
    const weights = state("weights", [3, 2], zeros(6));
    const bias = state("bias", [1, 2], zeros(2));
    const batch = gather(table, input("rows", [4, 1]));
    const hidden = dropout(biasLeakyRelu(matmul(batch, weights), bias, 0.1), noise("mask", [4, 2], "uniform"), 0.2);
    const loss = mean(binaryCrossEntropy(hidden, constant([4, 2], Float32Array.of(0, 1, 0, 1, 0, 1, 1, 1))));
    const [slope] = gradient(loss, [weights]);
    const built = program({ loss }, [{ state: weights, value: subtract(weights, multiply(slope, 0.01)) }]);
    expect(print(built)).toMatchInlineSnapshot(`
      "data table [100, 3]
      input rows [4, 1]
      state weights [3, 2]
      state bias [1, 2]
      noise uniform mask [4, 2]
      %10 [4, 3] = gather(table, rows)
      %11 [4, 2] = matmul(%10, weights)
      %12 [4, 2] = biasLeakyRelu(%11, bias, 0.1)
      %13 [4, 2] = dropout(%12, mask, 0.2)
      %14 [4, 2] = binaryCrossEntropy(%13, constant%7)
      %15 [1, 2] = sum(%14) axis=0
      %16 [1, 1] = sum(%15) axis=1
      %17 [1, 1] = multiply(%16, 0.125)
      %18 [4, 2] = binaryCrossEntropyGradient(%13, constant%7, 0.125)
      %19 [4, 2] = dropout(%18, mask, 0.2)
      %20 [4, 2] = leakyReluGradient(%12, 0.1, %19)
      %21 [3, 2] = matmulTransposeLeft(%10, %20)
      %22 [3, 2] = multiply(%21, 0.01)
      %23 [3, 2] = subtract(weights, %22)
      weights <- %23
      return loss = %17"
    `);
  });
});

/** Malformed builds, and what the message has to say. */
const malformed: readonly (readonly [string, () => unknown, string])[] = [
  ["inner sizes", () => matmul(x(128, 72), y(73, 256)), "matmul [128, 72] x [73, 256]: inner sizes 72 and 73 differ"],
  [
    "left transposed",
    () => matmulTransposeLeft(x(4, 2), y(3, 2)),
    "matmulTransposeLeft [4, 2] x [3, 2]: inner sizes 4 and 3 differ",
  ],
  [
    "right transposed",
    () => matmulTransposeRight(x(4, 2), y(4, 3)),
    "matmulTransposeRight [4, 2] x [4, 3]: inner sizes 2 and 3 differ",
  ],
  ["columns", () => add(x(4, 2), y(4, 3)), "add [4, 2] x [4, 3]: columns 2 and 3 differ and neither is 1"],
  ["rows", () => multiply(x(4, 2), y(3, 1)), "multiply [4, 2] x [3, 1]: rows 3 and 4 differ and neither is 1"],
  [
    "stretching a long axis",
    () => stretch(x(2, 3), [4, 3]),
    "identity [2, 3]: can't be stretched to [4, 3]: only an axis of size 1 stretches",
  ],
  ["stretching down", () => stretch(x(2, 3), [1, 3]), "identity [2, 3]: can't be stretched to [1, 3]"],
  ["wide indices", () => gather(x(4, 2), y(3, 2)), "gather [4, 2] x [3, 2]: indices are [3, 2], expected one column"],
  [
    "too few indices",
    () => scatter(x(4, 2), y(3, 1), 9),
    "scatter [4, 2] x [3, 1]: indices are [3, 1], expected [4, 1]: one for each row",
  ],
  [
    "scatter to no rows",
    () => scatter(x(4, 2), y(4, 1), 0),
    "scatter [4, 2] x [4, 1]: result: shape [0, 2]: expected two whole numbers of at least 1",
  ],
  ["half a repetition", () => repeat(x(4, 2), 1.5), "repeat [4, 2]: times 1.5: expected a whole number of at least 1"],
  ["no tile", () => tile(x(4, 2), 0), "tile [4, 2]: times 0: expected a whole number of at least 1"],
  ["groups", () => sumRepeated(x(4, 2), 3), "sumRepeated [4, 2]: 4 rows are not a multiple of 3"],
  ["blocks", () => sumTiled(x(4, 2), 3), "sumTiled [4, 2]: 4 rows are not a multiple of 3"],
  ["reshape", () => reshape(x(4, 2), [3, 3]), "reshape [4, 2]: 8 values can't be seen as [3, 3]"],
  [
    "reshape to fractions",
    () => reshape(x(4, 2), [0.5, 16]),
    "reshape [4, 2]: result: shape [0.5, 16]: expected two whole numbers",
  ],
  ["empty input", () => x(0, 3), "input x: shape [0, 3]: expected two whole numbers of at least 1"],
  ["noise", () => noise("u", [2, Number.NaN], "uniform"), "noise u: shape [2, NaN]"],
  ["state values", () => state("w", [2, 3], zeros(5)), "state w: 5 values for shape [2, 3], expected 6"],
  ["data values", () => data("d", [2, 3], zeros(7)), "data d: 7 values for shape [2, 3], expected 6"],
  ["constant values", () => constant([1, 2], zeros(1)), "constant: 1 values for shape [1, 2], expected 2"],
  ["two inputs of one name", () => program({ z: add(x(1, 1), x(1, 1)) }), "two different leaves are named x"],
  [
    "an input and a state of one name",
    () => program({ z: add(x(1, 1), state("x", [1, 1], zeros(1))) }),
    "two different leaves are named x",
  ],
  ["update's shape", () => update([2, 3], x(3, 2)), "update of state w: shape [3, 2], expected [2, 3]"],
  ["an update that would stretch", () => update([2, 3], x(1, 3)), "update of state w: shape [1, 3], expected [2, 3]"],
  ["two updates of a state", () => update([2, 3], x(2, 3), y(2, 3)), "state w is updated twice"],
  [
    "loss",
    () => gradient(tanh(x(2, 1)), []),
    "gradient: the loss has shape [2, 1], expected [1, 1]: sum or average it first",
  ],
];

function update(shape: Shape, ...values: readonly Tensor[]) {
  const leaf = state("w", shape, zeros(shape[0] * shape[1]));
  return program(
    {},
    values.map((value) => ({ state: leaf, value })),
  );
}

describe("a malformed graph is refused as it is built", () => {
  test.each(malformed)("%s", (_, build, message) => {
    expect(build).toThrow(UsageError);
    expect(build).toThrow(message);
  });

  test("well-formed relatives are not", () => {
    expect(max(add(x(4, 1), y(1, 3)), "rows").shape).toEqual([1, 3]);
    expect(scatter(x(4, 2), y(4, 1), 9).shape).toEqual([9, 2]);
    expect(sumTiled(x(6, 2), 3).shape).toEqual([2, 2]);
  });
});
