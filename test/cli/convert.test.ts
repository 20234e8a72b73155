/** Data sets as arrays of NumPy on the command line: written, read, trained on, and refused by what is wrong. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../src/data/load.ts";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import { folder, hardbatch, quick, small } from "./run.ts";

async function done(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await hardbatch(...words);
  expect([code, err]).toEqual([0, ""]);
  return out;
}

describe("hardbatch data convert", () => {
  test("writes arrays that read back as the data set", async () => {
    const out = folder();
    const [npz, npy, labels] = ["d.npz", "x.npy", "y.npy"].map((name) => join(out, name));
    expect(await done("data", "convert", small, "--out", npz)).toBe(`${npz}: 60 rows, 6 feature columns, 4 labels\n`);
    await done("data", "convert", small, "--out", npy, "--labels-out", labels, "--quiet");
    const made = parseSynthetic(small, 1);
    const packed = await loadDataset(npz);
    expect({ ...packed, name: made.name }).toEqual(made);
    const apart = await loadDataset(npy, { labelsFile: labels });
    expect([apart.features, apart.labels]).toEqual([made.features, made.labels]);
  });

  test("gives data that a run is trained on, resumed and scored", async () => {
    const out = folder();
    const [npy, labels] = [join(out, "x.npy"), join(out, "y.npy")];
    await done("data", "convert", small, "--out", npy, "--labels-out", labels, "--quiet");
    await done("train", npy, "--labels-file", labels, "--out", join(out, "run"), ...quick, "--quiet");
    await done("train", small, "--out", join(out, "same"), ...quick, "--quiet");
    const scores = (run: string, data: string) =>
      done("predict", data, "--weights", join(out, run, "weights.safetensors"), "--backend", "js", "--json");
    const [own, same] = [JSON.parse(await scores("run", npy)), JSON.parse(await scores("same", small))];
    expect(own.scores).toEqual(same.scores);
  });

  test("says which names it writes to, and where labels belong", async () => {
    const out = folder();
    const wrong = await hardbatch("data", "convert", small, "--out", join(out, "d.csv"));
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("expected a name that ends in .npz or .npy")]);
    const both = await hardbatch(
      "data",
      "convert",
      small,
      "--out",
      join(out, "d.npz"),
      "--labels-out",
      join(out, "y.npy"),
    );
    expect([both.code, both.err]).toEqual([2, expect.stringContaining("a .npz file holds the labels, too")]);
    await done("data", "convert", small, "--out", join(out, "d.npz"), "--quiet");
    const labels = await hardbatch("inspect", join(out, "d.npz"), "--labels-file", join(out, "y.npy"));
    expect([labels.code, labels.err]).toEqual([2, expect.stringContaining("only a .npy file of features has")]);
  });
});
