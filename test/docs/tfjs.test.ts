/** The example for TensorFlow.js, where that is installed (npm install --no-save @tensorflow/tfjs). */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

function installed(): boolean {
  try {
    createRequire(import.meta.url).resolve("@tensorflow/tfjs");
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!installed())("with TensorFlow.js (npm install --no-save @tensorflow/tfjs)", () => {
  test("the example trains: the loss falls, and selection has begun", () => {
    const file = fileURLToPath(new URL("../../docs/examples/tfjs/train.mjs", import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", timeout: 240_000 });
    expect(status, stderr).toBe(0);
    const lines = stdout.split("\n").filter((line) => line.startsWith("epoch "));
    const losses = lines.map((line) => Number(/rows (\S+),/.exec(line)?.[1]));
    expect(losses.length).toBe(8);
    expect(losses[7]).toBeLessThan(losses[0]);
    expect(lines[0]).toMatch(/n p 1\.00$/);
    expect(lines[7]).toMatch(/n p [1-4]\.\d+$/);
    expect(lines[7]).not.toMatch(/n p 1\.00$/);
  });
});
