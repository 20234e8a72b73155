/** A file in pieces is the file as a whole: the same data set or the same error, wherever chunks and pieces end. */
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { arffReader } from "../../src/data/formats/arff.ts";
import { csvReader } from "../../src/data/formats/csv.ts";
import { libsvmReader } from "../../src/data/formats/libsvm.ts";
import { type FileReader, readPieces, readWhole } from "../../src/data/formats/pieces.ts";
import { parseLabelPosition } from "../../src/data/preparation/label-selection.ts";
import { DataError } from "../../src/errors.ts";
import { runs } from "../arbitraries.ts";
import { encode } from "./file-laws.ts";

const labels = parseLabelPosition("1");
const header = "% c\n@relation r\n@attribute a numeric\n@attribute c {x,'y z',w}\n@attribute l {0,1}\n@DATA\n";
const files: readonly (readonly [string, string, () => FileReader])[] = [
  ["dense ARFF", `${header}1.5,x,0\r\n-2e3,'y z',1\n% c\n\n.25\tw\t1\n4,x,0`, () => arffReader({ file: "f", labels })],
  ["CR line ends", `${header}1,x,0\n2,w,1\n`.replaceAll("\n", "\r"), () => arffReader({ file: "f", labels })],
  ["sparse ARFF", `${header}{0 1.5,2 1}\n{}\n{1 'y z'}\n{0 3}\n`, () => arffReader({ file: "f", labels })],
  ["a fault", `${header}1.5,x,0\n-2e3,'y z',1\nred,x,1\n`, () => arffReader({ file: "f", labels })],
  [
    "CSV",
    '\ufeff"a\nb",n,l\r\n1.5,"x, ""y""\nz",0\r\n\r\n"3",,true\n4,"\r\n",no\n',
    () => csvReader({ file: "f", labels, drop: ["n"] }),
  ],
  ["LIBSVM", "1,3 5:0.2 7:1 # c\n\n2 1:1e3\r\n 4:-1\n \n", () => libsvmReader({ file: "f" })],
  ["LIBSVM with sizes", "4 9 5\n1,3 5:0.2\n\n2 1:1e3\n\n", () => libsvmReader({ file: "f" })],
  ["LIBSVM out of range", "2 9 5\n1,3 5:0.2\n7 1:1e3\n", () => libsvmReader({ file: "f" })],
];

async function outcome(read: () => Dataset | Promise<Dataset>): Promise<Dataset | string> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return error.message;
  }
}

describe.each(files)("%s", (_, text, reader) => {
  const bytes = encode(text);
  async function* chunks(size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  test.prop([fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 })], runs(120))(
    "in chunks and pieces of any size",
    async (chunk, piece) => {
      const whole = await outcome(() => readWhole(bytes, "f", reader()));
      const source = { file: "f", chunks: () => chunks(chunk) };
      expect(await outcome(() => readPieces(source, reader(), { piece }))).toEqual(whole);
    },
  );

  it("where the first piece ends behind the word @data, too", async () => {
    const whole = await outcome(() => readWhole(bytes, "f", reader()));
    for (let piece = 1; piece <= 120; piece++) {
      const source = { file: "f", chunks: () => chunks(1) };
      expect(await outcome(() => readPieces(source, reader(), { piece }))).toEqual(whole);
    }
  });

  it("reports the bytes of both passes, and stops when it is asked to", async () => {
    let done = 0;
    const progress = (count: number): void => {
      done += count;
    };
    const source = { file: "f", chunks: () => chunks(7) };
    const read = await outcome(() => readPieces(source, reader(), { piece: 20, progress }));
    if (typeof read !== "string") expect(done).toBeGreaterThan(bytes.length);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(readPieces(source, reader(), { signal })).rejects.toThrow("enough");
  });
});

it("a line without end is refused before it fills the memory", async () => {
  const reader: FileReader = { ...libsvmReader({ file: "f" }), longest: () => 5000 };
  let made = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      made += 1000;
      yield new Uint8Array(1000).fill(49);
    }
  }
  const source = { file: "f", chunks: endless };
  await expect(readPieces(source, reader, { piece: 1000 })).rejects.toThrow(
    /^f:1: a line \(or header\) of more than \d+ bytes/,
  );
  expect(made).toBeLessThan(20_000);
});
