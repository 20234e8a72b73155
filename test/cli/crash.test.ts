/**
 * A crash campaign: training and grids are killed outright at random moments and go on; the end is that of one run in
 * peace, and nothing half written is ever seen. `HARDBATCH_RUNS=20` makes it long: its kills are counted.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ResultsFile } from "../../src/files/results.ts";
import { runs } from "../arbitraries.ts";
import { inPeace, killedAfter, long, moments, patience, tellKills } from "./kills.ts";
import { folder, quick, small, start } from "./run.ts";

afterAll(tellKills);

describe("train", () => {
  const results = ["run/history.jsonl", "run/result.json", "run/weights.safetensors", "rows.csv", "scores.csv"];
  const written = ["--row-log", "rows.csv", "--scores", "scores.csv"];
  const words = [...quick, "--epochs", "300", "--warm-up", "2", ...written, "--quiet"];
  const every = fc.constantFrom("1epochs", "5steps", "3epochs", "0.0005minutes");

  test(
    "killed, resumed and killed again: the same bytes in the end",
    async () => {
      const calm = folder();
      const peace = await inPeace(start(["train", small, "--out", "run", ...words], calm));
      expect(peace.code, peace.err).toBe(0);
      await fc.assert(
        fc.asyncProperty(every, moments(0.2), async (interval, kills) => {
          const place = folder();
          let [command, force]: [string[], string[]] = [[], []];
          for (const share of [...kills, Number.POSITIVE_INFINITY]) {
            const begin = ["train", small, "--out", "run", ...words, "--checkpoint-every", interval, ...force];
            command = command.length === 0 ? begin : ["train", "--resume", "run", "--quiet"];
            let ended = await killedAfter(
              command.includes("--resume") ? "resume" : "train",
              start(command, place),
              share * peace.milliseconds,
            );
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
            const found = readFileSync(join(place, name));
            const same = found.equals(readFileSync(join(calm, name)));
            expect(same, `${name} after ${interval}, ${kills}`).toBe(true);
          }
          expect(readdirSync(place).sort()).toEqual(readdirSync(calm).sort());
          expect(readdirSync(join(place, "run")).sort()).toEqual(readdirSync(join(calm, "run")).sort());
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
      const processes = fc.oneof(fc.constant(1), fc.integer({ min: 2, max: long ? 8 : 3 }));
      const jobs = fc.constantFrom([], [], ["--jobs", "2"]);
      await fc.assert(
        fc.asyncProperty(processes, jobs, moments(0.2), async (count, more, kills) => {
          const place = folder();
          const words = [...grid, "--out", "c.jsonl", ...more];
          for (const share of kills) {
            const all = Array.from({ length: count }, (_, i) => {
              const spread = (1 + (i % 3)) / 3;
              return killedAfter(
                count > 1 ? "shared compare" : "compare",
                start(words, place),
                share * spread * count * peace.milliseconds,
              );
            });
            for (const { code, err } of await Promise.all(all)) expect(code === null || code === 0, err).toBe(true);
          }
          const last = await start(words, place).ended;
          expect(last.code, last.err).toBe(0);
          expect(lines(join(place, "c.jsonl"))).toEqual(wanted);
          const once = await start(words, place).ended;
          expect([once.code, once.out.includes("uniform")]).toEqual([0, true]);
          expect(lines(join(place, "c.jsonl"))).toEqual(wanted);
          // A claim whose owner was killed before its name was in it counts as left behind only after some seconds.
          const remains = async (): Promise<readonly string[]> => {
            await ResultsFile.open(join(place, "c.jsonl"), () => {});
            return readdirSync(place);
          };
          await expect.poll(remains).toEqual(["c.jsonl"]);
        }),
        { ...runs(1), endOnFailure: true },
      );
    },
    patience,
  );
});
