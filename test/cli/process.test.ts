/** The program as a process: exit codes, Ctrl-C, kills, and readers that go away. Runs what is built in dist. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseCells } from "../../src/experiment/lines.ts";
import { decodeModel } from "../../src/saved/model.ts";
import { folder, program, quick, small, start } from "./run.ts";

/** Epochs enough to be stopped in, by a device that never waits. */
const long = [...quick, "--epochs", "1000000"];
const text = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");

describe("exit codes", () => {
  test.each([
    [0, ["--version"]],
    [0, ["doctor", "--json"]],
    [1, ["inspect", "nowhere.arff"]],
    [2, ["inspect", small, "--seed", "x"]],
    [2, []],
  ])("%d: %j", async (code, words) => {
    const ran = await start(words).ended;
    expect(ran.code).toBe(code);
    expect(ran.out === "").toBe(code !== 0);
  });
});

/** Options of Node for a process that sends itself the signal once its first cell is in `c.jsonl`. */
function atFirstCell(signal: NodeJS.Signals): readonly string[] {
  const watch = `import { existsSync, readFileSync } from "node:fs";
    const clock = setInterval(() => {
      if (!existsSync("c.jsonl") || !readFileSync("c.jsonl", "utf8").includes("\\n")) return;
      clearInterval(clock);
      process.kill(process.pid, "${signal}");
    }, 2).unref();`;
  return ["--import", `data:text/javascript,${encodeURIComponent(watch)}`];
}

describe("Ctrl-C", () => {
  test("stops training within an epoch, with 130 and what was finished on disk", async () => {
    const place = folder();
    const { child, ended, says } = start(["train", small, "--out", "run", ...long], place);
    await says(/^epoch 3,/m);
    child.kill("SIGINT");
    const { code, out, err } = await ended;
    expect([code, out]).toEqual([130, ""]);
    expect(err).toMatch(/\nhardbatch: stopping; press Ctrl-C again to stop at once\n/);
    expect(err).toMatch(/\nhardbatch train --resume run goes on from here\n$/);
    const names = readdirSync(join(place, "run")).filter((name) => !/^checkpoint-\d+\.safetensors$/.test(name));
    expect(names.sort()).toEqual(["history.jsonl", "weights.safetensors"]);
    const history = text(place, "run", "history.jsonl").split("\n").slice(0, -1);
    expect(history.map((line) => JSON.parse(line).epoch)).toEqual(history.map((_, epoch) => epoch));
    expect(history.length).toBeGreaterThanOrEqual(3);
    expect(() => decodeModel(readFileSync(join(place, "run", "weights.safetensors")), "w")).not.toThrow();
  });

  test("stops a comparison within a cell; finished cells are kept, and going on gives the same bytes as never stopping", async () => {
    const place = folder();
    const grid = [small, "--folds", "2", ...quick, "--epochs", "60"];
    const whole = start(["compare", ...grid, "--no-times", "--out", "whole.jsonl"], place);
    const words = ["compare", ...grid, "--no-times", "--out", "c.jsonl"];
    const stopped = await start(words, place, atFirstCell("SIGINT")).ended;
    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(/\nfinished cells are kept in c\.jsonl; run the same command again to go on\n$/);
    const kept = text(place, "c.jsonl");
    const { cells } = parseCells(kept, "c.jsonl");
    expect(cells.length).toBeGreaterThan(0);
    expect(kept.endsWith("\n")).toBe(true);
    const second = await start(["compare", ...grid, "--no-times", "--out", "c.jsonl", "--quiet"], place).ended;
    expect([second.code, second.err]).toEqual([0, ""]);
    const { code, out } = await whole.ended;
    expect(code).toBe(0);
    expect(text(place, "c.jsonl")).toBe(text(place, "whole.jsonl"));
    expect(out).toContain(second.out);
  });

  test("killed outright in the middle, a comparison goes on all the same", async () => {
    const place = folder();
    const words = ["compare", small, "--folds", "2", ...quick, "--epochs", "60", "--out", "c.jsonl"];
    expect((await start(words, place, atFirstCell("SIGKILL")).ended).code).toBeNull();
    const second = await start(words, place).ended;
    expect(second.code).toBe(0);
    expect(second.err).toMatch(/^[1-3] of 4 cells to run$/m);
    expect(parseCells(text(place, "c.jsonl"), "c.jsonl").cells.length).toBe(4);
  });
});

describe("readers that go away", () => {
  test("of the results: the command ends with one line that says so", async () => {
    const { child, ended } = start([
      "inspect",
      "synthetic:rows=2000,labels=400,cardinality=20,imbalance=2,difficulty=0",
      "--json",
    ]);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({
      code: 1,
      err: "hardbatch: can't write to the standard output: its reader has gone away\n",
    });
  });

  test("of the progress: the work is done all the same", async () => {
    const place = folder();
    const { child, ended } = start(["train", small, "--out", "run", ...quick, "--epochs", "20"], place);
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    expect(readdirSync(join(place, "run"))).toContain("result.json");
  });
});

describe("an output that cannot take more", () => {
  const big = ["inspect", "synthetic:rows=300,labels=40", "--json"];
  const shell = (script: string) =>
    spawnSync("sh", ["-c", script, "sh", process.execPath, program, ...big], { encoding: "utf8" });

  test.runIf(existsSync("/dev/full"))("a full disk: one line, and 1", () => {
    const { status, stderr } = shell('"$@" > /dev/full');
    expect([status, stderr]).toEqual([1, "hardbatch: can't write to the standard output: the disk is full\n"]);
  });

  test.runIf(process.platform === "linux")("a file beyond what the system allows: one line, and 1", () => {
    const { status, stderr } = shell(`ulimit -f 1; "$@" > ${join(folder(), "out")}`);
    expect(stderr).toBe(
      "hardbatch: can't write to the standard output: the file would be larger than the system allows\n",
    );
    expect(status).toBe(1);
  });
});
