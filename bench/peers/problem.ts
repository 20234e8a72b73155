/** The step that all do, for one net: data, weights and the losses that have to come out. */

import type { Backend } from "../../src/backends/backend.ts";
import { createBackend } from "../../src/backends/create.ts";
import { createModel } from "../../src/models/create.ts";
import { adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";
import { datasetLeaves, rowsInput, trainingProgram } from "../../src/training/step.ts";
import { batch } from "./net.ts";

const rate = 1e-3;
const slope = 0.1;
/** Steps whose losses are compared. */
export const comparedSteps = 5;

export interface Step {
  /** What really runs. */
  readonly description: string;
  /** Step number `count`, from 1: the loss before its update. */
  readonly step: (count: number) => Promise<number>;
}

const base64 = (values: Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");

function parts(widths: readonly number[]) {
  const random = new Random(1);
  const [features, labels] = [widths[0], widths[widths.length - 1]];
  const values = Float32Array.from({ length: batch * features }, () => random.uniform());
  const targets = Uint8Array.from({ length: batch * labels }, () => (random.uniform() < 0.2 ? 1 : 0));
  const model = createModel("mlp", {
    features,
    labels,
    random: new Random(2),
    options: { hidden: widths.slice(1, -1), slope },
  });
  return { features, labels, values, targets, model };
}

/** As JSON for the other processes: arrays in base 64, weights `[inputs, outputs]`. */
export function problemText(widths: readonly number[]): string {
  const { values, targets, model } = parts(widths);
  const initial = model.parameters.map((parameter) => Float32Array.from(parameter.initial));
  const layers = widths.slice(1).map((_, i) => ({ weight: base64(initial[2 * i]), bias: base64(initial[2 * i + 1]) }));
  model.parameters.forEach(({ name, shape }, i) => {
    const expected = i % 2 === 0 ? [widths[i / 2], widths[i / 2 + 1]] : [1, widths[(i + 1) / 2]];
    if (shape.join() !== expected.join()) throw new Error(`peers: parameter ${name} is not where it was expected`);
  });
  const data = { features: base64(values), labels: base64(Float32Array.from(targets)) };
  return JSON.stringify({ widths, batch, slope, rate, steps: comparedSteps, ...data, layers });
}

/** Ours: rows are gathered from the table on the device at each step, as in training. */
export async function hardbatchStep(backend: Backend, widths: readonly number[]): Promise<Step> {
  const { features, labels, values, targets, model } = parts(widths);
  const optimiser = adam(model.parameters, { learningRate: rate });
  const built = trainingProgram({
    model,
    optimiser,
    dataset: datasetLeaves(
      { kind: "dense", rows: batch, columns: features, values },
      { rows: batch, columns: labels, values: targets },
    ),
    batch,
    needs: [],
    weighted: false,
  });
  const executable = await backend.compile({ built });
  const rows = Float32Array.from({ length: batch }, (_, i) => i);
  return {
    description: `hardbatch ${executable.description}`,
    async step(count) {
      const outputs = await executable.run("built", { [rowsInput]: rows, ...optimiser.scalars(count) });
      return outputs.loss[0];
    },
  };
}

/** The losses of the first steps in double precision. */
export async function expectedLosses(widths: readonly number[]): Promise<number[]> {
  const { step } = await hardbatchStep(await createBackend("js:float64"), widths);
  const losses: number[] = [];
  for (let i = 0; i < comparedSteps; i++) losses.push(await step(i + 1));
  return losses;
}

/** The largest relative distance of losses from those of double precision. @throws Error where they are others */
export function lossDistance(losses: readonly number[], expected: readonly number[]): number {
  const worst = Math.max(...expected.map((loss, i) => Math.abs(losses[i] - loss) / Math.abs(loss)));
  if (!(worst < 1e-4)) throw new Error(`losses ${losses.join(", ")} instead of ${expected.join(", ")}`);
  return worst;
}
