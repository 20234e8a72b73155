/**
 * Results files that are packed by gzip: read as their content; damage is said, and nothing is unpacked without end.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { printCell } from "../../src/experiment/cell.ts";
import { readResults } from "../../src/files/results.ts";
import { runs } from "../arbitraries.ts";

const lines = [1, 2, 3].map((seed) =>
  printCell({
    key: { data: "d", fold: 0, seed, model: "m", sampler: "s" },
    settings: {},
    backend: "js",
    metrics: {},
    history: [],
  }),
);
const text = lines.map((line) => `${line}\n`).join("");

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "hardbatch-packed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "cells.jsonl.gz");
}

test("the same cells as of the plain file", async () => {
  const path = place();
  writeFileSync(path, text);
  const plain = await readResults(path);
  writeFileSync(path, gzipSync(text));
  expect(await readResults(path)).toEqual(plain);
  expect(plain.cells.length).toBe(3);
});

test("a packed file that was cut off or damaged is refused, wherever", async () => {
  const path = place();
  const packed = gzipSync(text);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: packed.length - 1 }), async (at) => {
      writeFileSync(path, packed.subarray(0, at));
      await expect(readResults(path)).rejects.toThrow("the packed file is damaged or cut off");
    }),
    runs(30),
  );
  const flipped = Uint8Array.from(packed);
  flipped[packed.length - 6] ^= 1;
  writeFileSync(path, flipped);
  await expect(readResults(path)).rejects.toThrow("the packed file is damaged or cut off");
});

test("a line without end is not unpacked to its end", async () => {
  const path = place();
  writeFileSync(path, gzipSync(new Uint8Array(2 ** 27 + 2 ** 20).fill(32)));
  await expect(readResults(path)).rejects.toThrow("a line of more than 134217728 bytes");
});
