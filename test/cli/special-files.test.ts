/** Devices and pipes never end, or wait for ever: every reader refuses them at once. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, hardbatch, quick, small } from "./run.ts";

/** Each reader, given the path of a file that is none. */
const readers: readonly (readonly [string, (file: string) => readonly string[]])[] = [
  ["data", (file) => ["inspect", file]],
  ["data to predict", (file) => ["predict", file, "--weights", "{weights}"]],
  ["a test file", (file) => ["train", small, "--out", "{new}", "--test", file]],
  ["a label file", (file) => ["inspect", "{data}", "--xml", file]],
  ["folds", (file) => ["train", small, "--out", "{new}", "--folds-file", file]],
  ["weights", (file) => ["predict", small, "--weights", file]],
  ["a state dict", (file) => ["predict", small, "--weights", "{weights}", "--from-pytorch", file]],
  ["results to report", (file) => ["report", file]],
  ["results to grow", (file) => ["compare", small, ...quick, "--out", file]],
  ["results to check", (file) => ["check", file]],
  ["a study", (file) => ["compare", "--study", file, "--out", "{new}"]],
  ["a module", (file) => ["compare", small, "--samplers", file, "--out", "{new}"]],
];

/** `data` is a file that can be read but for its labels; `weights` are those of a trained model. */
async function prepared() {
  const place = folder();
  const out = join(place, "run");
  expect((await hardbatch("train", small, ...quick, "--out", out, "--quiet")).code).toBe(0);
  const data = join(place, "d.arff");
  copyFileSync(new URL("../../package.json", import.meta.url), data);
  return {
    place,
    words: { "{weights}": join(out, "weights.safetensors"), "{data}": data, "{new}": join(place, "new") },
  };
}

test.skipIf(process.platform === "win32")("/dev/zero and pipes", async () => {
  const { place, words } = await prepared();
  const pipe = join(place, "pipe.js");
  execFileSync("mkfifo", [pipe]);
  symlinkSync("/dev/zero", join(place, "zero.js"));
  for (const file of [join(place, "zero.js"), pipe]) {
    for (const [name, line] of readers) {
      const known: Readonly<Record<string, string>> = words;
      const { code, err } = await hardbatch(...line(file).map((word) => known[word] ?? word));
      expect(err, name).toMatch(/a device, pipe or socket: expected an ordinary file|is no ordinary file: expected/);
      expect([1, 2], name).toContain(code);
    }
  }
  expect(existsSync(words["{new}"])).toBe(false);
});

test.skipIf(process.platform === "win32")("in the place of a checkpoint", async () => {
  const run = join(folder(), "run");
  mkdirSync(run);
  symlinkSync("/dev/zero", join(run, "checkpoint-3.safetensors"));
  const { code, err } = await hardbatch("train", "--resume", run, "--quiet");
  expect([code, err]).toEqual([1, expect.stringMatching(/checkpoint-3\.safetensors/)]);
  execFileSync("mkfifo", [join(run, "checkpoint-4.safetensors")]);
  const both = await hardbatch("train", "--resume", run, "--quiet");
  expect([both.code, both.err]).toEqual([1, expect.stringMatching(/checkpoint and the 1 after it are damaged/)]);
  const checked = await hardbatch("check", run);
  expect([checked.code, checked.out]).toEqual([1, expect.stringMatching(/checkpoint-3\.safetensors: damaged: /)]);
});

test("files of words that are larger than any are refused before they are read", async () => {
  const { place, words } = await prepared();
  const [large, module] = [join(place, "large.json"), join(place, "large.js")];
  for (const file of [large, module]) {
    writeFileSync(file, "");
    truncateSync(file, 2 ** 29);
  }
  for (const line of [
    ["train", small, "--out", words["{new}"], "--folds-file", large],
    ["compare", "--study", large, "--out", words["{new}"]],
    ["compare", small, "--samplers", module, "--out", words["{new}"]],
    ["predict", small, "--from-pytorch", words["{weights}"], "--model", "mlp", "--preprocessing", large],
  ]) {
    const { code, err } = await hardbatch(...line);
    expect(err, line.join(" ")).toMatch(
      /^hardbatch: \S*large\.js(on)?: 536870912 bytes: expected at most \d+ of a file of its kind\n$/,
    );
    expect([1, 2]).toContain(code);
  }
  expect(existsSync(words["{new}"])).toBe(false);
});

test("what is read is not written over, by whatever name", async () => {
  const place = folder();
  const data = join(place, "d.csv");
  writeFileSync(data, `a,l\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2}\n`).join("")}`);
  symlinkSync(data, join(place, "link.csv"));
  const weights = join(place, "run", "weights.safetensors");
  expect((await hardbatch("train", data, "--labels", "1", "--out", join(place, "run"), ...quick)).code).toBe(0);
  const [before, model] = [readFileSync(data), readFileSync(weights)];
  for (const words of [
    ["predict", data, "--weights", weights, "--out", join(place, "link.csv")],
    ["predict", data, "--weights", weights, "--out", weights],
    ["export", "--weights", weights, "--pytorch", weights],
    ["folds", data, "--labels", "1", "--out", data],
    ["evaluate", data, "--weights", weights, "--labels-out", data],
    ["train", data, "--labels", "1", "--out", join(place, "other"), ...quick, "--scores", data],
  ]) {
    const { code, err } = await hardbatch(...words);
    expect([code, err], words.join(" ")).toEqual([2, expect.stringContaining("this file is read, too")]);
  }
  expect([readFileSync(data), readFileSync(weights)]).toEqual([before, model]);
});

test.skipIf(process.platform === "win32")("links in a circle are not replaced", async () => {
  const place = folder();
  symlinkSync("b", join(place, "a"));
  symlinkSync("a", join(place, "b"));
  const { code, err } = await hardbatch("folds", small, "--out", join(place, "a"));
  expect([code, err]).toEqual([1, expect.stringMatching(/links there lead in a circle\n$/)]);
});
