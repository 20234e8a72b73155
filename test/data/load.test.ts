/** From paths to data sets: which reader, which labels, and every way in which a path can be wrong. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadOptions, loadDataset } from "../../src/data/load.ts";
import { DataError, UsageError } from "../../src/errors.ts";

const arff = (relation = "r"): string =>
  `@relation ${relation}\n@attribute p {0,1}\n@attribute q {0,1}\n@attribute r {0,1}\n@data\n1,0,1\n0,1,1\n`;
const xml = (...names: string[]): string =>
  `<labels>${names.map((name) => `<label name="${name}"/>`).join("")}</labels>`;

const files: Record<string, string | Uint8Array> = {
  "plain.arff": arff(),
  "plain.xml": xml("p"),
  "packed.arff.gz": gzipSync(arff()),
  "packed.xml": xml("q"),
  "unnamed.arff": gzipSync(arff("'r: -C -1'")),
  "set.xml": xml("r"),
  "set-sparse.xml": xml("p", "q"),
  "set-sparse-2.arff": arff(),
  "set-dense.arff": arff(),
  "setting.arff": arff("'r: -C 1'"),
  "MIXED.ARFF": arff(),
  "meka.arff": arff("'r: -C -2'"),
  "none.arff": arff(),
  "numbers.csv": "p,q,r\n1,0,1\n",
  "packed.csv.gz": gzipSync("p,q\n1,0\n"),
  "rows.svm": "1 1:1\n",
  "rows.libsvm": "1 1:1\n",
  "rows.txt.gz": gzipSync("1 1:1\n"),
  "other.json": "{}",
  "cut.arff.gz": gzipSync(arff()).subarray(0, 40),
  "damaged.arff.gz": gzipSync(arff()).map((byte, i) => (i === 30 ? byte ^ 255 : byte)),
  "not.arff.gz": arff(),
  "empty.arff": "",
  "empty.arff.gz": "",
  "packedEmpty.arff.gz": gzipSync(""),
  "wrong.arff": arff(),
  "wrong.xml": xml("nobody"),
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hardbatch-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  await mkdir(join(folder, "folder.arff"));
});
afterAll(() => rm(folder, { recursive: true }));

const load = (name: string, options?: LoadOptions) => loadDataset(join(folder, name), options);

describe("labels", () => {
  it.each<[string, string[], LoadOptions?]>([
    ["plain.arff", ["p"]],
    ["packed.arff.gz", ["q"]],
    ["unnamed.arff", ["r"]],
    ["set-sparse-2.arff", ["p", "q"]],
    ["set-dense.arff", ["r"]],
    ["setting.arff", ["p"]],
    ["meka.arff", ["q", "r"]],
    ["meka.arff", ["r"], { labels: "1" }],
    ["plain.arff", ["p", "q"], { labels: "2:start" }],
    ["numbers.csv", ["q", "r"], { labels: "2" }],
    ["packed.csv.gz", ["q"], { labels: "1:end" }],
    ["rows.svm", ["label1"]],
    ["rows.libsvm", ["label1", "label2"], { labels: "2" }],
    ["rows.txt.gz", ["label1"]],
  ])("%s: %j", async (file, names, options) => {
    expect((await load(file, options)).labelNames).toEqual(names);
  });

  it("of a named XML file", async () => {
    const at = { xml: join(folder, "set-sparse.xml") };
    expect((await load("none.arff", at)).labelNames).toEqual(["p", "q"]);
    expect((await load("numbers.csv", at)).labelNames).toEqual(["p", "q"]);
  });
});

it.each<[string, string, LoadOptions?]>([
  ["packed.arff.gz", "packed"],
  ["MIXED.ARFF", "MIXED", { labels: "1" }],
  ["rows.txt.gz", "rows"],
  ["plain.arff", "other", { name: "other" }],
])("the name of %s is %s", async (file, name, options) => {
  expect((await load(file, options)).name).toBe(name);
});

describe("mistakes", () => {
  it.each<[string, RegExp, LoadOptions?]>([
    ["missing.arff", /missing\.arff: there is no such file/],
    ["missing/missing.arff", /missing\.arff: there is no such file/],
    ["folder.arff", /folder\.arff: a folder: expected a data file/],
    ["none.arff", /none\.arff:1:11: no word on the labels: expected an XML file/],
    ["numbers.csv", /numbers\.csv: no word on the labels: expected their number/],
    ["cut.arff.gz", /cut\.arff\.gz: the gzip data are damaged or cut off/],
    ["damaged.arff.gz", /damaged\.arff\.gz: the gzip data are damaged or cut off/],
    ["not.arff.gz", /not\.arff\.gz: not gzip data/],
    ["empty.arff", /empty\.arff:1:1: the file is empty/],
    ["empty.arff.gz", /empty\.arff\.gz:1:1: the file is empty/],
    ["packedEmpty.arff.gz", /packedEmpty\.arff\.gz:1:1: the file is empty/],
    ["wrong.arff", /wrong\.xml:1:21: the label "nobody" is not a column of .*wrong\.arff/],
    ["none.arff", /missing\.xml: there is no such file/, { xml: "missing.xml" }],
  ])("in the file %s: %s", async (file, message, options) => {
    const error: unknown = await load(file, options).catch((reason) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain("\n");
  });

  it.each<[string, RegExp, LoadOptions?]>([
    ["other.json", /expected a data file named \.arff/],
    ["plain.arff", /labels "all": expected their number/, { labels: "all" }],
    ["plain.arff", /expected one of them/, { labels: "1", xml: "plain.xml" }],
    ["plain.arff", /plain\.arff: 9 labels.*expected at most 2/, { labels: "9" }],
    ["rows.svm", /XML does not apply/, { xml: "plain.xml" }],
    ["rows.svm", /expected only their number/, { labels: "1:start" }],
  ])("in the call for %s: %s", async (file, message, options) => {
    const error: unknown = await load(file, options).catch((reason) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(message);
  });
});
