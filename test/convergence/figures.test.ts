/**
 * What a watched run measures against what can be worked out apart from it: from its weights, row by row, and by hand.
 */
import { describe, expect, test } from "vitest";
import type { Values } from "../../src/backends/backend.ts";
import { allRows, selectRows } from "../../src/data/rows.ts";
import { multiply, sigmoid, softplus } from "../../src/engine/ops/map.ts";
import { mean } from "../../src/engine/ops/reduce.ts";
import { state } from "../../src/engine/tensor.ts";
import type { Model } from "../../src/models/model.ts";
import { type AdamOptions, adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";
import type { Sampler } from "../../src/samplers/sampler.ts";
import { sequentialSampler } from "../../src/samplers/sequential.ts";
import { cosine } from "../../src/training/conditions/conditions.ts";
import { probe, probePrograms } from "../../src/training/conditions/probe.ts";
import { predict } from "../../src/training/prediction.ts";
import { datasetLeaves } from "../../src/training/step.ts";
import { broken, data, js, names, setUp, type Watched, watch } from "./watched.ts";

describe("worked out apart", () => {
  test("risks and gradients are those of the weights at the beginning of the epoch, shares those of every batch", async () => {
    const options = setUp({ keep: "last", samplerOptions: { pressure: 16, warmUp: 1, refresh: "batch" } });
    const p: Float64Array[] = [];
    const spied: Sampler = Object.create(options.sampler, {
      next: {
        value: () => {
          p.push(options.sampler.probabilities());
          return options.sampler.next();
        },
      },
      ahead: { get: () => options.sampler.ahead },
      epoch: { get: () => options.sampler.epoch },
      probabilities: { value: () => options.sampler.probabilities() },
      observe: { value: (...given: Parameters<Sampler["observe"]>) => options.sampler.observe(...given) },
      trace: { value: () => options.sampler.trace() },
    });
    const { epochs } = await watch({ ...options, sampler: spied });
    const features = selectRows(data.features, data.rows.training);
    const labels = selectRows(data.labels, data.rows.training);
    const programs = probePrograms(options.model, datasetLeaves(features, labels), 1);
    const executable = await js.compile({ ...programs });
    const look = probe(programs, 1, (name, feeds) => executable.run(name, feeds));
    const batches = options.sampler.batchesPerEpoch;
    for (let epoch = 1; epoch < epochs.length; epoch++) {
      const scores = await predict(options.model, epochs[epoch - 1].best ?? {}, features, js);
      const losses = Float64Array.from({ length: labels.rows }, (_, i) => {
        const entries = scores.subarray(i * labels.columns, (i + 1) * labels.columns);
        return -entries.reduce(
          (sum, entry, j) => sum + Math.log(labels.values[i * labels.columns + j] ? entry : 1 - entry),
          0,
        );
      }).map((each) => each / labels.columns);
      const probabilities = p[epoch * batches];
      const found = epochs[epoch].conditions;
      const { uniformRisk, selectedRisk } = found;
      expect(uniformRisk).toBeCloseTo(losses.reduce((a, b) => a + b) / labels.rows, 5);
      expect(selectedRisk).toBeCloseTo(
        losses.reduce((a, b, i) => a + b * probabilities[i], 0),
        5,
      );
      expect(Math.abs(selectedRisk / uniformRisk - 1)).toBeGreaterThan(1e-3);

      await executable.write(epochs[epoch - 1].best ?? {});
      const slopes = (weights: Float64Array): Promise<Float64Array> =>
        look.slopes(allRows(labels.rows), weights, new Random(1));
      const plain = await slopes(new Float64Array(labels.rows).fill(1));
      expect(found.cosine).toBeCloseTo(cosine(plain, await slopes(probabilities)) ?? 2, 5);
      expect(found.cosine).toBeLessThan(0.9999);

      const drawn = p.slice(epoch * batches, (epoch + 1) * batches);
      const least = drawn.map((each) => Math.min(...each));
      expect(found.smallestShare).toBeCloseTo(labels.rows * Math.min(...least), 12);
      expect(found.largestShare).toBeCloseTo(labels.rows * Math.max(...drawn.map((each) => Math.max(...each))), 12);
      expect(found.smallestSum).toBeCloseTo(
        least.reduce((a, b) => a + b),
        12,
      );
    }
    executable.dispose();
  });

  test("per-row gradients: the mean gradient, and E_p |g|^2 <= s E_u |g|^2", async () => {
    const { model, sampler, features, labels, rows } = setUp({ samplerOptions: { pressure: 16, warmUp: 0 } });
    const leaves = datasetLeaves(features, labels);
    const programs = probePrograms(model, leaves, 1);
    const { slopes: whole } = probePrograms(model, leaves, 16);
    const executable = await js.compile({ ...programs, whole });
    const single = probe(programs, 1, (name, feeds) => executable.run(name, feeds));
    const many = probe({ losses: programs.losses, slopes: whole }, 16, (_name, feeds) =>
      executable.run("whole", feeds),
    );
    const gradients: Float64Array[] = [];
    for (const row of rows.training) {
      gradients.push(await single.slopes(Int32Array.of(row), Float64Array.of(1), new Random(1)));
    }
    // A sampler that has seen every loss, so that its p prefers some rows.
    for (let batch = 0; batch < 40; batch++) {
      const drawn = sampler.next();
      const seen = await single.losses(
        drawn.map((i) => rows.training[i]),
        new Random(1),
      );
      sampler.observe(drawn, { rowLosses: Float32Array.from(seen) });
    }
    const n = gradients.length;
    const p = sampler.probabilities();
    const weighted = (weights: ArrayLike<number>): Float64Array =>
      gradients.reduce(
        (sum, g, i) => sum.map((each, k) => each + (weights[i] * g[k]) / n),
        new Float64Array(gradients[0].length),
      );
    for (const weights of [new Float64Array(n).fill(1), p.map((each) => n * each)]) {
      const found = await many.slopes(rows.training, weights, new Random(1));
      weighted(weights).forEach((each, k) => {
        expect(found[k]).toBeCloseTo(each, 6);
      });
    }
    const squares = gradients.map((g) => g.reduce((sum, each) => sum + each * each, 0));
    const uniform = squares.reduce((a, b) => a + b) / n;
    const selected = squares.reduce((a, b, i) => a + p[i] * b, 0);
    expect(Math.max(...p) / Math.min(...p)).toBeGreaterThan(1.5);
    expect(selected).toBeLessThanOrEqual(16 * uniform);
    expect(cosine(weighted(p), weighted(new Float64Array(n).fill(1)))).toBeLessThan(0.9999);
    executable.dispose();
  });

  test("the largest gradient of a run of whole batches is that of one of its epochs' beginnings", async () => {
    const n = data.rows.training.length;
    const options = setUp({ sampler: "uniform", batchSize: n, epochs: 3, keep: "last" });
    const { epochs, end } = await watch(options);
    const programs = probePrograms(options.model, datasetLeaves(data.features, data.labels), n);
    const executable = await js.compile({ ...programs });
    const look = probe(programs, n, (name, feeds) => executable.run(name, feeds));
    const sizes: number[] = [];
    const starts: Values[] = [await executable.read(), ...epochs.map(({ best }) => best ?? {})];
    for (const values of starts.slice(0, 3)) {
      await executable.write(values);
      const slopes = await look.slopes(data.rows.training, new Float64Array(n).fill(1), new Random(1));
      sizes.push(slopes.reduce((a, b) => Math.max(a, Math.abs(b)), 0));
    }
    epochs.forEach(({ conditions }, epoch) => {
      expect(conditions.largestGradient).toBeCloseTo(sizes[epoch], 6);
    });
    expect(end.conditions.largestGradient).toBeCloseTo(Math.max(...sizes), 6);
    executable.dispose();
  });
});

/** x c_i: the gradient of row i is c_i whatever x is, which is all that Adam sees. */
function linearModel(): Model {
  const x = state("x", [1, 1], Float32Array.of(0));
  return {
    name: "linear",
    features: 1,
    labels: 1,
    parameters: [x],
    buffers: [],
    objective({ features, weights }) {
      const logits = multiply(features, x);
      const perRow = softplus(logits);
      const loss = mean(weights ? multiply(weights, logits) : logits);
      return { loss, logits, perEntry: perRow, perRow, parts: { linear: loss }, updates: [] };
    },
    predict: (features) => sigmoid(multiply(features, x)),
  };
}

describe("Adam's counter-example as a training run: gradients C, -1, -1 in turn", () => {
  const large = 3;
  const rounds = 300;
  const labels = { rows: 3, columns: 1, values: Uint8Array.of(1, 0, 0) };
  const beta2 = 1 / (1 + large ** 2);
  const run = (options: AdamOptions, sign = 1): Promise<Watched> => {
    const model = linearModel();
    const values = Float32Array.of(large, -1, -1).map((each) => sign * each);
    const features = { rows: 3, columns: 1, kind: "dense" as const, values };
    return watch({
      model,
      optimiser: adam(model.parameters, { learningRate: 1e-2, beta1: 0, beta2, ...options }),
      sampler: sequentialSampler({ labels, batchSize: 1, random: new Random(1) }),
      backend: js,
      features,
      labels,
      rows: { training: Int32Array.of(0, 1, 2), validation: new Int32Array(0), test: Int32Array.of(0) },
      epochs: rounds / 3,
      noise: new Random(1),
    });
  };
  /** By the formula, in double precision. */
  function smallestGamma(amsgrad: boolean, rate: (step: number) => number): number {
    let [v, divisor, before, smallest] = [0, 0, 0, Infinity];
    for (let t = 1; t <= rounds; t++) {
      v = beta2 * v + (1 - beta2) * (t % 3 === 1 ? large : -1) ** 2;
      divisor = amsgrad ? Math.max(divisor, v) : v;
      const now = Math.sqrt(divisor) / rate(t);
      if (t === 1 || rate(t) <= rate(t - 1)) smallest = Math.min(smallest, now - before);
      before = now;
    }
    return smallest;
  }

  test("Gamma falls below 0 with Adam, by as much as the formula says, and x goes the wrong way", async () => {
    const { end } = await run({});
    expect(end.conditions.largestGradient).toBe(large);
    expect(end.conditions.smallestGamma).toBeCloseTo(
      smallestGamma(false, () => 1e-2),
      3,
    );
    expect(end.conditions.smallestGamma).toBeLessThan(-100);
    expect(broken(end.conditions)).toContain(names.gamma);
    expect(end.values.x[0]).toBeGreaterThan(0.5);
  });

  test("turned round, all is the same but the end", async () => {
    const [one, other] = [await run({}), await run({}, -1)];
    expect({ ...other.end.conditions, smallestLoss: 0 }).toEqual({ ...one.end.conditions, smallestLoss: 0 });
    expect(other.end.values.x[0]).toBeCloseTo(-one.end.values.x[0], 6);
  });

  test("it never does with AMSGrad, and x goes the right way", async () => {
    const { end } = await run({ amsgrad: true });
    expect(end.conditions.smallestGamma).toBe(0);
    expect(broken(end.conditions)).not.toContain(names.gamma);
    expect(end.values.x[0]).toBeLessThan(-0.3);
  });

  test("a rising learning rate makes it fall even so; those steps are told apart", async () => {
    const { end } = await run({ amsgrad: true, warmUpSteps: 30 });
    expect(end.conditions.smallestGammaRising).toBeLessThan(-100);
    expect(end.conditions.smallestGamma).toBe(0);
    expect(smallestGamma(true, (step) => 1e-2 * Math.min(1, step / 30))).toBe(0);
    expect(end.conditions).toMatchObject({ largestRate: 1e-2, largestRateStep: 30, lastRate: 1e-2 });
  });

  test("learning rate 0 moves nothing and has no Gamma", async () => {
    const { end } = await run({ learningRate: 0 });
    expect(end.conditions.smallestGamma).toBeNull();
  });
});
