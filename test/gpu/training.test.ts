/** A whole training run from one seed is the same on every device. */
import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { js } from "../../src/backends/js.ts";
import { difference, trainingRun } from "./training.ts";

describe("a training run", async () => {
  const reference = await trainingRun(js({ precision: 64 }));

  test("gets better", () => {
    const { losses } = reference;
    expect(losses[losses.length - 1]).toBeLessThan(0.8 * losses[0]);
  });

  test.each(["js", "wasm", "gpu:cpu", "gpu:webasm"])("on %s is that of js:float64", async (name) => {
    const run = await trainingRun(await createBackend(name));
    expect(run.description).toContain(name.replace("gpu:", ""));
    expect(difference(run, reference)).toBeUndefined();
  });

  test("from another seed, or with a loss a little off, is told apart", () => {
    const off = (step: number) => ({
      ...reference,
      losses: reference.losses.map((loss, i) => (i === step ? loss + 2e-3 : loss)),
    });
    expect(difference(off(reference.losses.length - 1), reference)).toContain("losses");
  });
});
