/** One seed, one run: on every device, with every sampler, at every step. */
import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { js } from "../../src/backends/js.ts";
import { TrainingRun } from "../../src/training/run.ts";
import { bits, follow, setup } from "./runs.ts";

describe("the same again", () => {
  test.each(["js", "wasm"])("%s: the same seed gives the same bits, another seed others", async (name) => {
    const backend = await createBackend(name);
    const [first, again, other] = [
      await follow(setup({ epochs: 5 }, { backend })),
      await follow(setup({ epochs: 5 }, { backend })),
      await follow(setup({ epochs: 5, seed: 2 }, { backend })),
    ];
    expect(bits(again)).toEqual(bits(first));
    expect(other.losses[0]).not.toBe(first.losses[0]);
  });

  test("devices agree on the losses as far as their arithmetic goes", async () => {
    const given = { sampler: "uniform", epochs: 10 };
    const exact = await follow(setup(given, { backend: js({ precision: 64 }) }));
    for (const name of ["js", "wasm"]) {
      const { losses } = await follow(setup(given, { backend: await createBackend(name) }));
      expect(losses.length).toBe(exact.losses.length);
      losses.forEach((loss, t) => void expect(Math.abs(loss - exact.losses[t])).toBeLessThan(1e-5));
    }
  });

  test("two samplers start from the same weights, and warm up alike to the bit", async () => {
    const given = { epochs: 6, samplerOptions: { warmUp: 3, pressure: 64 } };
    const [uniform, adaptive] = [setup({ sampler: "uniform", epochs: 6 }), setup(given)];
    expect(adaptive.model.parameters.map(({ initial }) => initial)).toEqual(
      uniform.model.parameters.map(({ initial }) => initial),
    );
    const [a, b] = [await follow(uniform), await follow(adaptive)];
    expect(b.losses.slice(0, 9)).toEqual(a.losses.slice(0, 9));
    expect(b.losses.slice(9)).not.toEqual(a.losses.slice(9));
  });

  test("the noise of a step depends on its number alone, not on the steps before", async () => {
    const options = setup({ samplerOptions: { lastBatch: "short" } });
    const run = await TrainingRun.compile(options);
    const noiseOf = (step: number, rows: number): unknown => {
      const { name, feeds } = run.stepFeeds(step, { rows: new Int32Array(rows) });
      const { noise } = run.programs[name];
      expect(noise.length).toBeGreaterThan(0);
      return noise.map((leaf) => Array.from(feeds[leaf.name]));
    };
    const first = noiseOf(5, 16);
    noiseOf(3, 11);
    expect(noiseOf(4, 16)).not.toEqual(first);
    expect(noiseOf(5, 16)).toEqual(first);
    run.dispose();
  });
});
