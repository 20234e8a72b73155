/** Arms in words, sweeps, studies: what they mean, and that what is wrong with them is said. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { UsageError } from "../../src/errors.ts";
import { parseArm, parseSweep, sweepArms } from "../../src/experiment/arms.ts";
import { planGrid } from "../../src/experiment/grid.ts";
import { studyNamed, studyNames } from "../../src/experiment/studies.ts";
import { parseStudy, studySchema } from "../../src/experiment/study.ts";
import { one } from "./grids.ts";

describe("an arm in words", () => {
  test("is a sampler with its options and settings of the run", () => {
    expect(parseArm("uniform")).toEqual({ name: "uniform", settings: { sampler: "uniform" } });
    expect(parseArm("adaptive:pressure=16:weighting=none:batchSize=32:learningRate=0.01:model.hidden=8,4")).toEqual({
      name: "adaptive pressure=16 weighting=none batchSize=32 learningRate=0.01 model.hidden=8,4",
      settings: {
        sampler: "adaptive",
        samplerOptions: { pressure: 16, weighting: "none" },
        batchSize: 32,
        optimiser: { learningRate: 0.01 },
        modelOptions: { hidden: [8, 4] },
      },
    });
  });

  test.each([
    ["uniform:pressure=2", "uniform has no option pressure"],
    ["adaptive:pressure", '"pressure" is no key=value'],
    ["adaptive:nothing=1", "adaptive has no option nothing"],
  ])("%s is refused", (text, message) => {
    expect(() => parseArm(text)).toThrow(UsageError);
    expect(() => parseArm(text)).toThrow(message);
  });
});

describe("a sweep", () => {
  const arms = ["uniform", "adaptive:weighting=none"].map(parseArm);

  test("gives an arm for each value to the arms that have the setting; several give all combinations", () => {
    const swept = sweepArms(arms, [parseSweep("pressure=1,4"), parseSweep("batchSize=8,16")]);
    expect(swept.map(({ name }) => name)).toEqual([
      "uniform batchSize=8",
      "uniform batchSize=16",
      ...[1, 4].flatMap((pressure) =>
        [8, 16].map((batch) => `adaptive weighting=none pressure=${pressure} batchSize=${batch}`),
      ),
    ]);
    expect(swept[5].settings).toEqual({
      sampler: "adaptive",
      samplerOptions: { weighting: "none", pressure: 4 },
      batchSize: 16,
    });
  });

  test("of nothing, or of text that is none, is refused", () => {
    expect(() => sweepArms(arms, [parseSweep("colour=1")])).toThrow("sweep colour: no arm has such a setting");
    for (const text of ["pressure", "=1", "pressure=1,,2"]) expect(() => parseSweep(text)).toThrow(UsageError);
  });
});

describe("a study", () => {
  test("says data, models, arms and seeds; what is in words and what is spelled out mean the same", () => {
    const study = parseStudy(
      {
        why: "a reason",
        data: ["emotions.arff", { data: "scene.arff", name: "scenes", settings: { epochs: 5 } }],
        models: ["mlp", { model: "dela", options: { hidden: 8 } }],
        arms: ["adaptive:pressure=16", { name: "A1", why: "x", settings: { sampler: "uniform", batchSize: 4 } }],
        sweep: { pressure: [1, 2] },
        seeds: [1, 2],
        onlyFolds: [0],
        freshData: true,
        settings: { epochs: 3, optimiser: { learningRate: 0.1 } },
      },
      "s.json",
    );
    expect(study).toMatchObject({
      data: [{ data: "emotions.arff" }, { data: "scene.arff", name: "scenes", settings: { epochs: 5 } }],
      models: [{ model: "mlp" }, { model: "dela", options: { hidden: 8 } }],
      arms: [parseArm("adaptive:pressure=16"), { name: "A1", settings: { sampler: "uniform", batchSize: 4 } }],
      sweeps: [{ key: "pressure", values: [1, 2] }],
    });
  });

  test.each([
    [{ colour: "red" }, "s.json: colour is no part of a study"],
    [{ seeds: [] }, "s.json: seeds: expected a list of at least one"],
    [{ seeds: [1.5] }, "s.json: seeds.0: expected a whole number"],
    [{ settings: { epochs: 0 } }, "s.json: settings: "],
    [{ arms: [{ settings: { sampler: "nope" } }] }, "s.json: arms.0.settings: "],
    [{ arms: ["adaptive:x=1"] }, "s.json: arms.0: "],
    [[], "s.json: the study: expected "],
  ])("%j is refused with its place", (value, message) => {
    expect(() => parseStudy(value, "s.json")).toThrow(UsageError);
    expect(() => parseStudy(value, "s.json")).toThrow(message);
  });

  test.each(studyNames)("the built-in study %s can be planned", (name) => {
    const study = studyNamed(name);
    const grid = {
      datasets: [{ name: "one", of: () => one }],
      models: [{ name: "mlp" }],
      arms: sweepArms(study?.arms ?? [], study?.sweeps ?? []),
      seeds: study?.seeds ?? [1],
      settings: study?.settings ?? {},
      backend: js(),
    };
    const cells = planGrid(grid);
    expect(cells.length).toBe(grid.arms.length * grid.seeds.length * 5);
    expect(new Set(cells.map(({ arm }) => arm.name)).size).toBe(grid.arms.length);
  });

  test("the published schema has the same parts", () => {
    const published = JSON.parse(readFileSync(new URL("../../docs/study.schema.json", import.meta.url), "utf8"));
    expect(Object.keys(published.properties).sort()).toEqual(Object.keys(studySchema.entries).sort());
    expect(published.additionalProperties).toBe(false);
  });
});
