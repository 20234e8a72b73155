/** Memory plans: no value is lost before its last use, on random programs and on plans with planted errors. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MemoryPlan, type Place, planMemory } from "../../src/backends/memory.ts";
import { add, multiply, tanh } from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { reshape } from "../../src/engine/ops/rows.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { input, state } from "../../src/engine/tensor.ts";
import { runs } from "../arbitraries.ts";
import { graphs } from "../laws/graphs.ts";
import { keepsLiveValues } from "../laws/lifetimes.ts";
import { exposed } from "../laws/programs.ts";

const zeros = (length: number) => new Float32Array(length);

describe("memory plan", () => {
  test("keeps every value until its last use", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const built = program(graph.outputs, graph.updates);
        keepsLiveValues(built, planMemory(built));
        keepsLiveValues(exposed(built), planMemory(exposed(built)));
      }),
      runs(200),
    );
  });

  test("a long chain of elementwise steps needs one slot", () => {
    let x = add(input("x", [8, 3]), 1);
    for (let i = 0; i < 20; i++) x = i % 2 === 0 ? tanh(x) : multiply(x, 2);
    expect(planMemory(program({ x })).slots).toEqual([24]);
  });

  test("a contraction never writes over what it reads", () => {
    const x = tanh(input("x", [4, 4]));
    expect(planMemory(program({ y: matmul(x, x) })).slots).toHaveLength(2);
  });

  test("a stretched input isn't written over, though it dies", () => {
    const row = tanh(input("x", [1, 4]));
    const plan = planMemory(program({ y: add(row, input("z", [3, 4])) }));
    expect(plan.slots).toEqual([4, 12]);
  });

  test("an elementwise update of a state happens in its place", () => {
    const weights = state("weights", [2, 3], zeros(6));
    const plan = planMemory(program({}, [{ state: weights, value: add(weights, input("x", [2, 3])) }]));
    expect(plan.slots).toEqual([]);
    expect(plan.copies).toEqual([]);
  });

  test("an update is copied where a later step still reads the old state", () => {
    const weights = state("weights", [2, 3], zeros(6));
    const value = add(weights, 1);
    const built = program({ y: sum(multiply(weights, value)) }, [{ state: weights, value }]);
    expect(planMemory(built).copies).toHaveLength(1);
  });

  test("states that change places are copied at the end", () => {
    const [left, right] = [state("left", [1, 2], zeros(2)), state("right", [1, 2], zeros(2))];
    const built = program({}, [
      { state: left, value: right },
      { state: right, value: left },
    ]);
    keepsLiveValues(built, planMemory(built));
  });

  test("a reshape keeps the value under its first name alive", () => {
    const x = tanh(input("x", [2, 6]));
    const renamed = reshape(x, [4, 3]);
    const built = program({ y: matmul(add(renamed, 1), renamed.shape[1] === 3 ? reshape(x, [3, 4]) : x) });
    keepsLiveValues(built, planMemory(built));
  });
});

describe("planted errors of a plan are caught", () => {
  /** How many of some random programs the law rejects under a spoilt plan. */
  function caught(spoil: (plan: MemoryPlan, built: Program) => MemoryPlan): number {
    const programs = fc
      .sample(graphs, { numRuns: 40, seed: 1 })
      .map(({ outputs, updates }) => program(outputs, updates));
    return programs.filter((built) => {
      try {
        keepsLiveValues(built, spoil(planMemory(built), built));
        return false;
      } catch {
        return true;
      }
    }).length;
  }
  const moved = (plan: MemoryPlan, move: (place: Place) => Place): MemoryPlan => ({
    ...plan,
    places: plan.places.map(move),
  });

  test("none where nothing is planted", () => expect(caught((plan) => plan)).toBe(0));

  test("two slots made one", () => {
    const merge = (plan: MemoryPlan) =>
      moved({ ...plan, slots: plan.slots.map(() => Math.max(...plan.slots)) }, (place) =>
        place.kind === "slot" && place.slot === 1 ? { kind: "slot", slot: 0 } : place,
      );
    expect(caught(merge)).toBeGreaterThan(35);
  });

  test("a slot that is too small", () => {
    expect(caught((plan) => ({ ...plan, slots: plan.slots.map((room) => room - 1) }))).toBe(40);
  });

  test("copies left out", () => {
    const some = caught((plan) => ({ ...plan, copies: [] }));
    expect(some).toBeGreaterThan(35);
  });

  test("every update in place, whoever still reads the state", () => {
    const eager = (plan: MemoryPlan, built: Program): MemoryPlan => {
      const home = new Map(built.updates.map(({ state, value }) => [value, state]));
      const places = plan.places.map((place, id): Place => {
        const leaf = home.get(id);
        return leaf === undefined ? place : { kind: "leaf", leaf };
      });
      return { ...plan, places, copies: [] };
    };
    expect(caught(eager)).toBeGreaterThan(20);
  });

  test("a step left out", () => {
    expect(caught((plan) => ({ ...plan, steps: plan.steps.slice(1) }))).toBe(40);
  });
});
