/** train --resume: what comes of a run that was stopped, and what is refused. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tryLock } from "../../src/files/lock.ts";
import { folder, hardbatch, quick, small, startStopping } from "./run.ts";

const results = ["history.jsonl", "result.json", "weights.safetensors"];
const bytesOf = (run: string): Buffer[] => results.map((name) => readFileSync(join(run, name)));
const checkpoints = (run: string): string[] => readdirSync(run).filter((name) => name.startsWith("checkpoint-"));
const epochs = ["--epochs", "40", "--warm-up", "2"];

/**
 * A run that was stopped by the signal once its fifth epoch was there, in the middle of one where there are steps
 * enough.
 */
async function stopped(place: string, signal: NodeJS.Signals, ...more: readonly string[]) {
  const words = ["train", small, "--out", "run", ...quick, ...epochs, ...more];
  return { ...(await startStopping(signal, /^epoch 5,/m, words, place)), path: join(place, "run") };
}

async function whole(...more: readonly string[]): Promise<string> {
  const out = join(folder(), "whole");
  expect((await hardbatch("train", small, "--out", out, ...quick, ...epochs, ...more, "--quiet")).code).toBe(0);
  return out;
}

describe("a run that was stopped", () => {
  test.each<readonly [NodeJS.Signals, number, readonly string[]]>([
    ["SIGINT", 130, ["--batch-size", "4"]],
    ["SIGTERM", 143, ["--checkpoint-every", "7steps"]],
    ["SIGHUP", 129, ["--backend", "wasm", "--threads", "2"]],
  ])("by %s ends with %d, and goes on to the bytes of one that was not", async (signal, code, more) => {
    const { path, ...ran } = await stopped(folder(), signal, ...more);
    expect(ran.code).toBe(code);
    expect(ran.err).toMatch(/hardbatch train --resume run goes on from here\n$/);
    expect(readdirSync(path)).not.toContain("result.json");
    const rest = await hardbatch("train", "--resume", path);
    expect(rest.code, rest.err).toBe(0);
    expect(rest.err).toMatch(/going on after \d+ epochs and \d+ steps/);
    expect(bytesOf(path)).toEqual(bytesOf(await whole(...more)));
    expect(readdirSync(path).sort()).toEqual([
      "card.md",
      "history.jsonl",
      "result.json",
      "run.json",
      "weights.safetensors",
    ]);
  });

  test("goes on from the checkpoint before a damaged one, and says so; not where both are damaged", async () => {
    const { path } = await stopped(folder(), "SIGKILL");
    const names = checkpoints(path).sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)));
    expect(names.length).toBe(2);
    const other = join(folder(), "other");
    cpSync(path, other, { recursive: true });
    const damage = (run: string, name: string): void => {
      const bytes = readFileSync(join(run, name));
      // In the values, which stand behind the header.
      bytes[bytes.length - 5] ^= 4;
      writeFileSync(join(run, name), bytes);
    };
    damage(path, names[1]);
    const rest = await hardbatch("train", "--resume", path);
    expect(rest.code, rest.err).toBe(0);
    expect(rest.err).toContain(`${names[1]}: the checksum in the file is not that of its content: it is damaged`);
    expect(rest.err).toContain(`going on from the checkpoint before, ${names[0]}`);
    expect(bytesOf(path)).toEqual(bytesOf(await whole()));

    for (const name of names) damage(other, name);
    const refused = await hardbatch("train", "--resume", other, "--quiet");
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/are damaged: there is none to go on from\n$/);
  });

  test("goes on with another backend, and says what that means", async () => {
    const { path } = await stopped(folder(), "SIGINT");
    const rest = await hardbatch("train", "--resume", path, "--backend", "wasm", "--threads", "1");
    expect(rest.code, rest.err).toBe(0);
    expect(rest.err).toMatch(
      /the checkpoint was made on js float32, the run goes on with wasm .*: the state is the same/,
    );
  });

  test("is not replaced unasked, and not resumed where something decisive has changed", async () => {
    const { path } = await stopped(folder(), "SIGINT");
    const again = await hardbatch("train", small, "--out", path, ...quick);
    expect(again.code).toBe(2);
    expect(again.err).toMatch(/holds a run that is not finished: --resume .* goes on with it, --force replaces it\n$/);
    const history = readFileSync(join(path, "history.jsonl"), "utf8");
    writeFileSync(join(path, "history.jsonl"), history.slice(history.indexOf("\n") + 1));
    const gap = await hardbatch("train", "--resume", path, "--quiet");
    expect([gap.code, gap.err]).toEqual([1, expect.stringMatching(/history\.jsonl:1: expected the line of epoch 0/)]);
    expect((await hardbatch("train", small, "--out", path, ...quick, "--force")).code).toBe(0);
    expect(checkpoints(path)).toEqual([]);
  });
});

describe("a folder of a run", () => {
  test("that another process uses is refused", async () => {
    const out = folder();
    const lock = await tryLock(join(out, "run.lock"));
    if (lock.kind !== "lock") throw new Error("the folder is not free");
    const ran = await hardbatch("train", small, "--out", out, ...quick, "--quiet");
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/is in use by process \d+ on .*: choose another folder, or wait\n$/);
    await lock.release();
    expect((await hardbatch("train", small, "--out", out, ...quick, "--quiet")).code).toBe(0);
    const finished = await hardbatch("train", small, "--out", out, ...quick, "--quiet");
    expect(finished.code).toBe(2);
    expect(finished.err).toMatch(/holds a finished run: choose another folder, or --force to replace it\n$/);
  });
});

test.each(["weights.safetensors", "history.jsonl"])("%s of whatever origin is only replaced by force", async (name) => {
  const out = folder();
  writeFileSync(join(out, name), "mine");
  const ran = await hardbatch("train", small, "--out", out, ...quick, "--quiet");
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("that no finished run explains")]);
  expect(readFileSync(join(out, name), "utf8")).toBe("mine");
  expect((await hardbatch("train", small, "--out", out, ...quick, "--quiet", "--force")).code).toBe(0);
});

describe("words that do not go together", () => {
  test.each<readonly [string, readonly string[]]>([
    ["DATA is missing: expected", ["--out", "x"]],
    ["--out is missing: expected a folder, or --resume with one", [small]],
    ["--resume takes no DATA: the run goes on with its own", [small, "--resume", "x"]],
    ["--epochs can't stand beside --resume", ["--resume", "x", "--epochs", "3"]],
    ["--resume nowhere: there is no such folder", ["--resume", "nowhere"]],
    [
      '--checkpoint-every "3": expected a number above 0 of steps, epochs or minutes',
      [small, "--checkpoint-every", "3"],
    ],
    ['--checkpoint-every "0steps": expected', [small, "--checkpoint-every", "0steps"]],
    ['--checkpoint-every "1.5epochs": expected', [small, "--checkpoint-every", "1.5epochs"]],
  ])("%s", async (message, words) => {
    const ran = await hardbatch("train", ...words);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(message);
  });

  test("--resume of a folder without a run leaves nothing there", async () => {
    const path = folder();
    const ran = await hardbatch("train", "--resume", path);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("there is no checkpoint of a run")]);
    expect(readdirSync(path)).toEqual([]);
  });
});
