/** Trained weights written for other programs, from the command line. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import { decodeModel } from "../../src/saved/model.ts";
import { readPreprocessing } from "../../src/saved/preprocessing-file.ts";
import { load } from "../saved/onnx/runtime.ts";
import { folder, hardbatch, quick, small } from "./run.ts";

async function trained(out: string): Promise<string> {
  const { code, err } = await hardbatch("train", small, "--out", join(out, "run"), ...quick, "--quiet");
  expect([code, err]).toEqual([0, ""]);
  return join(out, "run", "weights.safetensors");
}

describe("hardbatch export", () => {
  test("writes an ONNX model that scores the rows of the file as predict does", async () => {
    const out = folder();
    const weights = await trained(out);
    const file = join(out, "new", "model.onnx");
    const written = await hardbatch("export", "--weights", weights, "--onnx", file);
    expect(written).toEqual({
      code: 0,
      out: `${file}: ONNX, opset 13, features [rows, 6] -> scores [rows, 4]\n`,
      err: "",
    });
    const { features } = parseSynthetic(small, 1);
    const scores = await (await load(readFileSync(file))).run(features.rows, features.values);
    const predicted = await hardbatch("predict", small, "--weights", weights, "--backend", "js", "--json");
    const ours: { scores: number[][] } = JSON.parse(predicted.out);
    expect(ours.scores.flat().length).toBe(scores.length);
    for (const [i, score] of ours.scores.flat().entries()) expect(Math.abs(score - scores[i])).toBeLessThan(1e-5);
  });

  test("writes the preprocessing as JSON that reads back", async () => {
    const out = folder();
    const weights = await trained(out);
    const file = join(out, "preprocessing.json");
    expect((await hardbatch("export", "--weights", weights, "--preprocessing", file, "--quiet")).out).toBe("");
    const { preprocessing } = decodeModel(readFileSync(weights), weights);
    expect(readPreprocessing(readFileSync(file, "utf8"), file)).toEqual(preprocessing);
  });

  test.each([
    ["{", "p.json: Expected"],
    ["[]", 'p.json: expected a JSON object with "format": "hardbatch preprocessing 1"'],
    ['{"format":"hardbatch preprocessing 1","format":"x"}', 'p.json: it names "format" twice'],
    ['{"format":"hardbatch preprocessing 1"}', "p.json: stored preprocessing, featureIndices"],
  ])("reads no other JSON: %s", (text, message) => {
    expect(() => readPreprocessing(text, "p.json")).toThrow(message);
  });

  test("says what is missing", async () => {
    const out = folder();
    const none = await hardbatch("export", "--weights", join(out, "none"), "--onnx", join(out, "m.onnx"));
    expect([none.code, none.err]).toEqual([2, `hardbatch: --weights ${join(out, "none")}: there is no such file\n`]);
    const nothing = await hardbatch("export", "--weights", await trained(out));
    expect([nothing.code, nothing.err]).toEqual([
      2,
      "hardbatch: nothing to write: expected --onnx FILE, --pytorch FILE or --preprocessing FILE\n",
    ]);
  });

  test("leaves nothing where a model can't be written", async () => {
    const out = folder();
    const model = ["--model", "mpvae", "--model-option", "prediction=sampled", "--model-option", "testDraws=3"];
    const short = ["--epochs", "1", "--drop-rare", "1", "--backend", "js", "--quiet"];
    const { code, err } = await hardbatch("train", small, "--out", join(out, "run"), ...short, ...model);
    expect([code, err]).toEqual([0, ""]);
    const file = join(out, "m.onnx");
    const refused = await hardbatch("export", "--weights", join(out, "run", "weights.safetensors"), "--onnx", file);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("mpvae draws none with prediction=exact");
    expect(existsSync(file)).toBe(false);
  });
});
