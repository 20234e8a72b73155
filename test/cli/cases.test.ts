/**
 * Files as people have them, kept beside the checkout: each is read as it should be, or refused by name. Where both
 * would do, what was chosen is said here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/data/load.ts";
import { beside, describeWith } from "../fixtures.ts";
import { folder, hardbatch } from "./run.ts";

const cases = beside("cases");
const at = (name: string, file: string): string => join(cases, name, file);

const settings = ["--epochs", "40", "--lr", "0.01", "--lr-warm-up", "1", "--hidden", "16", "--sampler", "uniform"];
const training = [...settings, "--batch-size", "32", "--backend", "js", "--quiet"];

async function train(file: string, ...more: readonly string[]): Promise<string> {
  const out = folder();
  const { code, err } = await hardbatch("train", file, ...training, "--out", out, ...more);
  expect([code, err]).toEqual([0, ""]);
  return join(out, "weights.safetensors");
}

async function predicted(file: string, weights: string, ...more: readonly string[]): Promise<string[]> {
  const { code, err, out } = await hardbatch("predict", file, "--weights", weights, "--backend", "js", ...more);
  expect([code, err]).toEqual([0, ""]);
  return out.split("\n").slice(0, -1);
}

async function refused(...words: readonly string[]): Promise<string> {
  const { code, err, out } = await hardbatch(...words);
  expect([code === 1 || code === 2, out]).toEqual([true, ""]);
  return err;
}

describeWith(cases, "files as people have them", () => {
  describe("01: a nominal column is coded by its values as trained", () => {
    const trained = (): Promise<string> => train(at("01-nominal-order-flips", "train.arff"));
    it("in any order and with fewer of them", async () => {
      const weights = await trained();
      const same = await predicted(at("01-nominal-order-flips", "same.arff"), weights);
      expect(await predicted(at("01-nominal-order-flips", "swapped.arff"), weights)).toEqual(same);
      const yes = await predicted(at("01-nominal-order-flips", "only-yes.arff"), weights);
      const { ids } = await loadDataset(at("01-nominal-order-flips", "same.arff"), { id: "smoker", labels: "1" });
      const scores = (line: string): string => line.slice(line.indexOf(",") + 1);
      const expected = same.slice(1).filter((_, row) => ids?.[row] === "yes");
      expect(expected.length).toBe(3);
      expect(new Set(yes.slice(1).map(scores))).toEqual(new Set(expected.map(scores)));
    });
    it("one that was not seen is refused by name", async () => {
      const weights = await trained();
      const text = "@relation r\n@attribute age numeric\n@attribute smoker {maybe}\n@data\n40,maybe\n";
      const path = join(folder(), "unseen.arff");
      writeFileSync(
        path,
        text.replace(
          "age",
          (await loadDataset(at("01-nominal-order-flips", "same.arff"), { labels: "1" })).declared.find(
            (feature) => feature.kind === "numeric",
          )?.name ?? "age",
        ),
      );
      expect(await refused("predict", path, "--weights", weights)).toMatch(
        /"smoker" is "maybe": expected one of \{no,yes\}, as trained/,
      );
    });
    it("in a CSV file, too", async () => {
      const weights = await trained();
      const { declared, features } = await loadDataset(at("01-nominal-order-flips", "same.arff"));
      const names = declared.map(({ name }) => name);
      const cell = (row: number, i: number): string => {
        const value = features.values[row * names.length + i];
        return declared[i].categories?.[value] ?? String(value);
      };
      const rows = Array.from({ length: features.rows }, (_, row) => names.map((_, i) => cell(row, i)).join(","));
      const path = join(folder(), "same.csv");
      writeFileSync(path, `${[names.join(","), ...rows].join("\n")}\n`);
      expect(await predicted(path, weights)).toEqual(
        await predicted(at("01-nominal-order-flips", "same.arff"), weights),
      );
    });
  });

  it("02: two attributes that make one column are refused at loading, by both names (chosen: no renaming)", async () => {
    const err = await refused("train", at("02-one-hot-name-collision", "train.arff"), ...training, "--out", folder());
    expect(err).toMatch(/train.arff:3:12: "color=red" and "color" of line 2 both make a column named "color=red"/);
  });

  it("05: a CSV file without header is refused with the way out", async () => {
    const file = at("05-csv-without-header", "rows.csv");
    expect(await refused("inspect", file, "--labels", "2")).toMatch(
      /rows.csv:1:1: the first line holds numbers.*--no-header/,
    );
    const { rows, labelNames } = JSON.parse(
      (await hardbatch("inspect", file, "--labels", "2", "--no-header", "--json")).out,
    );
    expect([rows, labelNames]).toEqual([3, ["column3", "column4"]]);
  });

  it("06: labels that nobody knows are not looked at", async () => {
    const weights = await train(at("06-predict-labels-unknown", "train.arff"));
    const dense = await predicted(at("06-predict-labels-unknown", "unknown.arff"), weights);
    const { features } = await loadDataset(at("06-predict-labels-unknown", "unknown.arff"), {
      wanted: { features: [] },
    });
    expect(dense.length).toBe(1 + features.rows);
    expect(dense[0]).toBe("row,l,m");
    expect((await predicted(at("06-predict-labels-unknown", "unknown-sparse.arff"), weights)).length).toBeGreaterThan(
      1,
    );
  });

  it("08: labels in words are not looked at", async () => {
    const file = at("08-predict-csv-word-labels", "data.csv");
    const lines = await predicted(file, await train(file, "--labels", "2"));
    expect(lines.length).toBe(1 + (await loadDataset(file, { labels: "2" })).labels.rows);
  });

  it("09: columns that the weights do not name are left unread, or name the rows", async () => {
    const arff = await predicted(
      at("09-predict-extra-column", "with-id.arff"),
      await train(at("09-predict-extra-column", "train.arff")),
    );
    expect(arff.length).toBeGreaterThan(1);
    const weights = await train(at("09-predict-extra-column", "train.csv"), "--labels", "2");
    const file = at("09-predict-extra-column", "with-id.csv");
    const plain = await predicted(file, weights);
    const named = await predicted(file, weights, "--id", "id");
    expect(named[0]).toBe("row,id,l,m");
    const { ids = [] } = await loadDataset(file, { id: "id", wanted: { features: [] } });
    expect(named.slice(1)).toEqual(plain.slice(1).map((line, row) => line.replace(",", `,${ids[row]},`)));
    const json = JSON.parse((await predicted(file, weights, "--id", "id", "--json"))[0]);
    expect(json.ids).toEqual(ids);
  });

  describe("state dicts", () => {
    /** Weights of a run, and their state dict with its header changed as text. */
    async function changed(
      name: string,
      change: (header: string) => string,
      spoil: (data: Uint8Array) => void = () => {},
    ): Promise<{ readonly file: string; readonly weights: string; readonly dict: string }> {
      const file = at(name, "train.arff");
      const weights = await train(file);
      const dict = join(folder(), "dict.safetensors");
      expect((await hardbatch("export", "--weights", weights, "--pytorch", dict, "--quiet")).err).toBe("");
      const bytes = readFileSync(dict);
      const length = Number(bytes.readBigUInt64LE(0));
      const header = Buffer.from(change(bytes.toString("utf8", 8, 8 + length)));
      const start = Buffer.alloc(8);
      start.writeBigUInt64LE(BigInt(header.length));
      const data = bytes.subarray(8 + length);
      spoil(data);
      writeFileSync(dict, Buffer.concat([start, header, data]));
      return { file, weights, dict };
    }
    it("13: of a weight that is no number the tensor and the place are named", async () => {
      const { file, weights, dict } = await changed(
        "13-nan-in-state-dict",
        (header) => header,
        (data) => data.set(new Uint8Array(Float32Array.of(Number.NaN).buffer)),
      );
      const says = await refused("predict", file, "--weights", weights, "--from-pytorch", dict);
      expect(says).toMatch(/dict\.safetensors: tensor \S+: value 0 is NaN, expected a finite number/);
    });
    it("14: a wrapper's prefix is left out, and told", async () => {
      const { file, weights, dict } = await changed("14-module-prefix", (header) =>
        header.replace(/"(?=(body|head)\.)/g, '"module.'),
      );
      const words = ["predict", file, "--weights", weights, "--backend", "js"];
      const { code, out, err } = await hardbatch(...words, "--from-pytorch", dict);
      expect([code, err]).toEqual([0, `${dict}: all names begin with module., which was left out\n`]);
      expect(out).toBe((await hardbatch(...words)).out);
    });
    it("15: a file of torch.save is called one", async () => {
      const file = at("15-pt-file-as-safetensors", "train.arff");
      const pickle = at("15-pt-file-as-safetensors", "model.pt");
      const says = await refused("predict", file, "--weights", await train(file), "--from-pytorch", pickle);
      expect(says).toContain("begins with PK: a file of torch.save");
      expect(says).toContain("safetensors.torch.save_file(module.state_dict(), FILE)");
    });
    it("24: metadata null mean that there are none, as others read them", async () => {
      const { file, weights, dict } = await changed("24-metadata-null", (header) =>
        header.trimEnd().replace("{", '{"__metadata__":null,'),
      );
      const plain = await predicted(file, weights);
      expect(await predicted(file, weights, "--from-pytorch", dict)).toEqual(plain);
    });
  });

  it("16: a range after the type says nothing that is needed", async () => {
    const { declared, features } = await loadDataset(at("16-text-after-type", "range.arff"));
    expect(declared).toEqual([
      { name: "legs", kind: "numeric" },
      { name: "w", kind: "numeric" },
    ]);
    expect([...features.values]).toEqual([4, 2.5, 2, 1.5]);
  });

  it("17: with sizes announced a blank line between rows is a row", async () => {
    const { features, labels } = await loadDataset(at("17-xmc-row-without-anything", "xmc.txt"));
    expect([features.rows, features.columns, labels.columns]).toEqual([4, 5, 3]);
    expect([...labels.values]).toEqual([1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(features.kind === "sparse" && [...features.offsets]).toEqual([0, 2, 2, 3, 4]);
  });

  it("18: MEKA's option before the names of filters counts", async () => {
    expect((await loadDataset(at("18-meka-option-then-filter", "filtered.arff"))).labelNames).toEqual(["l", "m"]);
  });

  it("20: of hashed features those that occur become columns", async () => {
    const { features, featureNames } = await loadDataset(at("20-hashed-features", "hashed.svm"));
    if (features.kind !== "sparse") throw new Error("expected sparse features");
    expect(features.rows).toBe(60);
    expect(new Set(features.indices).size).toBe(featureNames.length);
    expect(featureNames).toContain("feature535714");
  });

  it("21: labels 0.0 and 1.0", async () => {
    const { labels } = await loadDataset(at("21-labels-as-1.0", "labels.csv"), { labels: "1" });
    expect(new Set(labels.values)).toEqual(new Set([0, 1]));
  });

  it("22: an XML file in another case is used (chosen: not only named)", async () => {
    const { labelNames } = await loadDataset(at("22-xml-name-in-other-case", "Notes.arff"));
    expect(labelNames.length).toBeGreaterThan(0);
  });

  it("23: a percent sign in a value without quotes is named", async () => {
    const says = /before a % that starts a comment: a value with % wants quotes/;
    expect(await refused("inspect", at("23-percent-in-a-value", "d.arff"))).toMatch(says);
    expect(await refused("inspect", at("23-percent-in-a-value", "n.arff"))).toMatch(says);
  });

  it("26: blanks between labels", async () => {
    const { labels } = await loadDataset(at("26-lshtc-blank-after-comma", "d.txt"));
    expect(labels.values.slice(0, labels.columns).reduce((sum, value) => sum + value, 0)).toBe(2);
  });

  it("r02: names that a spreadsheet would run are text, and come back with --csv-raw", async () => {
    const file = at("r02-names-that-run", "inj.arff");
    const weights = await train(file, "--labels", "8");
    const [header] = (await hardbatch("predict", file, "--weights", weights, "--backend", "js")).out.split("\n", 1);
    expect(header).toContain("'=cmd|");
    expect(header).toContain("'+1+1");
    const raw = (await hardbatch("predict", file, "--weights", weights, "--backend", "js", "--csv-raw")).out;
    expect(raw.startsWith("row,=cmd|")).toBe(true);
  });
});
