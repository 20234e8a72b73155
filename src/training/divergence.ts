/**
 * When a loss stops being a number: the epoch's steps are run again up to the first that went wrong, and that one is traced
 * on the reference device op by op, so that the error can name where the first NaN or infinity comes from.
 */
import type { Values } from "../backends/backend.ts";
import { js } from "../backends/js.ts";
import { type Program, printStep } from "../engine/program.ts";
import type { Floats } from "../engine/tensor.ts";
import type { StepBatch, TrainingRun } from "./run.ts";

/** A loss or score became NaN or infinite. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  /** The epoch and the step of the run, both from 0. */
  readonly epoch: number;
  readonly step: number;
  /** The last weights known to be good: of the best epoch so far, or as they were before this epoch. */
  readonly values: Values;

  constructor(epoch: number, step: number, where: string, values: Values) {
    super(
      `training diverged in epoch ${epoch + 1}, step ${step + 1}: ${where}; ` +
        "try a smaller learning rate, gradient clipping (clipNorm) or check the features for extreme values",
    );
    this.epoch = epoch;
    this.step = step;
    this.values = values;
  }
}

/** The name of the first array that holds a NaN or an infinity. */
export function firstNonFinite(values: Values): string | undefined {
  return Object.keys(values).find((name) => !isFiniteThroughout(values[name]));
}

/** Whole states are looked through after every epoch: 0 x v is NaN exactly where v is not finite. */
function isFiniteThroughout(values: Floats): boolean {
  const whole = values.length - (values.length % 4);
  // Four sums, as each addition to one waits for the last.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += 0 * values[i];
    b += 0 * values[i + 1];
    c += 0 * values[i + 2];
    d += 0 * values[i + 3];
  }
  for (let i = whole; i < values.length; i++) a += 0 * values[i];
  return a + b + c + d === 0;
}

/**
 * Where the first value that is not finite comes from: runs the steps again and traces the first of them that makes one.
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
    const sick = !Number.isFinite(loss) || firstNonFinite(evidence) !== undefined;
    const after = await run.read();
    if (sick || firstNonFinite(after) || i === batches.length - 1) {
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
    await executable.write(Object.fromEntries(Object.entries(state).filter(([each]) => names.has(each))));
    const outputs = await executable.run("traced", feeds);
    const step = program.steps.find(({ output }) => !isFiniteThroughout(outputs[output]));
    if (!step) return "on the reference device, js float32, every value is finite";
    return `the first value that is not finite comes from ${printStep(program, step)}`;
  } finally {
    executable.dispose();
  }
}
