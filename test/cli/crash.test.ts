/**
 * A crash campaign: every command that writes is killed outright at random moments and run again; the end is that of
 * one run in peace, and nothing half written is ever seen. `HARDBATCH_RUNS=30` makes it long: more than 500 kills,
 * counted.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { runs } from "../arbitraries.ts";
import { inPeace, killed, killedAfter } from "./kills.ts";
import { folder, hardbatch, quick, small, start } from "./run.ts";

const minutes = 60_000;
const long = runs(1).numRuns > 1;
const patience = 2 * minutes * runs(1).numRuns;

afterAll(() => {
  if (long) console.info(`${killed()} processes were killed before their end`);
});

/** Moments to kill at as shares of the time that a run takes in peace: as it begins, in the middle, at its end. */
const moments = (least: number) =>
  fc.array(fc.double({ min: least, max: 1.1, noNaN: true }), { minLength: long ? 2 : 1, maxLength: long ? 4 : 2 });

describe("train", () => {
  const results = ["history.jsonl", "result.json", "weights.safetensors"];
  const words = [...quick, "--epochs", "120", "--warm-up", "2", "--quiet"];
  const every = fc.constantFrom("1epochs", "5steps", "3epochs", "0.0005minutes");

  test(
    "killed, resumed and killed again: the same bytes in the end",
    async () => {
      const calm = folder();
      const peace = await inPeace(start(["train", small, "--out", "peace", ...words], calm));
      expect(peace.code, peace.err).toBe(0);
      await fc.assert(
        fc.asyncProperty(every, moments(0.4), async (interval, kills) => {
          const place = folder();
          let [command, force]: [string[], string[]] = [[], []];
          for (const share of [...kills, Number.POSITIVE_INFINITY]) {
            const begin = ["train", small, "--out", "run", ...words, "--checkpoint-every", interval, ...force];
            command = command.length === 0 ? begin : ["train", "--resume", "run", "--quiet"];
            let ended = await killedAfter(start(command, place), share * peace.milliseconds);
            if (ended.code === 2 && command.includes("--resume")) {
              // Killed before its first checkpoint, or after its end: the sentence says which.
              if (ended.err.includes("the run there is finished")) break;
              expect(ended.err).toMatch(/there is no checkpoint of a run|there is no such folder/);
              ended = await start(begin, place).ended;
            }
            expect(ended.code === null || ended.code === 0, ended.err).toBe(true);
            force = ["--force"];
          }
          for (const name of results) {
            const found = readFileSync(join(place, "run", name));
            const same = found.equals(readFileSync(join(calm, "peace", name)));
            expect(same, `${name} after ${interval}, ${kills}`).toBe(true);
          }
        }),
        { ...runs(1), endOnFailure: true },
      );
    },
    patience,
  );
});

describe("compare", () => {
  const grid = [
    "compare",
    small,
    "--folds",
    "2",
    "--seeds",
    "1,2",
    ...quick,
    "--epochs",
    "40",
    "--no-times",
    "--quiet",
  ];
  const lines = (path: string): readonly string[] => readFileSync(path, "utf8").split("\n").sort();

  test(
    "in one to eight processes, killed again and again: every cell once, with the same bytes",
    async () => {
      const place = folder();
      const peace = await inPeace(start([...grid, "--out", "peace.jsonl"], place));
      expect(peace.code, peace.err).toBe(0);
      const wanted = lines(join(place, "peace.jsonl"));
      expect(wanted).toHaveLength(9);
      const processes = fc.integer({ min: 1, max: long ? 8 : 3 });
      const jobs = fc.constantFrom([], [], ["--jobs", "2"]);
      await fc.assert(
        fc.asyncProperty(processes, jobs, moments(0.2), async (count, more, kills) => {
          const place = folder();
          const words = [...grid, "--out", "c.jsonl", ...more];
          for (const share of kills) {
            const all = Array.from({ length: count }, (_, i) => {
              const spread = (1 + (i % 3)) / 3;
              return killedAfter(start(words, place), share * spread * count * peace.milliseconds);
            });
            for (const { code, err } of await Promise.all(all)) expect(code === null || code === 0, err).toBe(true);
          }
          const last = await start(words, place).ended;
          expect(last.code, last.err).toBe(0);
          expect(lines(join(place, "c.jsonl"))).toEqual(wanted);
          const once = await start(words, place).ended;
          expect([once.code, once.out.includes("uniform")]).toEqual([0, true]);
          expect(lines(join(place, "c.jsonl"))).toEqual(wanted);
        }),
        { ...runs(1), endOnFailure: true },
      );
    },
    patience,
  );
});

/** Commands that write a file as a whole; `{out}` stands for what they write. */
const writers: readonly {
  readonly name: string;
  readonly words: (prepared: Prepared) => readonly string[];
  readonly out: string;
}[] = [
  { name: "folds", words: () => ["folds", small, "--folds", "4", "--out", "out/folds.json"], out: "out/folds.json" },
  {
    name: "predict",
    words: ({ place }) => ["predict", small, "--weights", join(place, "run/weights.safetensors"), ...predicted],
    out: "out/scores.csv",
  },
  {
    name: "report",
    words: ({ place }) => ["report", join(place, "c.jsonl"), "--out", "out/report.html"],
    out: "out/report.html",
  },
  {
    name: "data fetch",
    words: ({ address }) => ["data", "fetch", "--url", `${address}/d.arff`, "--to", "out"],
    out: "out/d/d.arff",
  },
];
const predicted = ["--backend", "js", "--out", "out/scores.csv"];

interface Prepared {
  readonly place: string;
  readonly address: string;
}

/** What the commands read: a trained model, results, a server of a file of some size. */
async function prepared(): Promise<Prepared> {
  const place = folder();
  expect((await hardbatch("train", small, ...quick, "--out", join(place, "run"), "--quiet")).code).toBe(0);
  expect((await hardbatch("compare", small, ...quick, "--out", join(place, "c.jsonl"), "--quiet")).code).toBe(0);
  const rows = Array.from({ length: 40_000 }, (_, row) => `${row},${row % 2}\n`).join("");
  const file = `@relation 'd: -C -1'\n@attribute a numeric\n@attribute l {0,1}\n@data\n${rows}`;
  const server = createServer((_, response) => response.end(file));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { place, address: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}` };
}

describe("commands that write a file", () => {
  test(
    "killed and run again: the old file or the new one is there, whole, and the new one in the end",
    async () => {
      const before = await prepared();
      for (const { name, words, out } of writers) {
        const command = [...words(before), "--quiet"].slice(0, name === "report" ? -1 : undefined);
        const place = folder();
        const peace = await inPeace(start(command, place));
        expect(peace.code, peace.err).toBe(0);
        const wanted = readFileSync(join(place, out), "utf8");
        // A file that was fetched is not fetched again, another one in its place is refused: there is none at first.
        const old = fc.constantFrom(undefined, ...(name === "data fetch" ? [] : ["an old file"]));
        await fc.assert(
          fc.asyncProperty(old, moments(0.3), async (content, kills) => {
            const place = folder();
            const path = join(place, out);
            mkdirSync(dirname(path), { recursive: true });
            if (content !== undefined) writeFileSync(path, content);
            for (const share of [...kills, Number.POSITIVE_INFINITY]) {
              const { code, err } = await killedAfter(start(command, place), share * peace.milliseconds);
              expect(code === null || code === 0, err).toBe(true);
              const found = existsSync(path) ? readFileSync(path, "utf8") : undefined;
              expect(found === wanted || found === content, `${name}: ${found?.length} characters`).toBe(true);
            }
            expect(readFileSync(path, "utf8")).toBe(wanted);
            const others = readdirSync(dirname(path)).filter((file) => !path.endsWith(file));
            for (const file of others) expect(file).toMatch(/^\..*\.tmp$/);
          }),
          { ...runs(1), endOnFailure: true },
        );
      }
    },
    patience,
  );
});
