/**
 * Where a value that is not finite comes from: runs steps again, and the one that went wrong op by op on the reference
 * device. Loaded only when that happens, and the reference device with it.
 */
import type { Values } from "../backends/backend.ts";
import { js } from "../backends/js.ts";
import { type Program, printStep } from "../engine/program.ts";
import { firstNonFinite, isFiniteThroughout } from "./finite.ts";
import type { StepBatch, TrainingRun } from "./run.ts";

/**
 * Runs the steps again and traces the first of them that makes a value that is not finite.
 * @param before the state before them
 * @param firstStep the number of the first, from 0
 */
export async function traceSteps(
  run: TrainingRun,
  before: Values,
  firstStep: number,
  batches: readonly StepBatch[],
): Promise<string> {
  let state = before;
  await run.write(before);
  for (const [i, batch] of batches.entries()) {
    const [{ loss, evidence }] = await run.steps(firstStep + i, [batch]);
    const wrong = !Number.isFinite(loss) || firstNonFinite(evidence) !== undefined;
    const after = await run.read();
    if (wrong || firstNonFinite(after) || i === batches.length - 1) {
      const { name, feeds } = run.stepFeeds(firstStep + i, batch);
      return `${await firstFault(run.programs[name], state, feeds)} (step ${firstStep + i + 1})`;
    }
    state = after;
  }
  throw new Error("traceSteps: expected at least one batch");
}

/** Where the first value that is not finite comes from when weights of `state` score a row. */
export function traceScores(run: TrainingRun, state: Values, row: number): Promise<string> {
  const { name, feeds } = run.predictionFeeds(Int32Array.of(row));
  return firstFault(run.programs[name], state, feeds);
}

/** Runs the program on the reference device, which answers every step's result. */
async function firstFault(program: Program, state: Values, feeds: Values): Promise<string> {
  const traced: Program = {
    ...program,
    updates: [],
    outputs: program.steps.map(({ output }) => ({ name: String(output), value: output })),
  };
  const executable = await js().compile({ traced });
  try {
    const names = new Set(program.state.map((leaf) => leaf.name));
    await executable.write(Object.fromEntries(Object.entries(state).filter(([name]) => names.has(name))));
    const outputs = await executable.run("traced", feeds);
    const step = program.steps.find(({ output }) => !isFiniteThroughout(outputs[output]));
    if (!step) return "on the reference device, js float32, every value is finite";
    return `the first value that is not finite comes from ${printStep(program, step)}`;
  } finally {
    executable.dispose();
  }
}
