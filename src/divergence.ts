/**
 * When a loss stops being a number: the epoch is run again up to the step that failed, and that step is traced on the
 * reference device op by op, so that the error can name where the first NaN or infinity comes from.
 */
import type { Values } from "./backends/backend.ts";
import { js } from "./backends/js.ts";
import { type Program, printStep } from "./program.ts";
import type { TrainingRun } from "./run.ts";

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

export interface Batch {
  readonly rows: Int32Array;
  readonly weights?: Float32Array;
}

/**
 * Where the first value that is not finite comes from in the last of `batches`.
 * @param before the state at the beginning of the epoch, whose first step is number `firstStep`
 */
export async function traceDivergence(
  run: TrainingRun,
  before: Values,
  firstStep: number,
  batches: readonly Batch[],
): Promise<string> {
  await run.write(before);
  for (const [i, { rows, weights }] of batches.slice(0, -1).entries()) await run.step(firstStep + i, rows, weights);
  const state = await run.read();
  const sick = Object.entries(state).find(([, values]) => !values.every(Number.isFinite));
  const { rows, weights } = batches[batches.length - 1];
  const { name, feeds } = run.stepFeeds(firstStep + batches.length - 1, rows, weights);
  const fault = await firstFault(run.programs[name], state, feeds);
  if (sick) return `state ${sick[0]} is not finite after the step before, whose gradient overflowed`;
  return fault ?? "the fault does not show on the reference device";
}

/** The first step of the program, in running order, whose result has a value that is not finite. */
async function firstFault(program: Program, state: Values, feeds: Values): Promise<string | undefined> {
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
    const step = program.steps.find(({ output }) => !outputs[output].every(Number.isFinite));
    return step && `the first value that is not finite is in ${printStep(program, step)}`;
  } finally {
    executable.dispose();
  }
}
