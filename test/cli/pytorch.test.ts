/**
 * Weights as PyTorch state dicts on the command line: out and in again they are the same, and foreign ones are refused.
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder, hardbatch, quick, small } from "./run.ts";

async function done(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await hardbatch(...words);
  expect([code, err]).toEqual([0, ""]);
  return out;
}

describe("a PyTorch state dict", () => {
  test("scores as the weights it was made from, and training can start from it", async () => {
    const out = folder();
    const dict = join(out, "dict.safetensors");
    const weights = ["--weights", join(out, "run", "weights.safetensors")];
    await done("train", small, "--out", join(out, "run"), ...quick, "--quiet");
    await done("export", ...weights, "--pytorch", dict);
    const scores = await done("predict", small, ...weights, "--backend", "js");
    expect(await done("predict", small, ...weights, "--backend", "js", "--from-pytorch", dict)).toBe(scores);

    // With a learning rate of 0 the weights stay what they were at the start.
    const still = ["--lr", "0", "--weight-decay", "0", "--keep", "last"];
    await done("train", small, "--out", join(out, "again"), ...quick, "--quiet", ...still, "--from-pytorch", dict);
    const again = join(out, "again", "weights.safetensors");
    expect(await done("predict", small, "--weights", again, "--backend", "js")).toBe(scores);
    await done("train", small, "--out", join(out, "fresh"), ...quick, "--quiet", ...still);
    const fresh = join(out, "fresh", "weights.safetensors");
    expect(await done("predict", small, "--weights", fresh, "--backend", "js")).not.toBe(scores);
  });

  test("scores without weights of ours, by the model's name and a file of preprocessing", async () => {
    const out = folder();
    const [dict, preprocessing] = [join(out, "dict.safetensors"), join(out, "preprocessing.json")];
    const weights = ["--weights", join(out, "run", "weights.safetensors")];
    await done("train", small, "--out", join(out, "run"), ...quick, "--quiet");
    await done("export", ...weights, "--pytorch", dict, "--preprocessing", preprocessing, "--quiet");
    const foreign = ["--from-pytorch", dict, "--model", "mlp", "--preprocessing", preprocessing];
    const scores = await done("predict", small, ...weights, "--backend", "js");
    const hidden = ["--model-option", "hidden=[6]"];
    expect(await done("predict", small, ...foreign, ...hidden, "--backend", "js")).toBe(scores);
    const wide = await hardbatch("predict", small, ...foreign);
    expect([wide.code, wide.err]).toEqual([1, expect.stringContaining("check the model's options")]);
    const half = await hardbatch("predict", small, "--from-pytorch", dict, "--model", "mlp");
    expect([half.code, half.err]).toEqual([2, expect.stringContaining("--preprocessing FILE together")]);
    const both = await hardbatch("predict", small, ...weights, ...foreign);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining("--model beside --weights")]);
  });

  test("that is none is refused, by what is wrong with it", async () => {
    const out = folder();
    await done("train", small, "--out", join(out, "run"), ...quick, "--quiet");
    const own = join(out, "run", "weights.safetensors");
    const foreign = await hardbatch("predict", small, "--weights", own, "--from-pytorch", own);
    expect(foreign.code).toBe(1);
    expect(foreign.err).toContain("is none of the mlp model's; check model and options");
    const missing = await hardbatch("train", small, "--out", join(out, "b"), "--from-pytorch", join(out, "none"));
    expect(missing.code).toBe(2);
    expect(missing.err).toContain("there is no such file");
  });
});
