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

/** The checks whose titles have one of these words in them: a control runs no others. */
const about = (checks: readonly Check[], ...words: readonly string[]): readonly Check[] =>
  checks.filter(({ title }) => words.some((word) => title.includes(word)));

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
    expect(await failing(about(programLaw(nudged, fixed), "every step"))).toHaveLength(1);
  });

  test("a kernel in place of another that nearly agrees", async () => {
    const wrong = spoilt({ compiled: changedSteps((step) => (step.op === "tanh" ? { ...step, op: "erf" } : step)) });
    const tanh = "tanh agrees with its definition";
    expect(await failing(about(backendLaw(wrong, fixed), tanh))).toEqual([tanh]);
    expect(await failing(about(programLaw(wrong, fixed), "every step"))).toHaveLength(1);
  });

  test("NaN that is taken for zero", async () => {
    const forgiving = spoilt({
      answered: (values) =>
        Object.fromEntries(
          Object.entries(values).map(([name, each]) => [name, each.map((value) => (Number.isNaN(value) ? 0 : value))]),
        ),
    });
    const ops = ["add", "maximum", "clamp", "relu", "sigmoid", "matmul", "sum over rows", "max over columns", "gather"];
    const titles = ops.map((op) => `${op} passes on NaN and infinity`);
    const checks = backendLaw(forgiving, fixed).filter(({ title }) => titles.includes(title));
    expect((await failing(checks)).sort()).toEqual(titles.sort());
  });

  test("updates that are forgotten", async () => {
    const frozen = spoilt({ compiled: (program) => ({ ...program, updates: [] }) });
    expect(await failing(about(backendLaw(frozen, fixed), "programs share state, and data goes by"))).toHaveLength(1);
    expect(await failing(about(programLaw(frozen, fixed), "every step"))).toHaveLength(1);
  });

  test("a run that depends on the one before", async () => {
    let calls = 0;
    const drifting = spoilt({
      answered: (values) =>
        Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.map((x) => x + calls++ * 1e-9)])),
    });
    expect(await failing(about(programLaw(drifting, fixed), "same bits again"))).toHaveLength(1);
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
    const broken = [
      "read gives a copy of every state as it is now",
      "read takes the arrays of an earlier answer again, and of that one only",
      "nothing runs after dispose",
    ];
    expect(await failing(about(backendLaw(careless, fixed), ...broken))).toHaveLength(broken.length);
  });
});
