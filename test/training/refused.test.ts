/** Options and settings of a run that cannot be. */
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import type { RunSettings } from "../../src/training/settings.ts";
import { train } from "../../src/training/train.ts";
import { data, follow, setup } from "./runs.ts";

describe("what does not fit is refused", () => {
  const { rows, features, labels } = data;
  test.each([
    ["epochs 0: expected a whole number of at least 1", { epochs: 0 }],
    ["epochs 1.5: expected a whole number of at least 1", { epochs: 1.5 }],
    ["59 rows of features, but 60 rows of labels", { features: { ...features, rows: 59 } }],
    ["60 rows of features, but 61 rows of labels", { labels: { ...labels, rows: 61 } }],
    ["the sampler is for 43 rows, but there are 2 training rows", { rows: { ...rows, training: Int32Array.of(1, 2) } }],
    ["test row 60 is not in 0..59", { rows: { ...rows, test: Int32Array.of(3, 60) } }],
    ["validation row -1 is not in 0..59", { rows: { ...rows, validation: Int32Array.of(-1) } }],
  ])("%s", async (message, over) => {
    const refusal = follow(setup({}, over));
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(message);
  });

  const wrong: readonly (readonly [string, Partial<RunSettings>])[] = [
    ["a run has no option epoch (did you mean epochs?); it has epochs, batchSize", Object.fromEntries([["epoch", 3]])],
    ["model nope: expected one of mlp", { model: "nope" }],
    ['sampler "nope": expected one of uniform', { sampler: "nope" }],
    ["sampler adaptive has no option kappa", { samplerOptions: { kappa: 1 } }],
    ["learningRate is -1, expected a number of at least 0", { optimiser: { learningRate: -1 } }],
    ["option seed is 0.5, expected a whole number", { seed: 0.5 }],
  ];
  test.each(wrong)("%s", (message, more) => {
    expect(() => setup(more)).toThrow(UsageError);
    expect(() => setup(more)).toThrow(message);
  });

  test("a run that was trained before, whole or in part, is not trained again", async () => {
    const whole = setup({ epochs: 1 });
    await follow(whole);
    const part = setup();
    for await (const event of train(part)) if (event.kind === "step") break;
    for (const options of [whole, part]) {
      const refusal = follow(options);
      await expect(refusal).rejects.toThrow(UsageError);
      await expect(refusal).rejects.toThrow("the sampler adaptive has been trained with before; configure a new run");
    }
    const elsewhere = setup({ sampler: "uniform" });
    const { sampler } = elsewhere;
    for (let batch = 0; batch < 3; batch++) sampler.observe(sampler.next(), {});
    await expect(follow(elsewhere)).rejects.toThrow("the sampler uniform has been trained with before");
  });

  test("initial weights that are not finite", async () => {
    const [{ name, initial }] = setup().model.parameters;
    const values = initial.slice();
    values[1] = Number.NaN;
    const refusal = follow(setup({}, { initial: { [name]: values } }));
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(`train: the initial values of ${name} are not all finite`);
  });

  test("an optimiser given in part takes the rest from the defaults", async () => {
    const rate = { learningRate: 0.01 };
    const part = await follow(setup({ optimiser: rate }));
    const whole = await follow(setup({ optimiser: { ...rate, weightDecay: 1e-4 } }));
    expect(part.losses).toEqual(whole.losses);
    const without = await follow(setup({ optimiser: { ...rate, weightDecay: 0 } }));
    expect(without.losses).not.toEqual(whole.losses);
  });
});
