/**
 * `hardbatch doctor`: lines for a terminal of 80 columns, the host by its name, and the real cause where a package does
 * not load.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hostName } from "../../src/backends/host.ts";
import { wrapped } from "../../src/cli/print.ts";
import { hardbatch } from "./run.ts";

test("its lines fit 80 columns and name the host", async () => {
  const { out } = await hardbatch("doctor");
  expect(out).toContain(`Node ${process.versions.node}`);
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(out).toMatch(/^gpu:cpu +runs/m);
});

describe("lines", () => {
  test("go on below themselves, and a word is never cut", () => {
    const word = "x".repeat(30);
    expect(
      wrapped(
        [
          ["a", `one two ${word} three`],
          ["bcd", ""],
        ],
        20,
      ),
    ).toEqual(["a    one two", `     ${word}`, "     three", "bcd"]);
  });
});

describe("the host", () => {
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    [{ node: "22.0.0", bun: "1.3.0" }, "Bun 1.3.0"],
    [{ node: "22.0.0", deno: "2.5.0" }, "Deno 2.5.0"],
    [{ node: "20.1.0" }, "Node 20.1.0"],
  ])("%j is %s", (versions, name) => {
    vi.stubGlobal("process", { versions });
    expect(hostName()).toBe(name);
  });
});

describe("a package with binaries", () => {
  test("that is installed but does not load says why; one that is missing is told how to be had", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hardbatch-native-"));
    try {
      const { packageAt } = await import("../../src/backends/gpu/native.ts");
      const broken = join(folder, "broken.mjs");
      await mkdir(folder, { recursive: true });
      await writeFile(broken, "throw new Error('libvulkan.so.1: cannot open shared object file\\n  at dlopen');\n");
      expect(await packageAt(broken, "webgpu")).toEqual({
        fault: "the package webgpu is installed but does not load: libvulkan.so.1: cannot open shared object file",
      });
      expect(await packageAt("surely-not-installed", "surely-not-installed")).toEqual({});
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
