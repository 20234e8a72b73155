/**
 * `hardbatch train --conditions`: the table, the history and the result tell the same figures; without the flag none is
 * there.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main } from "../../src/cli/command-line.ts";
import { printConditions } from "../../src/cli/conditions.ts";
import { judge } from "../../src/training/conditions/verdicts.ts";
import { setUp, watch } from "../convergence/watched.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hardbatch-conditions-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** What the command prints. */
async function printed(...more: readonly string[]): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const data = ["train", "synthetic:rows=150,labels=4,features=6", "--drop-rare", "-1"];
  const settings = [
    "--epochs",
    "4",
    "--batch-size",
    "16",
    "--hidden",
    "8",
    "--lr",
    "0.01",
    "--warm-up",
    "1",
    "--backend",
    "js",
  ];
  const code = await main([...data, ...settings, "--out", folder, "--force", "--quiet", ...more]);
  vi.restoreAllMocks();
  expect(code).toBe(0);
  return written.join("");
}

const history = async (): Promise<Record<string, unknown>[]> =>
  (await readFile(join(folder, "history.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("prints a line for each condition: what was required, what was measured, whether it held", async () => {
  const text = await printed("--conditions", "--pressure", "16");
  const { conditions } = JSON.parse(await readFile(join(folder, "result.json"), "utf8"));
  expect(conditions).toMatchObject({ epochs: 4, pressure: 16 });
  expect(text.endsWith(`\n${printConditions(conditions)}`)).toBe(true);
  for (const { condition, required, measured, held } of judge(conditions)) {
    const line = text.split("\n").find((each) => each.startsWith(condition)) ?? "";
    expect(
      line
        .slice(condition.length)
        .trim()
        .split(/\s{2,}/),
    ).toEqual([held ? "yes" : "no", required, measured]);
  }
  const epochs = await history();
  expect(epochs).toHaveLength(4);
  expect(Math.max(...epochs.map((epoch) => Number(Object(epoch.conditions).largestShare)))).toBe(
    conditions.largestShare,
  );
});

test("is part of the one JSON object", async () => {
  const result = JSON.parse(await printed("--conditions", "--json"));
  expect(result.conditions.epochs).toBe(4);
});

test("is not there unasked, and leaves the rest as it is", async () => {
  const asked = JSON.parse(await printed("--conditions", "--json"));
  const result = JSON.parse(await printed("--json"));
  expect(result).not.toHaveProperty("conditions");
  for (const epoch of await history()) expect(epoch).not.toHaveProperty("conditions");
  expect({ ...result, conditions: asked.conditions }).toEqual(asked);
});

test("what was not measured is a dash", async () => {
  const { end } = await watch(setUp({ epochs: 1 }));
  const text = printConditions({ ...end.conditions, pressure: null, boundSum: null });
  expect(text).toMatch(/^selection bounded, n p_i\s+-\s+1\/s to s/m);
});
