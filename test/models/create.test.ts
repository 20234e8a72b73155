/** Models by name: what is refused, and that the same setting gives the same weights. */
import { describe, expect, it } from "vitest";
import { input } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";
import { createModel } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";
import { everyModel, trialOf } from "./tiny.ts";

const setting = (options: Readonly<Record<string, unknown>> = {}) => ({
  features: 3,
  labels: 2,
  random: new Random(1),
  options,
});

describe("createModel", () => {
  it.each([
    ["nlp", {}, "model nlp (did you mean mlp?): expected one of mlp, clif, dela, paca, mpvae, c2ae"],
    [
      "mlp",
      { hidden: [8, 0] },
      "model mlp: option hidden.1 is 0, expected a list of one or more whole numbers of at least 1",
    ],
    [
      "mlp",
      { hidden: [] },
      "model mlp: option hidden is [], expected a list of one or more whole numbers of at least 1",
    ],
    ["mlp", { hidden: "8" }, 'model mlp: option hidden is "8", expected a list'],
    ["mlp", { dropout: 1 }, "model mlp: option dropout is 1, expected a number from 0 to below 1"],
    ["mlp", { widht: 3 }, "model mlp has no option widht; it has hidden, slope, dropout"],
  ])("%s with %o is refused", (name, options, message) => {
    expect(() => createModel(name, setting(options))).toThrow(message);
    expect(() => createModel(name, setting(options))).toThrow(UsageError);
  });

  it("refuses sizes below 1", () => {
    expect(() => createModel("mlp", { ...setting(), labels: 0 })).toThrow("model mlp: labels is 0, expected a whole");
  });

  it.each(everyModel)("%s begins the same from the same seed, under unique names", (name) => {
    const leaves = (seed: number) => {
      const { parameters, buffers } = trialOf(name, { features: 3, labels: 2, batch: 4 }, {}, seed).model;
      return [...parameters, ...buffers];
    };
    const names = leaves(1).map((leaf) => leaf.name);
    expect(new Set(names).size).toBe(names.length);
    const values = (seed: number) => leaves(seed).map(({ name, initial }) => [name, ...initial]);
    expect(values(1)).toEqual(values(1));
    expect(values(1)).not.toEqual(values(2));
  });

  it("has clif say what its graph is made from", () => {
    const batch = { features: input("x", [4, 3]), labels: input("y", [4, 2]) };
    const small = { hidden: 4 };
    expect(() => createModel("clif", setting(small)).objective(batch)).toThrow(
      'model clif: graph "cooccurrence" needs the label correlation of the training rows',
    );
    // Weights from a file bring their graph along.
    expect(createModel("clif", setting(small)).predict(batch.features).shape).toEqual([4, 2]);
    expect(createModel("clif", setting({ ...small, graph: "identity" })).objective(batch).loss.shape).toEqual([1, 1]);
    const labelCorrelation = new Float64Array(9);
    expect(() => createModel("clif", { ...setting(small), labelCorrelation })).toThrow(
      "model clif: the label correlation has 9 entries, expected 2 x 2",
    );
  });
});

it.each([
  ["dela", 47_236, "one layer of 23618 takes 8.3 GiB"],
  ["paca", 47_236, "one layer of 23618 takes 24.9 GiB"],
])("%s refuses a latent space of half of %d features, with the size and the ways out", (name, features, size) => {
  const setting = { features, labels: 2, random: new Random(1) };
  expect(() => createModel(name, setting)).toThrow(size);
  expect(() => createModel(name, setting)).toThrow(/latent=256.*--feature-share/);
});
