/** Planted errors: what a device could get wrong must fail the laws that every device is held to. */
import { describe, expect, test } from "vitest";
import type { Backend, Executable, Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import type { Program, Step } from "../../src/engine/program.ts";
import { programLaw } from "../laws/programs.ts";
import { backendLaw, type Check } from "../laws.ts";

/** The js device with its programs, or what comes out of them, altered. */
function spoilt({
  compiled = (program) => program,
  answered = (values) => values,
  executable: altered = (executable) => executable,
}: {
  readonly compiled?: (program: Program) => Program;
  readonly answered?: (values: Values) => Values;
  readonly executable?: <Name extends string>(executable: Executable<Name>) => Executable<Name>;
}): Backend {
  const backend = js();
  return {
    name: "spoilt",
    async compile<Name extends string>(programs: Readonly<Record<Name, Program>>): Promise<Executable<Name>> {
      const changed: Record<Name, Program> = { ...programs };
      for (const name in changed) changed[name] = compiled(changed[name]);
      const executable = await backend.compile(changed);
      const run = async (name: Name, feeds: Values) => answered(await executable.run(name, feeds));
      return altered({ ...executable, run });
    },
  };
}

const fixed = { seed: 7, runs: 10 };

async function fails({ check }: Check): Promise<boolean> {
  return check().then(
    () => false,
    () => true,
  );
}

async function failing(checks: readonly Check[]): Promise<string[]> {
  const results = await Promise.all(checks.map(fails));
  return checks.filter((_, i) => results[i]).map(({ title }) => title);
}

const changedSteps =
  (change: (step: Step) => Step) =>
  (program: Program): Program => ({
    ...program,
    values: program.values.map((value) => (value.kind === "step" ? change(value) : value)),
    steps: program.steps.map(change),
  });

describe("the laws of a device catch", () => {
  test("nothing on a sound one", async () => {
    expect(await failing([...backendLaw(spoilt({}), fixed), ...programLaw(spoilt({}), fixed)])).toEqual([]);
  });

  test("one entry of an output that is off by 1e-4, in every op", async () => {
    const nudged = spoilt({
      answered: (values) =>
        Object.fromEntries(
          Object.entries(values).map(([name, each]) => {
            const copy = each.slice();
            copy[copy.length - 1] += 1e-4 * (1 + Math.abs(copy[copy.length - 1]));
            return [name, copy];
          }),
        ),
    });
    const checks = backendLaw(nudged, fixed).filter(({ title }) => title.includes("agrees with its definition"));
    expect(await failing(checks)).toEqual(checks.map(({ title }) => title));
    expect(await failing(programLaw(nudged, fixed))).toContainEqual(expect.stringContaining("every step"));
  });

  test("a kernel in place of another that nearly agrees", async () => {
    const wrong = spoilt({ compiled: changedSteps((step) => (step.op === "tanh" ? { ...step, op: "erf" } : step)) });
    expect(await failing(backendLaw(wrong, fixed))).toContain("tanh agrees with its definition");
    expect(await failing(programLaw(wrong, fixed))).toContainEqual(expect.stringContaining("every step"));
  });

  test("NaN that is taken for zero", async () => {
    const forgiving = spoilt({
      answered: (values) =>
        Object.fromEntries(
          Object.entries(values).map(([name, each]) => [name, each.map((value) => (Number.isNaN(value) ? 0 : value))]),
        ),
    });
    const failed = await failing(backendLaw(forgiving, fixed));
    for (const op of [
      "add",
      "maximum",
      "clamp",
      "relu",
      "sigmoid",
      "matmul",
      "sum over rows",
      "max over columns",
      "gather",
    ]) {
      expect(failed).toContain(`${op} passes on NaN and infinity`);
    }
  });

  test("updates that are forgotten", async () => {
    const frozen = spoilt({ compiled: (program) => ({ ...program, updates: [] }) });
    expect(await failing(backendLaw(frozen, fixed))).toContain("programs share state, and data goes by row numbers");
    expect(await failing(programLaw(frozen, fixed))).toContainEqual(expect.stringContaining("every step"));
  });

  test("a run that depends on the one before", async () => {
    let calls = 0;
    const drifting = spoilt({
      answered: (values) =>
        Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.map((x) => x + calls++ * 1e-9)])),
    });
    expect(await failing(programLaw(drifting, fixed))).toContainEqual(expect.stringContaining("same bits again"));
  });

  test("an optimisation of values nobody asks for that changes the others", async () => {
    const fused = spoilt({
      compiled: (program) =>
        program.outputs.length > 5
          ? program
          : changedSteps((step) => (step.op === "tanh" ? { ...step, op: "erf" } : step))(program),
    });
    expect(await failing(programLaw(fused, fixed))).toEqual([expect.stringContaining("nobody asks for")]);
  });

  test.each([
    ["sees no NaN", undefined, {}],
    ["gives a state that nobody asked for", "long", { more: new Float32Array(1) }],
  ] as const)("a look at the state that %s", async (_title, found, more) => {
    const copy = (names: readonly string[]): Values => ({
      ...Object.fromEntries(names.map((name) => [name, new Float32Array(3)])),
      ...more,
    });
    const blind = spoilt({
      executable: (executable) => ({ ...executable, stateAtHand: { firstNonFinite: () => found, copy } }),
    });
    const checks = backendLaw(blind, fixed).filter(({ title }) => title.includes("at hand"));
    expect(await failing(checks)).toHaveLength(1);
  });

  test("reads that give the live arrays, and a dispose that does nothing", async () => {
    const shared: Record<string, Float32Array> = {};
    const careless = spoilt({
      executable: (executable) => ({
        ...executable,
        async read() {
          for (const [name, each] of Object.entries(await executable.read())) {
            shared[name] ??= new Float32Array(each.length);
            shared[name].set(each);
          }
          return shared;
        },
        dispose() {},
      }),
    });
    const failed = await failing(backendLaw(careless, fixed));
    expect(failed).toContain("read gives a copy of every state as it is now");
    expect(failed).toContain("read takes the arrays of an earlier answer again, and of that one only");
    expect(failed).toContainEqual(expect.stringContaining("nothing runs after dispose"));
  });
});
