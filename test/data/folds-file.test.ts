/** Folds as files: what is written reads back, what others write is read, and what does not fit the data is refused. */
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { fingerprint } from "../../src/data/fingerprint.ts";
import { joinTest } from "../../src/data/join.ts";
import { parseFolds, printFolds } from "../../src/data/preparation/folds-file.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { kFolds } from "../../src/data/preparation/split.ts";
import { allRows, selectRows } from "../../src/data/rows.ts";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import { DataError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { runs } from "../arbitraries.ts";

const dataset = parseSynthetic("synthetic:rows=60,features=4,labels=3,seed=1", 1);

function written(seed: number, folds: number): { readonly text: string; readonly tests: readonly Int32Array[] } {
  const tests = kFolds(dataset.labels, { folds, random: new Random(seed) }).map(({ test }) => test);
  const facts = { data: dataset.name, rows: 60, fingerprint: fingerprint(dataset), method: "made", seed };
  return { text: printFolds({ ...facts, folds: tests.map((test) => [...test]) }), tests };
}

test.prop([fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 10 })], runs(30))(
  "folds read back as they were written, and each row is tested once",
  (seed, folds) => {
    const { text, tests } = written(seed, folds);
    const split = parseFolds(text, "f.json", dataset);
    expect(split).toEqual({ method: "made", tests });
    expect(Int32Array.from(split.tests.flatMap((test) => [...test])).sort()).toEqual(allRows(60));
  },
);

it("other libraries' lists of rows", () => {
  const tests = [Int32Array.of(0, 5), Int32Array.of(3)];
  const method = "folds of a file";
  expect(parseFolds("[[5,0],[3]]", "f", dataset)).toEqual({ method, tests });
  const train = [...allRows(60)].filter((row) => row !== 3);
  expect(parseFolds(JSON.stringify({ folds: [{ train, test: [3] }] }), "f", dataset).tests).toEqual([tests[1]]);
});

it.each<[string, RegExp]>([
  ["[0,1", /not JSON/],
  ['{"folds":"all"}', /expected \{"folds"/],
  ["[]", /no folds/],
  ["[[60]]", /fold 0: row 60: expected numbers from 0 to 59/],
  ["[[1],[2,2]]", /fold 1: row 2 is there twice/],
  ["[[1],[]]", /fold 1 has 0 test rows of 60/],
  ["[[-1]]", /expected \{"folds"/],
  ["[[1.5]]", /expected \{"folds"/],
  ['{"folds":[{"train":[1],"test":[2]}]}', /fold 0 leaves out 58 rows/],
  ['{"folds":[[1]],"rows":59}', /folds of 59 rows/],
  ['{"folds":[[1]],"fingerprint":"0"}', /folds of other data/],
])("%s is refused", (text, message) => {
  expect(() => parseFolds(text, "f.json", dataset)).toThrow(DataError);
  expect(() => parseFolds(text, "f.json", dataset)).toThrow(message);
});

const { text } = written(1, 5);
test.prop([fc.nat({ max: text.length - 1 }), fc.string({ maxLength: 4 })], runs(300))(
  "a damaged file is read or refused, never anything else",
  (at, other) => {
    try {
      const { tests } = parseFolds(text.slice(0, at) + other + text.slice(at + other.length), "f.json", dataset);
      for (const rows of tests) expect(rows.every((row) => row >= 0 && row < 60)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
    }
  },
);

describe("a given split", () => {
  const split = parseFolds(text, "f.json", dataset);
  it.each(["clean", "paper"] as const)("decides the test rows under %s", (protocol) => {
    for (const [fold, test] of split.tests.entries()) {
      const { rows } = prepare({ ...dataset, split }, { seed: 3, fold, protocol, dropLabelsAtMost: 0 });
      const tested = protocol === "clean" ? rows.test : Int32Array.from([...rows.test, ...rows.validation]).sort();
      expect(tested).toEqual(test);
      expect(rows.training.length + rows.validation.length + rows.test.length).toBe(60);
    }
  });

  it("a fold that it lacks is refused, and the fingerprint knows it", () => {
    expect(() => prepare({ ...dataset, split }, { seed: 1, fold: 5 })).toThrow(/from 0 to 4/);
    expect(fingerprint({ ...dataset, split })).not.toBe(fingerprint(dataset));
  });
});

describe("two files as one data set", () => {
  const [training, tested] = [selectRows(dataset, allRows(40)), selectRows(dataset, allRows(60).subarray(40))];
  const sparse = (data: Dataset): Dataset => {
    const { rows, columns, values } = data.features;
    const offsets = Uint32Array.from({ length: rows + 1 }, (_, row) => row * columns);
    const indices = Uint32Array.from({ length: rows * columns }, (_, e) => e % columns);
    return { ...data, features: { kind: "sparse", rows, columns, offsets, indices, values } };
  };

  it.each([
    ["dense", training, tested],
    ["sparse and dense", sparse(training), tested],
  ] as const)("%s", (_, first, second) => {
    const joined = joinTest(first, second);
    expect(joined.features).toEqual(dataset.features);
    expect(joined.labels).toEqual(dataset.labels);
    expect(joined.split).toEqual({ method: "test file", tests: [allRows(60).subarray(40)] });
  });

  it("sparse", () => {
    expect(joinTest(sparse(training), sparse(tested)).features).toEqual(sparse(dataset).features);
  });

  it("nothing is fitted on the test rows", () => {
    const { rows, preprocessing } = prepare(joinTest(training, tested), { seed: 1, dropLabelsAtMost: 0 });
    const first = Array.from({ length: 40 }, (_, row) => dataset.features.values[row * 4]);
    expect(preprocessing.maximum[0]).toBe(Math.max(...first));
    expect([...rows.test]).toEqual([...allRows(60).subarray(40)]);
  });
});
