/**
 * `hardbatch verify` and `hardbatch sampler`: our samplers pass through a process; programs that misbehave end their
 * check.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lawNames } from "../../src/laws/laws.ts";
import { samplerNames } from "../../src/samplers/create.ts";
import { runs } from "../arbitraries.ts";
import { suiteSeed } from "../seed.ts";
import { folder, hardbatch, program } from "./run.ts";

/** A program in a few lines of JavaScript: `answer(request)` gives the answer, or does something else. */
function script(place: string, body: string): string[] {
  const file = join(place, "program.cjs");
  const claims = { laws: ["distinct", "sizes"], visits: "never" };
  const created = { protocol: 1, name: "mine", needs: [], batchesPerEpoch: 2, epoch: 0, ahead: 1, claims };
  writeFileSync(
    file,
    `const created = ${JSON.stringify(created)};
    let calls = 0;
    const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\\n");
    const good = (request) => say(request.call === "create" ? created : request.call === "end" ? { ended: true }
      : request.call === "next" ? { rows: [0], epoch: 0, ahead: 0 } : { epoch: 0, ahead: 1 });
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const request = JSON.parse(line);
      calls++;
      ${body}
    });`,
  );
  return [process.execPath, file];
}

async function verify(words: readonly string[], ...options: readonly string[]) {
  const place = folder();
  const ran = await hardbatch("verify", "--quiet", "--transcripts", place, ...options, "--", ...words);
  return { ...ran, place };
}

describe("our samplers through a process", () => {
  test.each(samplerNames)("%s keeps all that it claims", async (name) => {
    const served = [process.execPath, program, "sampler", "--stdio", "--sampler", name];
    // A few cases a law: many are tried where no process stands between (test/samplers/laws.test.ts).
    const share = runs(3).numRuns / 100;
    const { code, out, err, place } = await verify(
      served,
      "--json",
      "--runs",
      `${share}`,
      "--time-limit",
      "60",
      "--seed",
      `${suiteSeed}`,
    );
    expect([code, err]).toEqual([0, ""]);
    const found = JSON.parse(out);
    expect(found).toMatchObject({ sampler: name, seed: suiteSeed, runs: share, holds: true });
    expect(found.laws.map(({ law }: { law: string }) => law)).toEqual(lawNames);
    expect(found.laws.filter(({ result }: { result: string }) => result === "held").length).toBeGreaterThan(8);
    expect(readdirSync(place)).toEqual([]);
  });
});

describe("a program that misbehaves ends its check", () => {
  test.each<[string, string, RegExp]>([
    [
      "crashes",
      'if (calls > 3) { console.error("no more"); process.exit(3); } good(request);',
      /exit code 3; its standard error:\n\s*no more/,
    ],
    ["keeps silent", "if (calls < 4) good(request);", /gave no answer within 2 seconds/],
    [
      "talks garbage",
      'if (calls > 3) console.log("hm"); else good(request);',
      /answered by a line that is not JSON: hm/,
    ],
    ["answers something else", "good(calls > 3 ? { call: 'end' } : request);", /"(epoch|rows)" should be/],
    [
      "floods with lines",
      'good(request); if (calls > 3) for (;;) process.stdout.write("x\\n".repeat(1e5));',
      /answers nothing|not JSON/,
    ],
    [
      "floods without a line",
      'if (calls < 4) good(request); else (function more() { process.stdout.write("x".repeat(1e6), more); })();',
      /more than 16777216 characters/,
    ],
    [
      "fails",
      'if (calls > 3) say({ error: { kind: "failed", message: "out of luck" } }); else good(request);',
      /failed: out of luck/,
    ],
  ])("%s", async (name, body, message) => {
    const place = folder();
    // A program takes a while to begin on a busy machine.
    const {
      code,
      out,
      err,
      place: saved,
    } = await verify(script(place, body), "--time-limit", name === "keeps silent" ? "2" : "60");
    expect(out).toMatch(message);
    expect(code).toBe(1);
    expect(err).toMatch(/claimed laws do not hold: distinct/);
    expect(readFileSync(join(saved, "distinct.txt"), "utf8")).toMatch(/^# a transcript of hardbatch verify/);
  });
});

describe("the report", () => {
  const twice = "good(request.call === 'next' ? request : request);";

  test("names what fails, saves it, and plays it again", async () => {
    const body = "if (request.call === 'next') say({ rows: [0, 0], epoch: 0, ahead: 0 }); else good(request);";
    const { code, out, err, place } = await verify(script(folder(), body));
    expect(code).toBe(1);
    expect(out).toMatch(/shape\n {2}distinct +failed/);
    expect(out).toMatch(/refusal +not claimed/);
    expect(out).toMatch(/a batch has a row twice: 0 0/);
    expect(out).toMatch(/0 held, 2 failed, 19 not claimed/);
    expect(err).toBe("hardbatch: 2 of 2 claimed laws do not hold: distinct, sizes\n");
    const file = join(place, "distinct.txt");
    expect(await hardbatch("verify", "--replay", file)).toMatchObject({ code: 0, err: "" });
    const other = await hardbatch("verify", "--replay", file, "--", ...script(folder(), twice));
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/answer \d+ differs/);
  });

  test("known failures are no failures; what holds though it is listed is said", async () => {
    const body = "if (request.call === 'next') say({ rows: [0, 0], epoch: 0, ahead: 0 }); else good(request);";
    const list = join(folder(), "known.txt");
    writeFileSync(list, "# ours\ndistinct\nsizes # by design\nepochs\n");
    const { code, out } = await verify(script(folder(), body), "--known-failures", list);
    expect(code).toBe(0);
    expect(out).toMatch(/distinct +fails, as listed/);
    writeFileSync(list, "distinct\nspeed\n");
    const wrong = await verify(script(folder(), body), "--known-failures", list);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/known.txt:2: "speed" is no law; the laws are distinct, sizes/);
  });

  test("a program that claims nothing was not checked", async () => {
    const { code, err } = await verify(script(folder(), "say({ ...created, claims: undefined, ended: true });"));
    expect([code, err]).toEqual([1, "hardbatch: the program claims no law: nothing was checked\n"]);
  });
});

describe("bad usage", () => {
  test.each<[readonly string[], RegExp]>([
    [["verify"], /expected a program after --/],
    [["verify", "--", "/nowhere/program"], /\/nowhere\/program can't be started: .*ENOENT/],
    [["verify", "--runs", "0", "--", "true"], /--runs 0/],
    [["sampler"], /expected --stdio/],
    [["sampler", "--stdio", "--sampler", "best"], /expected one of uniform/],
    [["sampler", "--stdio", "--sampler-option", "pressur=2"], /no option.*pressur/],
  ])("%j", async (words, message) => {
    const { code, err } = await hardbatch(...words);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test("a program that ends at once makes no sampler", async () => {
    const { code, err } = await verify([process.execPath, "-e", ""]);
    expect(code).toBe(1);
    expect(err).toMatch(/the program makes no sampler: the program ended with exit code 0/);
  });

  test("nothing is saved where nothing fails", () => expect(existsSync("hardbatch-verify")).toBe(false));
});
