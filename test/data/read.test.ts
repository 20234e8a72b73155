/**
 * Bytes and a name to a data set: every format, packed or not, the labels' sources, and archives that are not what they
 * seem.
 */
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { bounds } from "../../src/data/formats/bounds.ts";
import { crc32, listZip, unzip } from "../../src/data/formats/zip.ts";
import { type ReadOptions, readDataset } from "../../src/data/read.ts";
import { DataError } from "../../src/errors.ts";
import { encode } from "./file-laws.ts";

const arff = "@relation r\n@attribute p numeric\n@attribute q {0,1}\n@data\n2.5,0\n1,1\n";
const csv = "p,q\n2.5,0\n1,1\n";
const libsvm = "1 1:2.5\n2 1:1\n";
const xml = '<labels><label name="q"/></labels>';
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);
const zip = (files: Record<string, string | Uint8Array>): Uint8Array<ArrayBuffer> =>
  plain(
    zipSync(
      Object.fromEntries(
        Object.entries(files).map(([name, content]) => [
          name,
          typeof content === "string" ? strToU8(content) : content,
        ]),
      ),
    ),
  );

const files: readonly [name: string, text: string, options: ReadOptions, labels: readonly string[]][] = [
  ["set.arff", arff, { xml }, ["q"]],
  ["set.arff", arff, { xml: encode(xml) }, ["q"]],
  ["set.arff", arff, { xml: { name: "q.xml", bytes: plain(gzipSync(xml)) } }, ["q"]],
  ["a/set.ARFF", arff, { labels: "1" }, ["q"]],
  ["set.arff", arff.replace("@relation r", "@relation 'r: -C -1'"), {}, ["q"]],
  ["set.csv", csv, { labels: "1:end" }, ["q"]],
  ["b\\set.csv", csv, { xml }, ["q"]],
  ["set.svm", libsvm, {}, ["label1", "label2"]],
  ["set.libsvm", libsvm, { labels: "3" }, ["label1", "label2", "label3"]],
  ["set.txt", libsvm, {}, ["label1", "label2"]],
];

describe.each(files)("%s", (name, text, options, labels) => {
  const packed: readonly [string, string, Uint8Array<ArrayBuffer>][] = [
    ["as it is", name, encode(text)],
    ["with gzip", `${name}.gz`, plain(gzipSync(text))],
    ["with gzip and without saying so", name, plain(gzipSync(text))],
    ["in a zip archive", "set.zip", zip({ [name.replace(/^.*[/\\]/, "folder/")]: text, "read.me": "no data" })],
    [
      "with gzip in a zip archive",
      "set.zip",
      zip({ "set.doc": "", [`${name.replace(/^.*[/\\]/, "")}.gz`]: gzipSync(text) }),
    ],
  ];
  it.each(packed)("%s", async (_, file, bytes) => {
    const dataset = await readDataset(bytes, file, options);
    expect(dataset.name).toBe("set");
    expect(dataset.labelNames).toEqual(labels);
    expect([...dataset.features.values]).toEqual([2.5, 1]);
  });
});

it("takes the XML of the archive", async () => {
  const inside = zip({ "emotions/set-test.arff": arff, "emotions/set.xml": xml, "other.xml": "<labels/>" });
  expect((await readDataset(inside, "x.zip")).labelNames).toEqual(["q"]);
});

it.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
  ["two data files", zip({ "a.arff": arff, "b.arff": arff }), /2 data files \("a.arff", "b.arff"\).*expected one/],
  ["no data file", zip({ "a.doc": "" }), /no data file in the archive: expected one/],
  ["a name that leads out", zip({ "../a.arff": arff }), /"\.\.\/a\.arff": expected names that stay inside/],
  ["a name from the root", zip({ "/a.arff": arff }), /expected names that stay inside/],
  ["a name of another system", zip({ "c:\\a.arff": arff }), /expected names that stay inside/],
  ["a tail cut off", zip({ "a.arff": arff }).slice(0, -30), /no list of files; it may be cut off/],
])("refuses an archive with %s", async (_, bytes, message) => {
  const error: unknown = await readDataset(bytes, "x.zip", { labels: "1" }).catch((reason) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect(String(error)).toMatch(message);
});

describe("bounds", () => {
  const much = new Uint8Array(bounds.unpackedAtLeast + 1).fill(32);
  it.each<[string, Uint8Array<ArrayBuffer>]>([
    ["x.arff.gz", plain(gzipSync(much))],
    ["x.zip", zip({ "x.arff": much })],
  ])("%s that unpacks to far more than it is", async (name, bytes) => {
    await expect(readDataset(bytes, name, { labels: "1" })).rejects.toThrow(
      /unpack to more than .*: expected at most 200/,
    );
  });
});

it("a damaged entry is noticed by its check sum", async () => {
  const bytes = plain(zipSync({ "a.csv": [strToU8(csv), { level: 0 }] }));
  const [entry] = listZip(bytes, "x.zip");
  expect(new TextDecoder().decode(await unzip(bytes, entry, "x.zip"))).toBe(csv);
  bytes[30 + "a.csv".length + 5] ^= 1;
  await expect(unzip(bytes, entry, "x.zip")).rejects.toThrow(/x.zip\/a.csv: the zip data are damaged/);
});

it("the check sum is that of the standard", () => expect(crc32(encode("123456789"))).toBe(0xcbf43926));
