/**
 * A crash campaign: training is killed outright at random moments, resumed and killed again; the end is that of one run
 * in peace.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../arbitraries.ts";
import { folder, hardbatch, quick, small, start } from "./run.ts";

const results = ["history.jsonl", "result.json", "weights.safetensors"];
const words = [...quick, "--epochs", "120", "--warm-up", "2", "--quiet"];
const every = fc.constantFrom("1epochs", "5steps", "3epochs", "0.0005minutes");
/** Milliseconds after which a process is killed: before it has begun, as it begins, in the middle, at the end. */
const moments = fc.array(fc.integer({ min: 250, max: 2500 }), { minLength: 2, maxLength: 4 });

test("kill -9 at random moments of train and --resume, again and again: the same bytes in the end", async () => {
  const peace = join(folder(), "peace");
  expect((await hardbatch("train", small, "--out", peace, ...words)).code).toBe(0);
  await fc.assert(
    fc.asyncProperty(every, moments, async (interval, kills) => {
      const place = folder();
      let [command, force]: [string[], string[]] = [[], []];
      for (const after of [...kills, Number.POSITIVE_INFINITY]) {
        const begin = ["train", small, "--out", "run", ...words, "--checkpoint-every", interval, ...force];
        command = command.length === 0 ? begin : ["train", "--resume", "run", "--quiet"];
        let run = start(command, place);
        const clock = Number.isFinite(after) ? setTimeout(() => run.child.kill("SIGKILL"), after) : undefined;
        let ended = await run.ended;
        clearTimeout(clock);
        if (ended.code === 2 && command.includes("--resume")) {
          // Killed before its first checkpoint, or after its end: the sentence says which.
          if (ended.err.includes("the run there is finished")) break;
          expect(ended.err).toMatch(/there is no checkpoint of a run|there is no such folder/);
          run = start(begin, place);
          ended = await run.ended;
        }
        expect(ended.code === null || ended.code === 0, ended.err).toBe(true);
        force = ["--force"];
      }
      for (const name of results) {
        const found = readFileSync(join(place, "run", name));
        expect(found.equals(readFileSync(join(peace, name))), `${name} after ${interval}, ${kills}`).toBe(true);
      }
    }),
    { ...runs(1), endOnFailure: true },
  );
}, 120_000);
