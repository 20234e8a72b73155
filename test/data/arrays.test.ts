/** Arrays of NumPy: bytes as NumPy writes them, data sets from them and back, and what is refused by its place. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeNpy, encodeNpy } from "../../src/data/formats/npy.ts";
import { encodeNpz } from "../../src/data/formats/npz.ts";
import { readDataset } from "../../src/data/read.ts";
import { DataError, UsageError } from "../../src/errors.ts";
import { runs } from "../arbitraries.ts";
import { isWellFormed } from "./file-laws.ts";

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? Array.from(part, (c) => c.charCodeAt(0)) : part)),
  );

/** A file of version 1.0 with this header, padded as NumPy pads it, and these bytes behind. */
function npy(header: string, data: readonly number[]): Uint8Array<ArrayBuffer> {
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  return bytes([0x93], "NUMPY", [1, 0, length % 256, Math.floor(length / 256)], header.padEnd(length - 1), "\n", data);
}
const header = (descr: string, shape: string, order = "False"): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe("a .npy file", () => {
  /** numpy.save of numpy.array([[1, -2], [0.5, 3]], dtype=...) and the like, byte for byte. */
  const golden: readonly (readonly [string, Uint8Array, readonly number[], readonly number[]])[] = [
    [
      "<f4",
      npy(header("<f4", "(2, 2)"), [0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 0, 63, 0, 0, 64, 64]),
      [2, 2],
      [1, -2, 0.5, 3],
    ],
    ["<f8 of one dimension", npy(header("<f8", "(1,)"), [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]), [1], [1.5]],
    [">f8", npy(header(">f8", "(1,)"), [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]), [1], [1.5]],
    [">f4", npy(header(">f4", "(1,)"), [0x40, 0x40, 0, 0]), [1], [3]],
    ["|i1", npy(header("|i1", "(2, 1)"), [1, 254]), [2, 1], [1, -2]],
    ["|u1", npy(header("|u1", "(2,)"), [1, 254]), [2], [1, 254]],
    ["|b1", npy(header("|b1", "(2,)"), [1, 0]), [2], [1, 0]],
    ["<i2", npy(header("<i2", "(1,)"), [0xfe, 0xff]), [1], [-2]],
    ["<i4", npy(header("<i4", "(1,)"), [0xfe, 0xff, 0xff, 0xff]), [1], [-2]],
    [">i4", npy(header(">i4", "(1,)"), [0, 0, 1, 0]), [1], [256]],
    ["<u4", npy(header("<u4", "(1,)"), [0xfe, 0xff, 0xff, 0xff]), [1], [4294967294]],
    ["<i8", npy(header("<i8", "(1,)"), [0xfe, ...new Array<number>(7).fill(0xff)]), [1], [-2]],
    ["<u8", npy(header("<u8", "(1,)"), [2, 0, 0, 0, 1, 0, 0, 0]), [1], [4294967298]],
    ["by columns", npy(header("|u1", "(2, 3)", "True"), [1, 4, 2, 5, 3, 6]), [2, 3], [1, 2, 3, 4, 5, 6]],
    ["of no dimension", npy(header("|u1", "()"), [7]), [], [7]],
    ["of Python 2", npy("{'fortran_order': False, 'descr': '|u1', 'shape': (2L,)}", [7, 8]), [2], [7, 8]],
  ];
  it.each(golden)("of %s is read", (_, file, shape, values) => {
    const array = decodeNpy(file, "a.npy");
    expect([array.kind, [...array.shape], [...array.values]]).toEqual(["numbers", shape, values]);
  });

  it("of version 2 is read", () => {
    const text = header("|u1", "(1,)").padEnd(63) + "\n";
    const file = bytes([0x93], "NUMPY", [2, 0, 64, 0, 0, 0], text, [9]);
    expect([...decodeNpy(file, "a.npy").values]).toEqual([9]);
  });

  it("of texts is read, in both orders of bytes", () => {
    const little = npy(header("<U2", "(2,)"), [97, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0xf4, 1, 0, 0xdf, 0, 0, 0]);
    expect(decodeNpy(little, "a.npy")).toEqual({ kind: "texts", shape: [2], values: ["a", "\u{1f40a}ß"] });
    const big = npy(header(">U1", "(1,)"), [0, 0, 0, 0xdf]);
    expect(decodeNpy(big, "a.npy").values).toEqual(["ß"]);
  });

  it("is written as NumPy writes it", () => {
    const written = encodeNpy({ shape: [2, 2], values: Float32Array.of(1, -2, 0.5, 3) });
    expect(written).toEqual(golden[0][1]);
    expect(encodeNpy({ shape: [2], values: Uint8Array.of(1, 254) })).toEqual(golden[5][1]);
    expect(() => encodeNpy({ shape: [3, 2], values: new Float32Array(5) })).toThrow(UsageError);
  });

  it("comes back as it was written", () => {
    const size = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.infiniteStream(fc.float({ noNaN: true })),
        fc.array(fc.string({ unit: "grapheme", minLength: 1 })),
        (rows, columns, stream, words) => {
          const values = Float32Array.from({ length: rows * columns }, () => stream.next().value);
          expect(decodeNpy(encodeNpy({ shape: [rows, columns], values }), "x")).toEqual({
            kind: "numbers",
            shape: [rows, columns],
            values,
          });
          const texts = words.filter((word) => !word.endsWith("\0"));
          expect(decodeNpy(encodeNpy({ texts }), "x").values).toEqual(texts);
        },
      ),
      runs(50),
    );
  });

  it.each<[string, Uint8Array, string]>([
    ["text", bytes("1,2,3\n4,5,6\n"), "expected a .npy file of NumPy"],
    ["nothing", bytes(), "expected a .npy file of NumPy"],
    ["another version", bytes([0x93], "NUMPY", [9, 0, 0, 0]), "version 9: expected 1, 2 or 3"],
    ["a header cut short", npy(header("|u1", "(1,)"), [1]).subarray(0, 40), "but the file ends before"],
    [
      "a header of 4 GiB",
      bytes([0x93], "NUMPY", [2, 0, 255, 255, 255, 255]),
      "a header of 4294967295 bytes: expected at most 65536",
    ],
    ["objects", npy(header("|O", "(1,)"), [1]), "objects, which are programs and never read"],
    [
      "records",
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0]),
      "records of several fields",
    ],
    ["half floats", npy(header("<f2", "(1,)"), [0, 0]), 'type "<f2": expected one of f4, f8'],
    ["texts of no width", npy(header("<U0", "(9007199254740991,)"), []), "texts of 0 characters"],
    ["three dimensions", npy(header("|u1", "(1, 1, 1)"), [1]), "3 dimensions: expected rows and columns"],
    [
      "too few bytes",
      npy(header("<f4", "(2, 2)"), [1, 2, 3]),
      "3 bytes after the header: expected 16 for shape (2, 2) of <f4",
    ],
    ["too many", npy(header("|u1", "(1,)"), [1, 2]), "2 bytes after the header: expected 1 for"],
    [
      "a size beyond memory",
      npy(header("|u1", "(9999999, 9999999)"), [1]),
      "1 bytes after the header: expected 99999980000001 for",
    ],
    [
      "a field twice",
      npy("{'shape': (1,), 'shape': (1,), 'descr': '|u1', 'fortran_order': False}", [1]),
      "names shape twice",
    ],
    [
      "a program",
      npy("{'descr': '|u1', 'fortran_order': exit(), 'shape': (1,)}", [1]),
      "expected a header of descr, fortran_order and shape",
    ],
    ["texts beyond Unicode", npy(header("<U1", "(1,)"), [255, 255, 255, 255]), "text 0 is not Unicode"],
  ])("with %s is refused", (_, file, message) => {
    expect(() => decodeNpy(file, "a.npy")).toThrow(message);
    expect(() => decodeNpy(file, "a.npy")).toThrow(DataError);
  });
});

describe("a data set from arrays", () => {
  const x = { shape: [3, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const y = { shape: [3, 2], values: Uint8Array.of(0, 1, 1, 0, 1, 1) };
  const names = { feature_names: { texts: ["=a", "b"] }, label_names: { texts: ["l", "ß"] } };

  it("is that of X and Y in a .npz file, with their names", async () => {
    const read = await readDataset(encodeNpz({ X: x, Y: y, ...names }), "some/data.npz");
    isWellFormed(read);
    expect(read).toMatchObject({ name: "data", featureNames: ["=a", "b"], labelNames: ["l", "ß"] });
    expect([...read.features.values]).toEqual([...x.values]);
    expect([...read.labels.values]).toEqual([...y.values]);
  });

  it("is that of two .npy files, with numbers for names", async () => {
    const labelsFile = { name: "y.npy", bytes: encodeNpy(y) };
    const read = await readDataset(encodeNpy(x), "x.npy", { labelsFile });
    isWellFormed(read);
    expect([read.featureNames, read.labelNames]).toEqual([
      ["feature0", "feature1"],
      ["label0", "label1"],
    ]);
  });

  it("is that of one .npy file, by place", async () => {
    const both = { shape: [2, 3], values: Float32Array.of(5, 6, 1, 7, 8, 0) };
    const read = await readDataset(encodeNpy(both), "x.npy", { labels: "1" });
    expect([[...read.features.values], [...read.labels.values]]).toEqual([
      [5, 6, 7, 8],
      [1, 0],
    ]);
    expect(read.labelNames).toEqual(["feature2"]);
  });

  it("is read by the names that a model wants, and without those that are dropped", async () => {
    const file = encodeNpz({ X: x, Y: y, ...names });
    const wanted = { features: [{ name: "b", kind: "numeric" }], labels: ["ß"] } as const;
    const read = await readDataset(file, "d.npz", { wanted });
    expect([[...read.features.values], [...read.labels.values]]).toEqual([
      [2, 4, 6],
      [1, 0, 1],
    ]);
    const dropped = await readDataset(file, "d.npz", { drop: ["l", "=a"] });
    expect([dropped.featureNames, dropped.labelNames]).toEqual([["b"], ["ß"]]);
  });

  it("keeps gaps where asked to", async () => {
    const gap = { shape: [1, 2], values: Float32Array.of(Number.NaN, 1) };
    const read = await readDataset(encodeNpy(gap), "x.npy", { unlabelled: true, missing: "keep" });
    expect([...read.features.values]).toEqual([Number.NaN, 1]);
  });

  const npz = (arrays: Parameters<typeof encodeNpz>[0]) => ({ name: "d.npz", bytes: encodeNpz(arrays) });
  it.each<[string, { name: string; bytes: Uint8Array<ArrayBuffer> }, Parameters<typeof readDataset>[2], string]>([
    ["no labels", npz({ X: x }), {}, "no word on the labels: expected an array Y beside X"],
    ["no features", npz({ Y: y }), {}, 'd.npz: expected an array X of features: there are "Y"'],
    [
      "a sparse matrix",
      npz({ data: x, indptr: y }),
      {},
      "a sparse matrix of scipy: numpy.savez(file, X=matrix.toarray())",
    ],
    ["two arrays of features", npz({ X: x, x }), {}, "both X and x"],
    [
      "other numbers of rows",
      npz({ X: x, Y: { shape: [1, 2], values: Uint8Array.of(0, 1) } }),
      {},
      "1 rows of labels: expected 3",
    ],
    [
      "labels of 2",
      npz({ X: x, Y: { shape: [3, 1], values: Uint8Array.of(0, 1, 2) } }),
      {},
      "d.npz/Y.npy: row 2, column 0 (from 0) is 2: expected 0 or 1",
    ],
    [
      "a gap",
      npz({
        X: { shape: [1, 2], values: Float32Array.of(1, Number.NaN) },
        Y: { shape: [1, 1], values: Uint8Array.of(1) },
      }),
      {},
      "d.npz/X.npy: row 0, column 1 (from 0) is NaN: expected a number; --missing fills gaps",
    ],
    [
      "infinity",
      npz({ X: { shape: [1, 1], values: Float32Array.of(Infinity) }, Y: { shape: [1, 1], values: Uint8Array.of(1) } }),
      {},
      "is Infinity: expected a number of single precision",
    ],
    [
      "fewer names than columns",
      npz({ X: x, Y: y, feature_names: { texts: ["a"] } }),
      {},
      "1 names: expected 2, one a column",
    ],
    [
      "a name twice",
      npz({ X: x, Y: y, feature_names: { texts: ["label0", "a"] } }),
      {},
      'two columns are called "label0"',
    ],
    ["numbers for names", npz({ X: x, Y: y, label_names: y }), {}, "label_names.npy: numbers: expected texts"],
    ["texts for numbers", npz({ X: { texts: ["1"] } }), {}, "d.npz/X.npy: texts: expected numbers"],
    [
      "no rows",
      npz({ X: { shape: [0, 2], values: new Float32Array(0) } }),
      {},
      "shape (0, 2): expected rows and columns",
    ],
    ["XML", npz({ X: x }), { xml: "<labels/>" }, "columns of arrays have no names, so XML does not apply"],
    ["an id", npz({ X: x, Y: y }), { id: "a" }, "d.npz/X.npy has no column of names"],
    ["labels in two ways", npz({ X: x, Y: y }), { labels: "1" }, "both as an array of their own and by position"],
    [
      "a file of labels",
      npz({ X: x, Y: y }),
      { labelsFile: { name: "y.npy", bytes: encodeNpy(y) } },
      "only a .npy file of features has a file of labels",
    ],
    ["no archive", { name: "d.npz", bytes: encodeNpy(x) }, {}, "no zip archive"],
  ])("is refused with %s", async (_, { name, bytes }, options, message) => {
    const outcome = await readDataset(bytes, name, options).catch((error: unknown) => error);
    expect(outcome instanceof DataError || outcome instanceof UsageError).toBe(true);
    expect(String(outcome)).toContain(message);
  });
});
