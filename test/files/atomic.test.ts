import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { prepareFile, writeAtomically } from "../../src/files/atomic.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hardbatch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (name: string): string => join(folder, name);

describe("writing a whole file", () => {
  test("makes it, with its folders, and leaves nothing else", async () => {
    await writeAtomically(inFolder("a/b/weights.bin"), Uint8Array.of(1, 2, 3));
    expect([...readFileSync(inFolder("a/b/weights.bin"))]).toEqual([1, 2, 3]);
    expect(readdirSync(inFolder("a/b"))).toEqual(["weights.bin"]);
  });
  test("replaces it, and keeps its mode", async () => {
    writeFileSync(inFolder("x"), "before");
    chmodSync(inFolder("x"), 0o640);
    await writeAtomically(inFolder("x"), "after ±");
    expect(readFileSync(inFolder("x"), "utf8")).toBe("after ±");
    expect(statSync(inFolder("x")).mode & 0o777).toBe(0o640);
  });
  test.skipIf(process.platform === "win32")("what is no file, here a pipe, stays and is written to", async () => {
    expect(spawnSync("mkfifo", [inFolder("pipe")]).status).toBe(0);
    const reading = readFile(inFolder("pipe"), "utf8");
    await writeAtomically(inFolder("pipe"), "text");
    expect(await reading).toBe("text");
    expect(statSync(inFolder("pipe")).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(["pipe"]);
  });
  test("follows a link", async () => {
    writeFileSync(inFolder("real"), "before");
    symlinkSync(inFolder("real"), inFolder("link"));
    await writeAtomically(inFolder("link"), "after");
    expect(readFileSync(inFolder("real"), "utf8")).toBe("after");
  });
  test("a reader sees one whole version at any time", async () => {
    const path = inFolder("x");
    const versions = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(100_000));
    await writeAtomically(path, versions[0]);
    let writing = true;
    const seen = new Set<string>();
    const reader = (async () => {
      while (writing) {
        seen.add(readFileSync(path, "utf8"));
        await new Promise(setImmediate);
      }
    })();
    for (const version of versions) await writeAtomically(path, version);
    writing = false;
    await reader;
    for (const text of seen) expect(versions).toContain(text);
  });
  test("a folder in the way, or a file where a folder should be, is told and nothing is left behind", async () => {
    mkdirSync(inFolder("taken"));
    writeFileSync(inFolder("file"), "");
    await expect(writeAtomically(inFolder("taken"), "x")).rejects.toThrow(
      /taken is a folder; expected the name of a file/,
    );
    await expect(writeAtomically(inFolder("file/x"), "x")).rejects.toThrow(UsageError);
    expect(readdirSync(folder).sort()).toEqual(["file", "taken"]);
  });
});

describe("making sure that a file can be written", () => {
  test("makes it and its folders where they are missing, and leaves what is there", async () => {
    await prepareFile(inFolder("a/b/results"));
    expect(readFileSync(inFolder("a/b/results"), "utf8")).toBe("");
    writeFileSync(inFolder("a/b/results"), "before");
    await prepareFile(inFolder("a/b/results"));
    expect(readFileSync(inFolder("a/b/results"), "utf8")).toBe("before");
  });

  test("several at once in the same new folder", async () => {
    await Promise.all(["x", "y", "z"].map((name) => prepareFile(inFolder(`new/er/${name}`))));
    expect(readdirSync(inFolder("new/er")).sort()).toEqual(["x", "y", "z"]);
  });

  test("a folder, or a place below a file, is refused", async () => {
    writeFileSync(inFolder("file"), "");
    await expect(prepareFile(folder)).rejects.toThrow(/it is a folder; expected the name of a file/);
    await expect(prepareFile(inFolder("file/x"))).rejects.toThrow(/a part of the path is a file, not a folder/);
    await expect(prepareFile(inFolder("file/x/y"))).rejects.toThrow(UsageError);
  });

  test.skipIf(process.platform !== "linux")(
    "a system's folder that takes no new ones is refused, in no time",
    async () => {
      await expect(prepareFile("/proc/hardbatch/x")).rejects.toThrow(/can't write .*: no folder can be made there/);
    },
  );
});
