/** The word that was probably meant. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { DataError, meant, UsageError } from "../src/errors.ts";
import { hardbatch, small } from "./cli/run.ts";

const words = ["pressure", "warmUp", "schedule", "refresh", "uniform", "js"];

test.each([
  ["presure", "pressure"],
  ["pressrue", "pressure"],
  ["warmup", "warmUp"],
  ["warm-up", "warmUp"],
  ["Uniform", "uniform"],
  ["scheduled", "schedule"],
  ["sj", "js"],
])("%s: %s", (text, word) => expect(meant(text, words)).toBe(` (did you mean ${word}?)`));

test.each(["pressure", "", "x", "greedy", "unicorn", "p".repeat(1e6)])("%s: none", (text) =>
  expect(meant(text, ["pressure", "warmUp", "uniform"])).toBe(""),
);

/** Every place where a word is looked up. */
test.each([
  [["trian", small], /Did you mean train\?/],
  [["train", small, "--epoch", "3"], /Did you mean --epochs\?/],
  [["train", small, "--out", "x", "--sampler", "adptive"], /"adptive" \(did you mean adaptive\?\): expected one of/],
  [["train", small, "--out", "x", "--sampler-option", "presure=3"], /no option presure \(did you mean pressure\?\)/],
  [["train", small, "--out", "x", "--model-option", "hiden=3"], /no option hiden \(did you mean hidden\?\)/],
  [["train", small, "--out", "x", "--sampler-option", "schedule=linaer"], /"linaer" \(did you mean linear\?\)/],
  [["train", "synthetic:row=60", "--out", "x"], /\(did you mean rows\?\): expected option=value/],
  [["compare", small, "--metrics", "macroAUC"], /"macroAUC" \(did you mean macroAuc\?\)/],
  [["compare", small, "--samplers", "unifrom"], /"unifrom" \(did you mean uniform\?\)/],
  [["compare", small, "--samplers", "adaptive:presure=3"], /nor has a run \(did you mean pressure\?\)/],
  [["compare", small, "--sweep", "batchsize=3,4"], /sweep batchsize \(did you mean batchSize\?\)/],
  [["compare", small, "--models", "mpl"], /"mpl" \(did you mean mlp\?\)/],
  [["compare", small, "--study", "pressur"], /"pressur" \(did you mean pressure\?\)/],
  [["data", "list", "emotins"], /no such data set \(did you mean emotions\?\)/],
])("%j", async (line, message) => {
  const { code, err } = await hardbatch(...line);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
});

test("errors of another copy of the library are known, and others are not taken for them", async () => {
  const built = pathToFileURL(join(process.cwd(), "dist/src/errors.js")).href;
  const another: typeof import("../src/errors.ts") = await import(built);
  expect(another.UsageError).not.toBe(UsageError);
  expect(new another.UsageError("x")).toBeInstanceOf(UsageError);
  expect(new another.DataError({ file: "x" }, "y")).toBeInstanceOf(DataError);
  expect(new another.DataError({ file: "x" }, "y")).not.toBeInstanceOf(UsageError);
  for (const other of [new Error("x"), new DOMException("x", "DataError"), { name: "UsageError" }, "UsageError", null])
    expect(other instanceof UsageError || other instanceof DataError).toBe(false);
});
