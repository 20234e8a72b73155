/**
 * Valid files with bytes flipped, cut out, doubled, inserted: each gives a well-formed data set or one DataError, never
 * anything else. And short files that ask for much memory are refused before it is taken.
 */
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { BASE, MULTIPLE } from "../../src/data/formats/allowance.ts";
import { parseArff } from "../../src/data/formats/arff.ts";
import { readNpy } from "../../src/data/formats/arrays.ts";
import { parseCsv } from "../../src/data/formats/csv.ts";
import { gunzip } from "../../src/data/formats/gunzip.ts";
import { parseLibsvm } from "../../src/data/formats/libsvm.ts";
import { parseMulan } from "../../src/data/formats/mulan.ts";
import { encodeNpy } from "../../src/data/formats/npy.ts";
import { encodeNpz } from "../../src/data/formats/npz.ts";
import { parseLabelPosition } from "../../src/data/preparation/label-selection.ts";
import { readDataset } from "../../src/data/read.ts";
import { DataError, UsageError } from "../../src/errors.ts";
import { runs } from "../arbitraries.ts";
import { encode, readsOrSaysWhere } from "./file-laws.ts";

const header =
  "@relation 'r: -C -2' % c\n@attribute 'a b' numeric\n@attribute c {x,'y z',w}\n@attribute d {YES,NO}\n@attribute l {0,1}\n@attribute m {1,0}\n@data\n";
const denseArff = `${header}1.5,x,YES,0,1\n-2e3,'y z',NO,1,0\n% c\n.25\tw\tYES\t1\t1\n`;
const sparseArff = `${header}{0 1.5,3 1}\n{}\n{1 'y z',2 NO,4 0}\n`;
const csv = 'a,"b c",l\r\n1.5,-2,0\r\n"3",4e2,true\r\n';
const libsvm = "1,3 5:0.2 7:1 # c\n2 1:1e3\n 4:-1\n";
const xml =
  '<?xml version="1.0"?>\n<!-- c -->\n<labels xmlns="u"><label name="l &amp; m"><label name=\'n\'/></label></labels>\n';

/** The XML's names as labels of a file that has them all. */
function readXml(bytes: Uint8Array): Dataset {
  const labels = parseMulan(bytes, "file");
  const names = labels.map((label) => `'${label.name.replace(/['\\]/g, "\\$&").replace(/[^ -~]/g, "x")}'`);
  const columns = new Set(names);
  const text = [...columns].map((name) => `@attribute ${name} {0,1}\n`).join("");
  return parseArff(encode(`@attribute '~ feature' real\n${text}@data\n{}\n`), {
    file: "file",
    labels: parseLabelPosition(String(columns.size)),
  });
}

const npy = encodeNpy({ shape: [2, 3], values: Float32Array.of(1.5, -2, 0, 0.25, 3, 1) });

const readers: Record<string, readonly [text: string | Uint8Array, read: (bytes: Uint8Array) => Dataset]> = {
  "dense ARFF": [denseArff, (bytes) => parseArff(bytes, { file: "file" })],
  "sparse ARFF": [sparseArff, (bytes) => parseArff(bytes, { file: "file" })],
  CSV: [csv, (bytes) => parseCsv(bytes, { file: "file", labels: parseLabelPosition("1") })],
  LIBSVM: [libsvm, (bytes) => parseLibsvm(bytes, { file: "file" })],
  "Mulan XML": [xml, readXml],
  NumPy: [
    npy,
    (bytes) => readNpy({ name: "file", bytes }, undefined, { name: "file", labels: parseLabelPosition("1") }),
  ],
};

/** One change of a file, at a place given as a fraction of it. */
interface Edit {
  readonly kind: "flip" | "set" | "insert" | "cut" | "double" | "end";
  readonly at: number;
  readonly length: number;
  readonly byte: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("flip", "set", "insert", "cut", "double", "end"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 12 }),
  byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...encode(" \n\r\t,{}%'\"\\@?01e.-<>&;:#=/"))),
});

function applied(bytes: Uint8Array, { kind, at, length, byte }: Edit): Uint8Array {
  const from = Math.floor(at * bytes.length);
  const before = [...bytes.subarray(0, from)];
  const after = [...bytes.subarray(from)];
  switch (kind) {
    case "flip":
      return Uint8Array.from([...before, ...after.map((value, i) => (i === 0 ? value ^ (1 << (byte % 8)) : value))]);
    case "set":
      return Uint8Array.from([...before, byte, ...after.slice(1)]);
    case "insert":
      return Uint8Array.from([...before, ...Array<number>(length).fill(byte), ...after]);
    case "cut":
      return Uint8Array.from([...before, ...after.slice(length)]);
    case "double":
      return Uint8Array.from([...before, ...after.slice(0, length), ...after]);
    default:
      return Uint8Array.from(before);
  }
}

const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === "string" ? encode(text) : text);

describe.each(Object.entries(readers))("%s", (_, [text, read]) => {
  test.prop([fc.array(edit, { minLength: 1, maxLength: 4 })], runs(1500))("after a few changes", (edits) => {
    readsOrSaysWhere(edits.reduce<Uint8Array>(applied, bytesOf(text)), "file", read);
  });

  test.prop([fc.uint8Array({ maxLength: 60 })], runs(300))("of any bytes", (bytes) => {
    readsOrSaysWhere(bytes, "file", read);
  });

  it("unchanged is read; cut anywhere is read or refused", () => {
    const bytes = bytesOf(text);
    expect(readsOrSaysWhere(bytes, "file", read)).toBe("read");
    for (let end = 0; end < bytes.length; end++) readsOrSaysWhere(bytes.subarray(0, end), "file", read);
  });
});

test.prop([fc.array(edit, { minLength: 1, maxLength: 3 })], runs(200))(
  "gzip data after a few changes",
  async (edits) => {
    const { gzipSync } = await import("node:zlib");
    const bytes = edits.reduce<Uint8Array>(applied, gzipSync(denseArff));
    const outcome = await gunzip(Uint8Array.from(bytes), "file").catch((error: unknown) => error);
    expect(outcome instanceof Uint8Array || outcome instanceof DataError).toBe(true);
  },
);

test.prop([fc.array(edit, { minLength: 1, maxLength: 3 })], runs(400))(
  "a .npz file after a few changes",
  async (edits) => {
    const features = { shape: [3, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const whole = encodeNpz({
      X: features,
      Y: { shape: [3, 1], values: Uint8Array.of(1, 0, 1) },
      label_names: { texts: ["a"] },
    });
    const read = (bytes: Uint8Array): Promise<unknown> =>
      readDataset(Uint8Array.from(bytes), "x.npz", {}).catch((error: unknown) => error);
    expect(await read(whole)).toMatchObject({ labelNames: ["a"], labels: { rows: 3 } });
    const outcome = await read(edits.reduce<Uint8Array>(applied, whole));
    const explained = outcome instanceof DataError || outcome instanceof UsageError;
    expect(explained || (outcome instanceof Object && "labels" in outcome)).toBe(true);
  },
);

test.prop([fc.array(edit, { minLength: 1, maxLength: 3 })], runs(200))(
  "a zip archive after a few changes",
  async (edits) => {
    const { zipSync } = await import("fflate");
    const zipped = zipSync({ "a/file.arff": encode(denseArff), "a/file.xml": encode(xml) });
    const bytes = Uint8Array.from(edits.reduce<Uint8Array>(applied, zipped));
    const outcome = await readDataset(bytes, "x.zip", { labels: "2" }).catch((error: unknown) => error);
    const explained = outcome instanceof DataError || outcome instanceof UsageError;
    expect(explained || (outcome instanceof Object && "labels" in outcome)).toBe(true);
  },
);

describe("the law itself", () => {
  const bytes = encode("one\ntwo");
  it.each<[string, () => Dataset, RegExp]>([
    [
      "another error",
      () => {
        throw new TypeError("undefined is not a function");
      },
      /not a DataError/,
    ],
    [
      "a place outside",
      () => {
        throw new DataError({ file: "file", line: 3, column: 1 }, "expected");
      },
      /outside/,
    ],
    [
      "a column outside",
      () => {
        throw new DataError({ file: "file", line: 2, column: 5 }, "expected");
      },
      /outside/,
    ],
    [
      "another file",
      () => {
        throw new DataError({ file: "other" }, "expected");
      },
      /another file/,
    ],
    [
      "two lines",
      () => {
        throw new DataError({ file: "file" }, "expected\nmore");
      },
      /one line/,
    ],
    ["a broken data set", () => ({ ...parseArff(encode(denseArff), { file: "file" }), labelNames: [] }), /well-formed/],
  ])("notices %s", (_, read, message) => {
    expect(() => readsOrSaysWhere(bytes, "file", read)).toThrow(message);
  });
});

describe("memory", () => {
  const attributes = (count: number, type: string): string =>
    Array.from({ length: count }, (_, i) => `@attribute a${i} ${type}\n`).join("");
  const many = 20000;

  it.each<[string, () => Dataset]>([
    [
      "labels by rows",
      () =>
        parseArff(encode(`@relation 'r: -C -${many - 1}'\n${attributes(many, "{0,1}")}@data\n${"{}\n".repeat(many)}`), {
          file: "file",
        }),
    ],
    [
      "values left out",
      () =>
        parseArff(
          encode(
            `@relation 'r: -C -1'\n${attributes(many, "{a,b,c}")}@attribute l {0,1}\n@data\n${"{}\n".repeat(many)}`,
          ),
          { file: "file" },
        ),
    ],
    [
      "one-hot columns",
      () =>
        parseArff(
          encode(
            `@relation 'r: -C -1'\n@attribute a {${Array.from({ length: many }, (_, i) => i)}}\n@attribute l {0,1}\n@data\n${"1,0\n".repeat(many)}`,
          ),
          { file: "file" },
        ),
    ],
    ["LIBSVM labels", () => parseLibsvm(encode(`${many} 1:1\n`.repeat(many)), { file: "file" })],
  ])("refuses %s beyond the allowance", (_, read) => {
    expect(read).toThrow(/^file: .* would take .*: expected \d+ at most/);
  });

  it("rows that are too short fail before the tables are large", () => {
    const text = `@relation 'r: -C -1'\n${attributes(many, "real")}@data\n${"1\n".repeat(many)}`;
    expect(() => parseArff(encode(text), { file: "file" })).toThrow(/file:20003:2: a row of 1 values: expected 20000/);
  });

  it("tables of ordinary files stay far below it", () => {
    const dense = encode(
      `@relation 'r: -C -1'\n${attributes(99, "real")}@attribute l {0,1}\n@data\n${`${"0,".repeat(99)}1\n`.repeat(5000)}`,
    );
    const sparse = encode(
      `@relation 'r: -C -1'\n${attributes(99, "real")}@attribute l {0,1}\n@data\n${`{${Array.from({ length: 99 }, (_, i) => `${i} 5`)},99 1}\n`.repeat(2000)}`,
    );
    for (const bytes of [dense, sparse]) {
      const { features, labels } = parseArff(bytes, { file: "file" });
      const arrays =
        features.kind === "dense" ? [features.values] : [features.values, features.indices, features.offsets];
      const taken = [...arrays, labels.values].reduce((sum, array) => sum + array.buffer.byteLength, 0);
      expect(taken).toBeLessThan(2.5 * bytes.length);
    }
    expect(MULTIPLE * dense.length + BASE).toBeGreaterThan(2.5 * dense.length);
  });
});
