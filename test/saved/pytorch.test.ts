/** State dicts: there and back again, the published files to the last bit, and what does not fit. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../src/errors.ts";
import { createModel } from "../../src/models/create.ts";
import type { Model } from "../../src/models/model.ts";
import { Random } from "../../src/random.ts";
import { fromPytorch, type Stored, toPytorch } from "../../src/saved/pytorch.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/saved/safetensors.ts";
import { runs } from "../arbitraries.ts";
import { goldenFiles, readGolden } from "../models/golden.ts";
import { type GoldenCase, goldenCases, modelOf } from "../models/golden-cases.ts";
import { everyModel, trialOf, trials } from "../models/tiny.ts";

const initialOf = ({ parameters, buffers }: Model): Record<string, Float32Array> =>
  Object.fromEntries([...parameters, ...buffers].map(({ name, initial }) => [name, Float32Array.from(initial)]));

describe.each(everyModel)("the state dict of %s", (name) => {
  it("comes back as it went, through a file", () => {
    fc.assert(
      fc.property(trials(name), ({ model, random }) => {
        const drawn = Object.entries(initialOf(model)).map(([name, { length }]) => {
          return [name, Float32Array.from({ length }, () => random.normal())] as const;
        });
        const values = Object.fromEntries(drawn);
        const { tensors } = decodeSafetensors(encodeSafetensors(toPytorch(model, values)), "weights");
        expect(fromPytorch(model, tensors, "weights")).toEqual(values);
      }),
      runs(10),
    );
  });
});

const present = goldenCases.flatMap((given) => goldenFiles(given.file).map((file) => [file, given] as const));
describe.skipIf(present.length === 0)("published state dicts", () => {
  it.each(present)("%s is written as it was read", (file: string, given: GoldenCase) => {
    const golden = readGolden(file);
    const model = modelOf(golden, given);
    const dict = new Map([...golden.under("param/"), ...golden.under("buffer_before/")]);
    const written = toPytorch(model, fromPytorch(model, dict, file));
    expect([...written.keys()].sort()).toEqual([...dict.keys()].sort());
    for (const [name, { shape, values }] of dict) {
      if (name.endsWith("num_batches_tracked")) continue; // a scalar of 64 bits in PyTorch, an array of 32 in the fixture
      expect({ name, shape: written.get(name)?.shape }).toEqual({ name, shape });
      expect(written.get(name)?.values).toEqual(values);
    }
  });
});

const prefixed = (prefix: string, dict: ReadonlyMap<string, Stored>): Map<string, Stored> =>
  new Map([...dict].map(([name, tensor]) => [prefix + name, tensor]));

describe.each(everyModel)("the state dict of a wrapped %s", (name) => {
  it.each(["module.", "model.", "_orig_mod.module.", "module.model.net."])("is read without %s", (prefix) => {
    const { model } = trialOf(name, { features: 3, labels: 2, batch: 1 }, {}, 5);
    const values = initialOf(model);
    const notes: string[] = [];
    const read = fromPytorch(model, prefixed(prefix, toPytorch(model, values)), "x", (note) => notes.push(note));
    expect(read).toEqual(values);
    expect(notes).toEqual([`all names begin with ${prefix}, which was left out`]);
  });
});

describe("a state dict that does not fit", () => {
  const model = createModel("mlp", { features: 3, labels: 2, random: new Random(1), options: { hidden: [4] } });
  const dict = (change: (tensors: Map<string, Stored>) => void): Map<string, Stored> => {
    const tensors: Map<string, Stored> = toPytorch(model, initialOf(model));
    change(tensors);
    return tensors;
  };
  it.each([
    ["a missing tensor", dict((t) => t.delete("head.bias")), "tensor head.bias of the mlp model is missing"],
    [
      "another shape",
      dict((t) => t.set("head.weight", { shape: [4, 2], values: new Float32Array(8) })),
      "tensor head.weight has shape [4, 2], expected [2, 4]; check the model's options",
    ],
    [
      "no number",
      dict((t) => t.set("head.bias", { shape: [2], values: Float32Array.of(0, Number.NaN) })),
      "tensor head.bias: value 1 is NaN, expected a finite number of single precision",
    ],
    [
      "a number beyond single precision",
      dict((t) => t.set("head.bias", { shape: [2], values: Float64Array.of(1e300, 0) })),
      "tensor head.bias: value 0 is 1e+300, expected a finite number of single precision",
    ],
    [
      "a stranger",
      dict((t) => t.set("tail.weight", { shape: [1], values: new Float32Array(1) })),
      "tensor tail.weight is none of the mlp model's; check model and options",
    ],
    [
      "a near name",
      dict((t) => t.set("Head.weight", { shape: [1], values: new Float32Array(1) })),
      'tensor Head.weight is none of the mlp model\'s; there is "head.weight"; check model and options',
    ],
    [
      "no number under a wrapper's name",
      prefixed(
        "module.",
        dict((t) => t.set("head.bias", { shape: [2], values: Float32Array.of(Infinity, 0) })),
      ),
      "tensor module.head.bias: value 0 is Infinity, expected a finite number of single precision",
    ],
    [
      "a missing tensor under a wrapper's name",
      prefixed(
        "module.",
        dict((t) => t.delete("head.bias")),
      ),
      "tensor module.head.bias of the mlp model is missing",
    ],
    [
      "names within another module",
      prefixed(
        "student.",
        dict(() => {}),
      ),
      "tensor student.body.fcs.0.weight is none of the mlp model's: expected body.fcs.0.weight; all names begin with student.: save that part's state dict",
    ],
    [
      "names of which some have a prefix",
      new Map([
        ...dict(() => {}),
        ...prefixed(
          "model.",
          dict(() => {}),
        ),
      ]),
      "tensor model.body.fcs.0.weight is none of the mlp model's: expected body.fcs.0.weight; not all names begin with model.",
    ],
  ])("%s", (_title, tensors, message) => {
    expect(() => fromPytorch(model, tensors, "x.safetensors")).toThrow(`x.safetensors: ${message}`);
    expect(() => fromPytorch(model, tensors, "x.safetensors")).toThrow(DataError);
  });
});
