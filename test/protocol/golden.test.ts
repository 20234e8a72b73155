/** The golden vectors are published twice: as JSON for every language, and with the laws. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { goldenVectors } from "../../src/laws/golden-vectors.ts";
import { plainPython } from "../python/pythons.ts";

const folder = fileURLToPath(new URL("../../docs/vectors/", import.meta.url));

test("the laws have the published vectors", () => {
  expect(JSON.parse(readFileSync(`${folder}selection.json`, "utf8")).vectors).toEqual(goldenVectors);
});

const skipped = plainPython === undefined ? " (skipped: no Python here)" : "";
test.skipIf(plainPython === undefined)(`Python's standard library reads them and makes the same${skipped}`, () => {
  expect(execFileSync(plainPython ?? "", [`${folder}make.py`, "--check"], { encoding: "utf8" })).toMatch(
    /^\d+ vectors are as made/,
  );
});
