/**
 * The conditions of docs/convergence.md in real runs of every sampler: what is proved has to hold in each of them,
 * watching must change nothing, and what a fault would break has to be seen to break.
 */
import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { samplerDescriptions } from "../../src/samplers/create.ts";
import type { Sampler } from "../../src/samplers/sampler.ts";
import type { EpochEvent } from "../../src/training/events.ts";
import { type TrainOptions, train } from "../../src/training/train.ts";
import { broken, data, names, setUp, watch } from "./watched.ts";

describe("watching a run", () => {
  test.each([
    ["js", "mlp", { hidden: [8], dropout: 0.3 }],
    ["wasm", "mlp", { hidden: [8], dropout: 0.3 }],
    // Batch statistics and noise that the rows share.
    ["js", "clif", { hidden: 8 }],
    ["js", "dela", { encoder: [8], decoder: [8] }],
  ])("changes nothing of it (%s, %s)", async (name, model, modelOptions) => {
    const settings = { model, modelOptions, samplerOptions: { unbiased: true, warmUp: 1 } };
    const backend = await createBackend(name, { threads: 1 });
    const { end, epochs } = await watch(setUp(settings, backend));
    const plain: unknown[] = [];
    for await (const event of train(setUp(settings, backend))) plain.push(event);
    const losses = plain.filter((event): event is EpochEvent => Object(event).kind === "epoch");
    expect(epochs.map(({ loss }) => loss)).toEqual(losses.map(({ loss }) => loss));
    const { conditions: _, ...rest } = end;
    expect(plain.at(-1)).toEqual(rest);
    for (const each of [names.bounded, names.endless, names.risks, names.unbiased]) {
      expect(broken(end.conditions)).not.toContain(each);
    }
  });

  test("tells nothing where it was not asked to", async () => {
    for await (const event of train(setUp())) expect(event).not.toHaveProperty("conditions");
  });

  test("is plain data, the same twice", async () => {
    const [one, two] = [await watch(setUp()), await watch(setUp())];
    expect(JSON.parse(JSON.stringify(one.end.conditions))).toEqual(one.end.conditions);
    expect(two.end.conditions).toEqual(one.end.conditions);
  });
});

describe.each(samplerDescriptions)("$name", ({ name: sampler, options }) => {
  const known = options.map(({ name }) => name);
  // Rows are drawn alike by reweighted, whatever its pressure.
  const pressures = known.includes("pressure") && sampler !== "reweighted" ? [1, 2, 16, 64] : [1];

  test.each(pressures)("what is proved holds at pressure %d", async (pressure) => {
    const refreshes = known.includes("refresh") ? ["epoch", "batch", "full"] : [undefined];
    for (const refresh of refreshes) {
      const samplerOptions = known.includes("pressure") ? { pressure, warmUp: 1, ...(refresh && { refresh }) } : {};
      const { end, epochs } = await watch(setUp({ sampler, samplerOptions }));
      const { conditions } = end;
      expect(conditions.pressure).toBe(pressure);
      for (const each of [names.bounded, names.endless, names.risks]) expect(broken(conditions)).not.toContain(each);
      // Not one row is left out of the counts.
      const draws = new Uint32Array(data.rows.training.length);
      for (const { trace } of epochs)
        trace?.drawsPerRow.forEach((count, row) => {
          draws[row] += count;
        });
      expect(conditions.fewestDraws).toBe(Math.min(...draws));
      expect(conditions.mostDraws).toBe(Math.max(...draws));
      if (pressure > 1) {
        expect(conditions.largestShare).toBeGreaterThan(1);
        expect(broken(conditions)).toContain(names.unbiased);
      } else {
        // s = 1: the selected and the uniform risk are one, and so are their gradients.
        expect(broken(conditions)).not.toContain(names.unbiased);
        for (const { conditions: epoch } of epochs) {
          expect(epoch.selectedRisk / epoch.uniformRisk).toBeCloseTo(1, 12);
          expect(epoch.cosine).toBeCloseTo(1, 12);
        }
      }
    }
  });
});

test("importance weights lie between 1/s and s", async () => {
  const { end } = await watch(setUp({ samplerOptions: { pressure: 16, warmUp: 1, unbiased: true } }));
  expect(end.conditions.unbiased).toBe(true);
  expect(broken(end.conditions)).not.toContain(names.unbiased);
  expect(end.conditions.largestWeight).toBeGreaterThan(1.05);
  expect(end.conditions.smallestWeight).toBeLessThan(0.95);
});

test("AMSGrad keeps Gamma at 0 or above on a network, where Adam does not", async () => {
  const optimiser = { learningRate: 1e-2, beta2: 0.9 };
  expect(broken((await watch(setUp({ optimiser }))).end.conditions)).toContain(names.gamma);
  const remedied = (await watch(setUp({ optimiser: { ...optimiser, amsgrad: true } }))).end.conditions;
  expect(broken(remedied)).not.toContain(names.gamma);
  expect(remedied.smallestGamma).toBeGreaterThanOrEqual(0);
});

describe("a faulty sampler is found out", () => {
  /** The adaptive sampler of pressure 16, with some of its answers replaced. */
  function faulty(change: (real: Sampler) => Partial<Sampler>): TrainOptions {
    const options = setUp({ samplerOptions: { pressure: 16, warmUp: 1 } });
    const real = options.sampler;
    const same: Sampler = {
      name: real.name,
      needs: real.needs,
      rows: real.rows,
      batchSize: real.batchSize,
      batchesPerEpoch: real.batchesPerEpoch,
      get epoch() {
        return real.epoch;
      },
      get ahead() {
        return real.ahead;
      },
      pressure: 16,
      next: () => real.next(),
      observe: (rows, evidence) => real.observe(rows, evidence),
      probabilities: () => real.probabilities(),
      selectionOf: (row) => real.selectionOf(row),
      trace: () => real.trace(),
      state: () => real.state(),
      restore: (saved) => real.restore(saved),
    };
    return { ...options, sampler: { ...same, ...change(real) } };
  }

  test("left as it is, it is not", async () => {
    const found = broken((await watch(faulty(() => ({})))).end.conditions);
    expect(found).not.toContain(names.bounded);
    expect(found).not.toContain(names.endless);
  });

  test("that promises less pressure than it applies", async () => {
    expect(broken((await watch(faulty(() => ({ pressure: 1.1 })))).end.conditions)).toContain(names.bounded);
  });

  test("that gives a row no chance", async () => {
    const change = (real: Sampler): Partial<Sampler> => ({
      probabilities: () => {
        const p = real.probabilities();
        const rest = 1 - p[0];
        return p.map((each, i) => (i === 0 ? 0 : each / rest));
      },
    });
    const found = broken((await watch(faulty(change))).end.conditions);
    expect(found).toContain(names.bounded);
    expect(found).toContain(names.endless);
  });

  test("whose probabilities don't sum to 1, by the risks", async () => {
    const change = (real: Sampler): Partial<Sampler> => ({
      probabilities: () => real.probabilities().map((p) => 20 * p),
    });
    expect(broken((await watch(faulty(change))).end.conditions)).toContain(names.risks);
  });

  test("whose importance weights are out of range", async () => {
    const change = (): Partial<Sampler> => ({ importanceWeights: (rows) => new Float32Array(rows.length).fill(17) });
    expect(broken((await watch(faulty(change))).end.conditions)).toContain(names.unbiased);
  });
});
