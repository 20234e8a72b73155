/**
 * Fused loops: found where a program has their steps, on any operands, and equal to the steps one by one in every bit.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fusions, scalars } from "../../kernels/wasm/generated/module.ts";
import { mapFirstMember, mapMembers, memberLoop } from "../../kernels/wasm/records.ts";
import { shareLargeSteps } from "../../src/backends/wasm/chunks.ts";
import { encodeMap } from "../../src/backends/wasm/map.ts";
import { type WasmOptions, wasm } from "../../src/backends/wasm.ts";
import { mapOps } from "../../src/engine/ops/map.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { apply, input, type Op, type Shape, size, type Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { runs, seed } from "../arbitraries.ts";
import { identical } from "../laws/programs.ts";
import { simdHere } from "./engine.ts";

type Fused = (typeof fusions)[number];

function opOf(name: string): Op {
  const op = Object.entries(mapOps).find(([each]) => each === name)?.[1];
  if (!op) throw new Error(`no op is named ${name}`);
  return op;
}

/** Names of what no step of the fusion makes. */
function externals({ steps }: Fused): readonly string[] {
  const outputs = steps.map(({ output }) => output);
  return [...new Set(steps.flatMap(({ operands }) => operands))].filter((name) => !outputs.includes(name));
}

/** The steps as graph; `shapeOf` gives the shapes of the operands. */
function graphOf(fusion: Fused, shapeOf: (name: string) => Shape): Record<string, Tensor> {
  const values = new Map<string, Tensor>(externals(fusion).map((name) => [name, input(name, shapeOf(name))]));
  const made = (name: string): Tensor => {
    const value = values.get(name);
    if (!value) throw new Error(`${name} is used before it is made`);
    return value;
  };
  for (const { op, operands, output } of fusion.steps) values.set(output, apply(opOf(op), operands.map(made)));
  return Object.fromEntries(fusion.steps.map(({ output }) => [output, made(output)]));
}

/** The numbers of the loops that the program's steps, all elementwise and of one shape, become. */
function loopsOf(built: Program): number[] {
  const shape = (id: number): Shape => built.values[id].shape;
  const around = {
    shape,
    address: (id: number) => 64 * id,
    threads: 1,
    threshold: shareLargeSteps,
    packed: 0,
    entries: () => 0,
  };
  const words = encodeMap(built.steps, around);
  const loops = [];
  for (let member = 0, at = mapFirstMember; member < words[mapMembers]; member++) {
    loops.push(words[at + memberLoop]);
    at += 4 + 2 * words[at + 1];
  }
  return loops;
}

const whole: Shape = [3, 7];
const oneByOne = ({ singles }: Fused, name: string): Shape => (singles.includes(name) ? [1, 1] : whole);

describe.each(fusions.map((fusion, i) => ({ fusion, loop: scalars.length + i })))(
  "$fusion.name",
  ({ fusion, loop }) => {
    test("takes the place of its steps", () => {
      expect(loopsOf(program(graphOf(fusion, (name) => oneByOne(fusion, name))))).toEqual([loop]);
    });

    test("is not taken where an operand that must be single is not", () => {
      const [first] = fusion.singles;
      const graph = graphOf(fusion, (name) => (name === first ? whole : oneByOne(fusion, name)));
      expect(loopsOf(program(graph))).toEqual(fusion.steps.map(({ op }) => scalars.indexOf(op)));
    });

    test("is not taken where a step reads something else", () => {
      const graph = graphOf(fusion, (name) => oneByOne(fusion, name));
      const last = fusion.steps[fusion.steps.length - 1];
      const others = last.operands.map((name) => input(`other ${name}`, oneByOne(fusion, name)));
      const changed = program({ ...graph, [last.output]: apply(opOf(last.op), others) });
      expect(loopsOf(changed)).not.toContain(loop);
    });

    const operandShapes = (rows: number, columns: number) =>
      fc.constantFrom<Shape>([rows, columns], [rows, columns], [rows, 1], [1, columns], [1, 1]);
    const cases = fc
      .record({ rows: fc.integer({ min: 1, max: 20 }), columns: fc.integer({ min: 1, max: 90 }), seed: seed() })
      .chain(({ rows, columns, seed }) => {
        const moving = externals(fusion).filter((name) => !fusion.singles.includes(name));
        const shapes = fc.array(operandShapes(rows, columns), { minLength: moving.length, maxLength: moving.length });
        // One operand of each step is whole, so that every output is.
        return shapes.map((list) => ({ seed, whole: [rows, columns] as const, moving, list }));
      });

    test.each(
      simdHere.flatMap((simd): WasmOptions[] => [
        { simd, threads: 1 },
        { simd, threads: 2, sharing: "always" },
      ]),
    )("gives the bits of its steps one by one (%o)", async (options) => {
      await fc.assert(
        fc.asyncProperty(cases, async ({ seed, whole, moving, list }) => {
          const first = fusion.steps.map(({ operands }) => operands[0]);
          const shapeOf = (name: string): Shape => {
            if (fusion.singles.includes(name)) return [1, 1];
            return first.includes(name) ? whole : list[moving.indexOf(name)];
          };
          const random = new Random(seed);
          const given = Object.fromEntries(
            externals(fusion).map((name) => [name, new Float32Array(size(shapeOf(name))).map(() => random.uniform())]),
          );
          const run = async (built: Program) => {
            const executable = await wasm(options).compile({ it: built });
            const feeds = Object.fromEntries(built.inputs.map(({ name }) => [name, given[name]]));
            const outputs = await executable.run("it", feeds);
            const copies = Object.fromEntries(Object.entries(outputs).map(([name, each]) => [name, each.slice()]));
            executable.dispose();
            return copies;
          };
          const graph = graphOf(fusion, shapeOf);
          const together = await run(program(graph));
          for (const { op, operands, output } of fusion.steps) {
            const leaves = operands.map((name) => input(name, graph[name]?.shape ?? shapeOf(name)));
            Object.assign(given, await run(program({ [output]: apply(opOf(op), leaves) })));
            identical(output, { [output]: together[output] }, { [output]: given[output] });
          }
        }),
        runs(options.threads === 1 ? 15 : 4),
      );
    });
  },
);
