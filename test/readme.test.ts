/** The README's program runs as it stands there. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as hardbatch from "../src/index.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The first TypeScript block, without its import line. */
function program(): string {
  const [, block = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  return block.replace(/^import .*$/m, "");
}

describe("the five lines of the README", () => {
  test("import what there is", () => {
    const [, names = ""] = /import \{ (.*) \} from "hardbatch"/.exec(readme) ?? [];
    const missing = names.split(", ").filter((name) => !(name in hardbatch));
    expect(names).not.toBe("");
    expect(missing).toEqual([]);
  });

  test("train, epoch by epoch", async () => {
    const lines: unknown[][] = [];
    const names = Object.keys(hardbatch);
    const run = new Function(...names, "console", `return (async () => {${program()}})()`);
    await run(...Object.values(hardbatch), { log: (...words: unknown[]) => lines.push(words) });
    expect(lines.map(([epoch]) => epoch)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    for (const [, loss, auc] of lines) expect([typeof loss, typeof auc]).toEqual(["number", "number"]);
  });
});
