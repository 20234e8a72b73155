/** Kernels are shared by steps only where no value is overwritten that is still needed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lowered } from "../../src/backends/gpu/lower.ts";
import { type Plan, planKernels } from "../../src/backends/gpu/plan.ts";
import { add, relu } from "../../src/engine/ops/map.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { input, state } from "../../src/engine/tensor.ts";
import { runs } from "../arbitraries.ts";
import { graphs } from "../laws/graphs.ts";
import { exposed } from "../laws/programs.ts";

/**
 * Plays one run of each program: which value each kernel holds at every moment.
 * @throws Error where a step reads, or an output or update is, a value that its kernel no longer holds, or a kernel is
 * its own input
 */
function play(plan: Plan): void {
  for (const { program, feeds, calls } of plan.programs) {
    const holds = new Map<number, number>();
    const placeOf = new Map<number, number>();
    const put = (kernel: number, value: number): void => {
      holds.set(kernel, value);
      placeOf.set(value, kernel);
    };
    const here = (value: number, what: string): void => {
      const place = placeOf.get(value);
      if (place !== undefined && holds.get(place) !== value) throw new Error(`${what}: value ${value} was overwritten`);
    };
    for (const { output, kernel } of feeds) put(kernel, output);
    for (const { kernels, inputs, output } of calls) {
      for (const input of inputs) {
        here(input, `step ${output}`);
        if (kernels.some((kernel) => placeOf.get(input) === kernel))
          throw new Error(`step ${output} reads where it writes`);
      }
      put(kernels[0], output);
    }
    for (const { value } of [...program.outputs, ...program.updates]) here(value, "in the end");
  }
}

const kernelCount = (built: Program): number => planKernels([built], 1).kernels.length;

describe("the plan of kernels", () => {
  test("keeps every value until its last use, in random programs", () => {
    fc.assert(
      fc.property(graphs, graphs, (one, other) => {
        const built = [program(one.outputs, one.updates), exposed(program(other.outputs, other.updates))];
        // What the device plans has its sparse tables in rows of one length.
        const programs = built.map(lowered);
        play(planKernels(programs, 4));
      }),
      runs(100),
    );
  });

  test("shares a kernel once its value is dead, and no sooner", () => {
    const x = input("x", [4, 4]);
    const chain = [1, 2, 3, 4, 5, 6].reduce((part) => relu(part), relu(x));
    expect(kernelCount(program({ chain }))).toBe(3); // the input's copy and two that take turns
    const kept = [1, 2, 3].map((each) => relu(add(x, each)));
    expect(kernelCount(program({ a: kept[0], b: kept[1], c: kept[2] }))).toBe(5); // one sum, three results
  });

  test("gives an updated state two kernels of its own", () => {
    const w = state("w", [2, 2], new Float32Array(4));
    const { kernels, programs } = planKernels([program({ w: relu(w) }, [{ state: w, value: add(w, 1) }])], 1);
    const update = programs[0].calls.find((call) => call.kernels.length === 2);
    expect(update).toBeDefined();
    expect(kernels.length).toBe(3);
  });

  test("shares kernels between programs", () => {
    const x = input("x", [3, 3]);
    const one = program({ y: relu(relu(x)) });
    expect(planKernels([one, one], 1).kernels.length).toBe(planKernels([one], 1).kernels.length);
  });

  test("that overwrote a value too soon would be caught", () => {
    const x = input("x", [2, 2]);
    const plan = planKernels([program({ y: add(relu(x), relu(relu(x))) })], 1);
    const [only] = plan.programs;
    const spoilt = only.calls.map((call) => (call.kernels.length === 1 ? { ...call, kernels: [0] as const } : call));
    expect(() => play({ ...plan, programs: [{ ...only, calls: spoilt }] })).toThrow(
      /overwritten|reads where it writes/,
    );
  });
});
