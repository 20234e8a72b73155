/** Settings as text and back, what is refused of them, and models and samplers of one's own. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { UsageError } from "../../src/errors.ts";
import { modelDescriptions } from "../../src/models/create.ts";
import { mlp } from "../../src/models/mlp.ts";
import { describeOptions, type OptionDescription, printValue, readValue } from "../../src/options.ts";
import { Random } from "../../src/random.ts";
import { samplerDescriptions } from "../../src/samplers/create.ts";
import { uniformSampler } from "../../src/samplers/uniform.ts";
import { configure, type SamplerMaker } from "../../src/training/configure.ts";
import {
  checkSettings,
  defaultSettings,
  loopOptions,
  optimiserOptions,
  preparationOptions,
} from "../../src/training/settings.ts";
import { parseSettings, printSettings } from "../../src/training/settings-text.ts";
import { runs } from "../arbitraries.ts";
import { data, settings as small } from "./runs.ts";

/** Values that the option takes, found by trying: numbers of all sizes, its words, lists. */
function valuesOf({ values, refuse }: OptionDescription): fc.Arbitrary<unknown> {
  const words = /^(?:one of|a list of one or more of) (.*)$/.exec(values)?.[1].split(", ") ?? [];
  const candidates = fc.oneof(
    fc.constantFrom<unknown>(true, false, 0.5, 0, 1, 2, 7, 1e-9, 123456789, ...words, ...words.map(readValue)),
    fc.double({ noNaN: true }),
    fc.integer({ min: -1, max: 300 }),
    fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 4 }),
    fc.uniqueArray(fc.constantFrom("", ...words), { minLength: 1, maxLength: 3 }),
  );
  return candidates.filter((value) => refuse(value) === undefined);
}

const some = (options: readonly OptionDescription[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(options.map((option) => [option.name, valuesOf(option)])), { requiredKeys: [] });

const settings = fc
  .tuple(
    fc.constantFrom(...modelDescriptions).chain(({ name, options }) => fc.tuple(fc.constant(name), some(options))),
    fc.constantFrom(...samplerDescriptions).chain(({ name, options }) => fc.tuple(fc.constant(name), some(options))),
    some(describeOptions(optimiserOptions)),
    some([...describeOptions(loopOptions), ...describeOptions(preparationOptions)]),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  )
  .map(([[model, modelOptions], [sampler, samplerOptions], optimiser, others, seed]) => {
    const groups = Object.entries({ modelOptions, samplerOptions, optimiser });
    const full = groups.filter(([, group]) => Object.keys(group).length > 0);
    return { model, sampler, ...others, seed, ...Object.fromEntries(full) };
  });

describe("settings as text", () => {
  test("parse(print(settings)) are the settings, in JSON too", () => {
    fc.assert(
      fc.property(settings, (given) => {
        const checked = checkSettings(given);
        expect(parseSettings(printSettings(checked))).toEqual(given);
        expect(checkSettings(JSON.parse(JSON.stringify(checked)))).toEqual(JSON.parse(JSON.stringify(given)));
      }),
      runs(60),
    );
    expect(parseSettings(printSettings(defaultSettings))).toEqual({
      ...Object.fromEntries(Object.entries(defaultSettings).filter(([key]) => !key.endsWith("Options"))),
    });
  });

  test("readValue(printValue(value)) is the value, for all of JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (given) => {
        const value = JSON.parse(JSON.stringify(given)); // which writes -0 as 0
        expect(readValue(printValue(value))).toEqual(value);
      }),
      runs(200),
    );
    expect(readValue(printValue(-0))).toBe(-0);
    for (const text of ["1", "true", "null", "1,2", "[1]", '"a"', "a,b", "", " 3 ", "-0", "1e999"]) {
      expect(readValue(printValue(text))).toBe(text);
    }
  });

  test("is short and as people write it", () => {
    const text = ["model=mlp", "model.hidden=256,128", "sampler.pressure=4", "optimiser.learningRate=0.001"];
    const given = parseSettings(text);
    expect(given).toEqual({
      model: "mlp",
      modelOptions: { hidden: [256, 128] },
      samplerOptions: { pressure: 4 },
      optimiser: { learningRate: 0.001 },
    });
    expect(printSettings(given)).toEqual(text);
    expect(parseSettings(["model.hidden=6"])).toEqual({ modelOptions: { hidden: [6] } });
  });

  test.each([
    [["epochs"], 'setting "epochs": expected key=value'],
    [["epochs=3", "epochs=3"], "setting epochs: it stands there twice"],
    [["epoch=3"], "a run has no option epoch (did you mean epochs?); it has epochs"],
    [["epochs=many"], 'a run: option epochs is "many", expected a whole number of at least 1'],
    [["sampler.pressur=3"], "sampler adaptive has no option pressur (did you mean pressure?); it has pressure"],
    [["sampler=uniform", "sampler.pressure=3"], "sampler uniform has no option pressure; it has lastBatch"],
    [["optimiser.lr=3"], "the optimiser has no option lr; it has learningRate"],
    [["loop.epochs=3"], "setting loop.epochs: expected model, sampler, optimiser before the dot"],
    [["model=resnet"], "model resnet: expected one of mlp"],
    [["samplerOptions=3"], "option samplerOptions is 3, expected an object of options by name"],
  ])("%j", (pairs, message) => {
    expect(() => parseSettings(pairs)).toThrow(UsageError);
    expect(() => parseSettings(pairs)).toThrow(message);
  });
});

describe("every option", () => {
  const all = [
    ...[...modelDescriptions, ...samplerDescriptions].map(({ name, options }) => ({ name, options })),
    { name: "loop", options: describeOptions(loopOptions) },
    { name: "optimiser", options: describeOptions(optimiserOptions) },
    { name: "preparation", options: describeOptions(preparationOptions) },
  ];
  test.each(all)("of $name has words, and takes its own default", ({ options }) => {
    for (const { name, words, values, fallback, otherwise, read, refuse } of options) {
      expect(words, name).toMatch(/^\S.{3,118}\S$/);
      expect(values, name).toMatch(/^(a|one|true)/);
      if (fallback === undefined) continue;
      expect(refuse(fallback), name).toBeUndefined();
      expect(read(otherwise ?? ""), name).toEqual(fallback);
    }
  });
});

describe("the optimiser of the settings", () => {
  const optimiserOf = (optimiser: object) => configure(data, js(), { ...small, optimiser }).optimiser;
  const kept = (optimiser: object) => optimiserOf(optimiser).state.length;

  test("is Adam, with two moments of each parameter, or descent without any", () => {
    const parameters = configure(data, js(), small).model.parameters.length;
    expect(kept({})).toBe(kept({ method: "adam" }));
    expect(kept({})).toBe(2 * parameters);
    expect(kept({ method: "sgd" })).toBe(0);
    expect(kept({ method: "sgd", momentum: 0.9 })).toBe(parameters);
    expect(optimiserOf({}).stepSizes).toBeDefined();
    expect(optimiserOf({ method: "sgd" }).stepSizes).toBeUndefined();
  });

  test("refuses what the other method alone has", () => {
    expect(() => optimiserOf({ momentum: 0.9 })).toThrow("optimiser option momentum: adam has none of that name");
    expect(() => optimiserOf({ method: "sgd", beta1: 0.5 })).toThrow(
      "optimiser option beta1: sgd has none of that name",
    );
  });
});

describe("one's own model and sampler", () => {
  const { modelOptions, ...others } = small;

  test("as makers are those of the same name", () => {
    const named = configure(data, js(), { ...small, sampler: "uniform" });
    const own = configure(data, js(), { ...small, model: mlp, sampler: uniformOf });
    const values = ({ model }: typeof own) => model.parameters.map(({ initial }) => initial);
    expect(values(own)).toEqual(values(named));
    expect(own.sampler.next()).toEqual(named.sampler.next());
    expect(own.sampler.rows).toBe(data.rows.training.length);
  });

  test("a model that is made already is taken as it is, if it fits the data", () => {
    const made = (features: number) => mlp({ features, labels: 4, random: new Random(9), options: { hidden: [3] } });
    const model = made(data.features.columns);
    expect(configure(data, js(), { ...others, model }).model).toBe(model);
    expect(() => configure(data, js(), { ...others, model: made(5) })).toThrow(
      "model mlp takes 5 features and scores 4 labels, but the data have 6 and 4",
    );
    expect(() => configure(data, js(), { ...others, model, modelOptions })).toThrow(
      "model option hidden: a model of one's own",
    );
    expect(() => configure(data, js(), { sampler: uniformOf, samplerOptions: { k: 1 } })).toThrow(
      "sampler option k: a sampler of one's own",
    );
  });
});

const uniformOf: SamplerMaker = ({ labels, batchSize, random }) => uniformSampler({ labels, batchSize, random });
