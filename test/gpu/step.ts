/** A training step and a prediction of a small net, as programs over one state, for counting what a device holds. */
import type { Values } from "../../src/backends/backend.ts";
import type { GpuMode } from "../../src/backends/gpu/modes.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { add, biasLeakyRelu, binaryCrossEntropy, dropout } from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { mean } from "../../src/engine/ops/reduce.ts";
import { gather } from "../../src/engine/ops/rows.ts";
import { program } from "../../src/engine/program.ts";
import { data, input, noise, type Shape, size, state } from "../../src/engine/tensor.ts";
import { adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";

export interface Step {
  readonly programs: ReturnType<typeof build>["programs"];
  feeds(step: number): Values;
}

function build(widths: readonly number[], batch: number, total: number) {
  const random = new Random(1);
  const normal = (shape: Shape, scale: number): Float32Array => {
    const values = new Float32Array(size(shape));
    random.fillNormal(values);
    return values.map((value) => value * scale);
  };
  const last = widths[widths.length - 1];
  const features = data("features", [total, widths[0]], normal([total, widths[0]], 1));
  const labels = data(
    "labels",
    [total, last],
    Uint8Array.from({ length: total * last }, () => random.integer(2)),
  );
  const rows = input("rows", [batch, 1]);
  const layers = widths.slice(1).map((width, i) => ({
    weights: state(`weights ${i}`, [widths[i], width], normal([widths[i], width], 1 / Math.sqrt(widths[i]))),
    bias: state(`bias ${i}`, [1, width], new Float32Array(width)),
  }));
  const logits = (training: boolean) =>
    layers.reduce(
      (part, { weights, bias }, i) => {
        const product = matmul(part, weights);
        if (i === layers.length - 1) return add(product, bias);
        const active = biasLeakyRelu(product, bias, 0.1);
        return training ? dropout(active, noise(`mask ${i}`, active.shape, "uniform"), 0.1) : active;
      },
      gather(features, rows),
    );
  const perRow = mean(binaryCrossEntropy(logits(true), gather(labels, rows)), "columns");
  const loss = mean(perRow);
  const parameters = layers.flatMap(({ weights, bias }) => [weights, bias]);
  const optimiser = adam(parameters, { learningRate: 1e-3 });
  return {
    optimiser,
    programs: {
      train: program({ loss, perRow }, optimiser.updates(gradient(loss, parameters))),
      predict: program({ scores: logits(false) }),
    },
  };
}

export function trainingStep(widths: readonly number[], batch: number, total = 500): Step {
  const { optimiser, programs } = build(widths, batch, total);
  const fill = noiseFeeds(programs.train);
  const random = new Random(2);
  return {
    programs,
    feeds(step) {
      const rows = Float32Array.from({ length: batch }, () => random.integer(total));
      return { rows, ...fill({ seed: 2, step }), ...optimiser.scalars(step) };
    },
  };
}

/** Small; the smaller in WebGL2, which compiles slowly. */
export const smallStep = (mode: GpuMode): Step => trainingStep(mode === "webgl2" ? [3, 2] : [3, 4, 2], 4, 10);
