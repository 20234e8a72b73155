/** Every file of the malformed corpus gives one line with the file, the place and what was expected. */
import { describe, expect, it } from "vitest";
import { parseArff } from "../../src/data/formats/arff.ts";
import { parseCsv } from "../../src/data/formats/csv.ts";
import { parseLibsvm } from "../../src/data/formats/libsvm.ts";
import { parseMulan } from "../../src/data/formats/mulan.ts";
import { parseLabelPosition } from "../../src/data/preparation/label-selection.ts";
import { DataError } from "../../src/errors.ts";
import { encode } from "./file-laws.ts";
import { malformedArffHeaders } from "./malformed/arff-header.ts";
import { malformedArffRows } from "./malformed/arff-rows.ts";
import type { Malformed } from "./malformed/malformed.ts";
import { malformedCsv, malformedLibsvm } from "./malformed/tables.ts";
import { malformedXml } from "./malformed/xml.ts";

const readers: readonly [string, readonly Malformed[], (bytes: Uint8Array, file: string) => unknown][] = [
  ["broken.arff", [...malformedArffHeaders, ...malformedArffRows], (bytes, file) => parseArff(bytes, { file })],
  ["broken.xml", malformedXml, parseMulan],
  ["broken.svm", malformedLibsvm, (bytes, file) => parseLibsvm(bytes, { file })],
  ["broken.csv", malformedCsv, (bytes, file) => parseCsv(bytes, { file, labels: parseLabelPosition("1") })],
];

function errorOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    return error;
  }
  return "no error";
}

for (const [file, corpus, read] of readers) {
  describe(file, () => {
    for (const { what, text, line, column, says } of corpus) {
      it(what, () => {
        const error = errorOf(() => read(typeof text === "string" ? encode(text) : text, file));
        if (!(error instanceof DataError)) throw new Error(`expected a DataError, got ${error}`);
        const place = [file, line, column].filter((part) => part !== undefined).join(":");
        expect(error.message.slice(0, place.length + 2)).toBe(`${place}: `);
        for (const words of says) expect(error.message).toContain(words);
        expect(error.message).toMatch(/expected/);
        expect(error.message).not.toMatch(/[\n\r]/);
        expect(error.message.length).toBeLessThan(300);
      });
    }
  });
}
