/** The nets of `bench/sparse.ts`: a batch of rows with few values, weights, and our training step on it. */
import type { Backend } from "../../src/backends/backend.ts";
import type { Matrix, SparseMatrix } from "../../src/data/dataset.ts";
import { denseInputs } from "../../src/data/preparation/inputs.ts";
import { createModel } from "../../src/models/create.ts";
import { adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";
import { datasetLeaves, rowsInput, trainingProgram } from "../../src/training/step.ts";
import { batch } from "../peers/net.ts";
import type { Step } from "../peers/problem.ts";

export const learningRate = 1e-3;
export const weightDecay = 1e-4;
export const slope = 0.1;

export interface SparseNet {
  /** As wide as which data set. */
  readonly like: string;
  readonly widths: readonly number[];
  /** Values in a row, on average. */
  readonly perRow: number;
  /** Whether the table with its zeros is timed, too. */
  readonly dense: boolean;
}

export const nets: readonly SparseNet[] = [
  { like: "bibtex", widths: [1836, 512, 256, 159], perRow: 69, dense: true },
  { like: "rcv1subset1", widths: [47_236, 512, 256, 101], perRow: 73, dense: false },
];

/** Rows of 0 to twice `perRow` values in (0, 1); words are not alike frequent: small columns come up more often. */
export function sparseRows(rows: number, columns: number, perRow: number, random: Random): SparseMatrix {
  const offsets = new Uint32Array(rows + 1);
  const indices: number[] = [];
  for (let row = 0; row < rows; row++) {
    const chosen = new Set<number>();
    const count = random.integer(2 * perRow + 1);
    while (chosen.size < count) chosen.add(Math.floor(columns * random.uniform() ** 2));
    indices.push(...[...chosen].sort((a, b) => a - b));
    offsets[row + 1] = indices.length;
  }
  const values = Float32Array.from(indices, () => 0.05 + 0.95 * random.uniform());
  return { kind: "sparse", rows, columns, offsets, indices: Uint32Array.from(indices), values };
}

export function partsOf({ widths, perRow }: SparseNet) {
  const random = new Random(1);
  const [columns, labels] = [widths[0], widths[widths.length - 1]];
  const features = sparseRows(batch, columns, perRow, random);
  const targets = Uint8Array.from({ length: batch * labels }, () => (random.integer(10) === 0 ? 1 : 0));
  const options = { hidden: widths.slice(1, -1), slope };
  const model = createModel("mlp", { features: columns, labels, random: new Random(2), options });
  return { features, labels: { rows: batch, columns: labels, values: targets }, model };
}

/** Rows are gathered from the table on the device at each step, as in training. */
export async function sparseStep(backend: Backend, net: SparseNet, inputs: "sparse" | "dense"): Promise<Step> {
  const { features, labels, model } = partsOf(net);
  const table: Matrix = inputs === "sparse" ? features : denseInputs(features);
  const optimiser = adam(model.parameters, { learningRate, weightDecay });
  const dataset = datasetLeaves(table, labels);
  const built = trainingProgram({ model, optimiser, dataset, batch, needs: [], weighted: false });
  const executable = await backend.compile({ built });
  const rows = Float32Array.from({ length: batch }, (_, i) => i);
  return {
    description: `hardbatch ${executable.description}, ${inputs}`,
    async step(count) {
      const outputs = await executable.run("built", { [rowsInput]: rows, ...optimiser.scalars(count) });
      return outputs.loss[0];
    },
  };
}
