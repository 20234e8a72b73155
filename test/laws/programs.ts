/**
 * Whole programs on a device: every step of random programs against the step's definition on the device's own inputs,
 * so that errors never pile up into a tolerance; then the same program without its intermediate values, bit for bit.
 */
import fc from "fast-check";
import type { Backend, Executable, Values } from "../../src/backends/backend.ts";
import { type Program, program, type ValueId } from "../../src/engine/program.ts";
import { type Check, type LawOptions, parameters } from "../laws.ts";
import { type Accuracy, single } from "./arithmetic.ts";
import { agrees, type Matrix } from "./expected.ts";
import { type Graph, graphs } from "./graphs.ts";
import { writtenOut } from "./sparse.ts";

/** Runs of each random program: enough for what an update wrote to be read again. */
const turns = 3;

export function programLaw(backend: Backend, options: LawOptions = {}): Check[] {
  const { accuracy = single } = options;
  const forGraphs = (check: (graph: Graph) => Promise<void>) =>
    fc.assert(fc.asyncProperty(graphs, check), parameters(options));
  return [
    {
      title: "every step of a program agrees with its definition, and updates follow all steps",
      check: () => forGraphs((graph) => stepsAgree(backend, graph, accuracy)),
    },
    {
      title: "values that nobody asks for change no bit of the others",
      check: () => forGraphs((graph) => intermediatesAreFree(backend, graph)),
    },
    {
      title: "the same state and feeds give the same bits again",
      check: () => forGraphs((graph) => runsRepeat(backend, graph)),
    },
  ];
}

/** The step that computed a value, which reshapes have renamed since. */
function computed(built: Program, id: ValueId): ValueId {
  const value = built.values[id];
  return value.kind === "step" && value.op === "reshape" ? computed(built, value.inputs[0]) : id;
}

/** The program with each computed value as an output of its own. */
export function exposed(lean: Program): Program {
  const kernels = lean.steps.filter(({ op }) => op !== "reshape");
  return {
    ...lean,
    outputs: [...lean.outputs, ...kernels.map(({ output }) => ({ name: `value ${output}`, value: output }))],
  };
}

async function using<T>(backend: Backend, built: Program, body: (it: Executable<"it">) => Promise<T>): Promise<T> {
  const executable = await backend.compile({ it: built });
  try {
    return await body(executable);
  } finally {
    executable.dispose();
  }
}

const copied = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.slice()]));

/** @throws Error naming the first value and entry that differ in a bit (NaN equals NaN) */
export function identical(what: string, actual: Values, expected: Values): void {
  for (const [name, values] of Object.entries(expected)) {
    const other = actual[name];
    if (other?.length !== values.length) throw new Error(`${what}: ${name} has ${other?.length} values`);
    const i = values.findIndex((value, at) => !Object.is(value, other[at]));
    if (i >= 0) throw new Error(`${what}: ${name}[${i}] is ${other[i]}, expected ${values[i]}`);
  }
}

/** Each step of one run, judged from the values that the device itself gave to the step's inputs. */
export function stepsOfRunAgree(
  built: Program,
  given: { readonly state: Values; readonly feeds: Values; readonly outputs: Values },
  accuracy: Accuracy,
): void {
  const round = accuracy.unit < 2 ** -24 ? (value: number) => value : Math.fround;
  const numbers = (id: ValueId): ArrayLike<number> => {
    const value = built.values[id];
    if (value.kind === "step") return given.outputs[`value ${computed(built, id)}`] ?? numbers(value.inputs[0]);
    if (value.kind === "state") return given.state[value.name];
    if (value.kind === "sparse") return writtenOut(value).values;
    if (value.kind === "data" || value.kind === "constant") return Array.from(value.values, round);
    return given.feeds[value.name];
  };
  const matrixOf = (id: ValueId): Matrix => ({ shape: built.values[id].shape, values: numbers(id) });
  for (const step of built.steps) {
    try {
      agrees(step, step.inputs.map(matrixOf), numbers(step.output), accuracy);
    } catch (error) {
      throw new Error(`value ${step.output}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function stepsAgree(backend: Backend, graph: Graph, accuracy: Accuracy): Promise<void> {
  const built = exposed(program(graph.outputs, graph.updates));
  await using(backend, built, async (executable) => {
    let state = await executable.read();
    for (let run = 0; run < turns; run++) {
      const feeds = graph.feeds(built, run);
      const outputs = copied(await executable.run("it", feeds));
      stepsOfRunAgree(built, { state, feeds, outputs }, accuracy);
      state = await executable.read();
      for (const { state: id, value } of built.updates) {
        const leaf = built.values[id];
        if (leaf.kind !== "state") throw new Error(`the update of value ${id} is of no state`);
        const written = outputs[`value ${computed(built, value)}`];
        identical(`state after run ${run}`, { [leaf.name]: state[leaf.name] }, { [leaf.name]: written });
      }
    }
  });
}

async function intermediatesAreFree(backend: Backend, graph: Graph): Promise<void> {
  const lean = program(graph.outputs, graph.updates);
  const full = exposed(lean);
  await using(backend, lean, (leanly) =>
    using(backend, full, async (fully) => {
      for (let run = 0; run < turns; run++) {
        const feeds = graph.feeds(lean, run);
        const expected = copied(await fully.run("it", feeds));
        const actual = await leanly.run("it", feeds);
        const names = lean.outputs.map(({ name }) => name);
        identical(`run ${run}`, actual, Object.fromEntries(names.map((name) => [name, expected[name]])));
        identical(`state after run ${run}`, await leanly.read(), await fully.read());
      }
    }),
  );
}

async function runsRepeat(backend: Backend, graph: Graph): Promise<void> {
  const built = program(graph.outputs, graph.updates);
  await using(backend, built, async (executable) => {
    const start = await executable.read();
    const history: { readonly outputs: Values; readonly state: Values }[] = [];
    for (let run = 0; run < turns; run++) {
      const outputs = copied(await executable.run("it", graph.feeds(built, run)));
      history.push({ outputs, state: await executable.read() });
    }
    await executable.write(start);
    for (let run = 0; run < turns; run++) {
      const outputs = await executable.run("it", graph.feeds(built, run));
      identical(`run ${run}, repeated`, outputs, history[run].outputs);
      identical(`state after run ${run}, repeated`, await executable.read(), history[run].state);
    }
  });
}
