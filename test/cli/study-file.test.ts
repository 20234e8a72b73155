/** A study's file that is no JSON, or whose names are not those of a study: the message says where and what was meant. */
import { describe, expect, test } from "vitest";
import { jobsFor } from "../../src/cli/jobs.ts";
import { parseStudyText } from "../../src/cli/study-file.ts";
import { parseStudy } from "../../src/experiment/study.ts";

const saying = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
};

describe("text", () => {
  test.each([
    ['{\n "seeds": [1, 2,],\n}', 's.json:2:17: no JSON: "]" is not expected here after a comma'],
    ['{\n "seeds": [1, 2],\n}', 's.json:3:1: no JSON: "}" is not expected here after a comma'],
    ["", "s.json:1:1: no JSON: the text ends before the study does"],
    ['{"arms": ["uniform"', "s.json:1:20: no JSON: the text ends before the study does"],
    ["{'arms': []}", `s.json:1:2: no JSON: "'arms'" is not expected here`],
    ['{"a": 01}', 's.json:1:7: no JSON: "01" is not expected here'],
    ['{"a": 1} x', 's.json:1:10: no JSON: "x" is not expected here'],
    ['{"a" 1}', 's.json:1:6: no JSON: "1" is not expected here'],
    ['{"a": "b\n"}', 's.json:1:7: no JSON: "\\"b" is not expected here'],
    ["// why\n{}", 's.json:1:1: no JSON: "//" is not expected here'],
    ['{"arms": ["uniform"], "arms": ["adaptive"]}', 's.json: it names "arms" twice'],
  ])("%j", (text, message) => expect(saying(() => parseStudyText(text, "s.json"))).toBe(message));

  test("a byte-order mark before it is no fault", () =>
    expect(parseStudyText('\ufeff{"seeds": [1e2, -0.5, true, null, "\\u00e9", {}]}', "s.json")).toEqual({
      seeds: [100, -0.5, true, null, "\u00e9", {}],
    }));
});

describe("names", () => {
  test.each([
    [
      { arms: ["uniform", { setings: {} }] },
      's: arms.1: "setings" (did you mean settings?): expected some of name, why, settings',
    ],
    [{ data: [{ date: "x" }] }, 's: data.0: "date" (did you mean data?): expected some of data, name, why, settings'],
    [
      { models: [{ model: "mlp", option: {} }] },
      's: models.0: "option" (did you mean options?): expected some of model, why, options',
    ],
    [
      { arms: [{ sampler: "uniform" }] },
      's: arms.0: "sampler" (a setting: write "settings": {"sampler": ...}): expected some of name, why, settings',
    ],
    [
      { models: [{ model: "mlp", hidden: [8] }] },
      's: models.0: "hidden" (an option: write "options": {"hidden": ...}): expected some of model, why, options',
    ],
    [{ samplers: ["uniform"] }, "s: samplers (did you mean arms?) is no part of a study"],
    [{ epochs: 3 }, 's: epochs (a setting: write "settings": {"epochs": ...}) is no part of a study'],
    [
      { settings: { learningRate: 1 } },
      's: settings: learningRate is no setting of its own: write "optimiser": {"learningRate": ...}',
    ],
    [
      { arms: [{ settings: { sampler: "adaptive", pressure: 2 } }] },
      's: arms.0.settings: pressure is no setting of its own: write "samplerOptions": {"pressure": ...}',
    ],
    [{ seed: [1] }, "s: seed (did you mean seeds?) is no part of a study"],
    [null, "s: the study: expected an object"],
    [[], "s: the study: expected an object"],
    [{ arms: ["uniform", "uniform"] }, "s: arms: uniform stands there twice; give each a name of its own"],
    [{ arms: ["uniform", { name: "uniform", settings: {} }] }, "s: arms: uniform stands there twice"],
    [{ seeds: [1, 1] }, "s: seeds: 1 stands there twice"],
    [{ sweep: { batchSize: [] } }, "s: sweep.batchSize: expected a list of at least one value"],
  ])("%j", (study, message) => expect(saying(() => parseStudy(study, "s"))).toContain(message));
});

describe("processes by default", () => {
  test("one where the order of lines counts, for a part of a grid, and on a graphics processor", () => {
    expect(jobsFor({ times: false }, "wasm", [], 1e9)).toBe(1);
    expect(jobsFor({ times: true, shard: { index: 1, count: 2 } }, "wasm", [], 1e9)).toBe(1);
    expect(jobsFor({ times: true, jobs: "auto" }, "gpu", [], 1e9)).toBe(1);
    expect(jobsFor({ times: false, jobs: 3 }, "wasm", [], 1e9)).toBe(3);
  });
});
