/**
 * train --row-log: the numbers are those of the library, a resumed run's bytes those of one run, and what is refused.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import { samplerNames } from "../../src/samplers/create.ts";
import { configure } from "../../src/training/configure.ts";
import { train } from "../../src/training/train.ts";
import { folder, hardbatch, quick, small, start, startStopping } from "./run.ts";

const data = prepare(parseSynthetic(small, 1), { seed: 1, dropLabelsAtMost: 1 });
const trained = [...data.rows.training].sort((a, b) => a - b);

/** The lines of the log as `selectionOf` has them in the library, for the same run. */
async function expected(sampler: (typeof samplerNames)[number], rows: readonly number[]): Promise<string> {
  const settings = { sampler, epochs: 2, batchSize: 16, modelOptions: { hidden: [6] } } as const;
  const run = configure(data, await createBackend("js"), settings);
  const terms = Object.keys(run.sampler.selectionOf(0));
  const lines = [["epoch", "row", ...terms].join(",")];
  for await (const event of train(run)) {
    if (event.kind !== "epoch") continue;
    for (const row of rows) {
      const selection = run.sampler.selectionOf(data.rows.training.indexOf(row));
      lines.push([event.epoch, row, ...terms.map((term) => selection[term])].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

describe("--row-log", () => {
  test.each(samplerNames)("of %s: all that are trained on, by their numbers in DATA", async (sampler) => {
    const place = folder();
    const log = join(place, "logs", "rows.csv");
    const words = ["train", small, "--sampler", sampler, ...quick, "--quiet"];
    const { code, err } = await hardbatch(...words, "--out", join(place, "run"), "--row-log", log);
    expect([code, err]).toEqual([0, ""]);
    expect(readFileSync(log, "utf8")).toBe(await expected(sampler, trained));
  });

  test("of chosen rows, compressed", async () => {
    const place = folder();
    const [log, rows] = [join(place, "rows.csv.gz"), [trained[7], trained[2]]];
    const words = ["train", small, ...quick, "--quiet", "--rows", rows.join()];
    expect((await hardbatch(...words, "--out", join(place, "run"), "--row-log", log)).code).toBe(0);
    expect(gunzipSync(readFileSync(log)).toString()).toBe(await expected("adaptive", rows));
  });

  test.each(["rows.csv", "rows.csv.gz"])(
    "%s of a run that was stopped and resumed: the bytes of one run",
    async (log) => {
      const words = [...quick, "--epochs", "15", "--warm-up", "2", "--row-log", log];
      const [place, whole] = [folder(), folder()];
      await startStopping("SIGKILL", /^epoch 5,/m, ["train", small, "--out", "run", ...words], place);
      const resumed = await start(["train", "--resume", join(place, "run")], folder()).ended;
      expect(resumed.code, resumed.err).toBe(0);
      expect((await start(["train", small, "--out", "run", ...words, "--quiet"], whole).ended).code).toBe(0);
      expect(readFileSync(join(place, log)).equals(readFileSync(join(whole, log)))).toBe(true);
    },
  );

  test("refuses rows that are not trained on before it touches anything, and a file that has become another", async () => {
    const place = folder();
    const [out, log] = [join(place, "run"), join(place, "rows.csv")];
    const words = ["train", small, "--out", out, ...quick, "--quiet"];
    expect((await hardbatch(...words)).code).toBe(0);
    const refused = async (...more: readonly string[]): Promise<string> => {
      const { code, err } = await hardbatch(...words, "--force", ...more);
      expect(code).toBe(2);
      expect(existsSync(join(out, "result.json"))).toBe(true);
      return err;
    };
    expect(await refused("--rows", "3")).toMatch(/--row-log is missing/);
    const of = (rows: string): Promise<string> => refused("--row-log", log, "--rows", rows);
    expect(await of("60")).toMatch(/--rows: row 60 is none: DATA has rows 0 to 59; expected rows that are trained on/);
    expect(await of(`${data.rows.test[0]}`)).toMatch(/is in the test fold/);
    expect(await of(`${data.rows.validation[0]}`)).toMatch(/is a validation row/);
    expect(await of("1,1")).toMatch(/stands there twice/);
    expect(existsSync(log)).toBe(false);
  });

  test("is missed where it is gone or another when the run goes on", async () => {
    const place = folder();
    const log = join(place, "rows.csv");
    const words = ["train", small, "--out", "run", ...quick, "--epochs", "40", "--row-log", "rows.csv"];
    expect((await startStopping("SIGINT", /^epoch 5,/m, words, place)).code).toBe(130);
    const resume = async (): Promise<string> => (await hardbatch("train", "--resume", join(place, "run"))).err;
    const text = readFileSync(log, "utf8");
    writeFileSync(log, text.slice(0, 200));
    expect(await resume()).toMatch(/rows\.csv: it has 200 bytes, expected at least \d+/);
    writeFileSync(log, `something else ${text}`);
    expect(await resume()).toMatch(/rows\.csv: it does not begin as the run began it/);
    expect(readFileSync(log, "utf8")).toMatch(/^something else/);
  });
});
