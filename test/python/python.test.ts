/** The Python client and the examples, with the standard library everywhere and with PyTorch where it is installed. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { program } from "../cli/run.ts";
import { examples, plainPython, torchPython } from "./pythons.ts";

const served = [process.execPath, program, "sampler", "--stdio"];

function run(python: string, words: readonly string[]) {
  const env = { ...process.env, PYTHONPATH: `${examples}pytorch`, PYTHONDONTWRITEBYTECODE: "1" };
  const { status, stdout, stderr } = spawnSync(python, words, { env, encoding: "utf8", timeout: 240_000 });
  return { status, out: stdout, err: stderr };
}

describe.skipIf(plainPython === undefined)("with Python alone", () => {
  test("the client's own tests pass", () => {
    const file = fileURLToPath(new URL("client_test.py", import.meta.url));
    const { status, err } = run(plainPython ?? "", [file, ...served]);
    expect(err).toMatch(/\nOK\n$/);
    expect(status).toBe(0);
  });
});

describe.skipIf(torchPython === undefined)("with PyTorch (Debian: apt-get install python3-torch)", () => {
  test("the example trains: the loss falls, and selection has begun", () => {
    const { status, out, err } = run(torchPython ?? "", [`${examples}pytorch/train.py`, ...served]);
    expect([status, err]).toEqual([0, ""]);
    const lines = out.trim().split("\n");
    const losses = lines.map((line) => Number(/loss (\S+),/.exec(line)?.[1]));
    expect(losses.length).toBe(8);
    expect(losses[7]).toBeLessThan(losses[0]);
    expect(lines[7]).toMatch(/p [34]\.\d+$/);
  });
});
