/**
 * The crash campaign of the commands that write files as a whole: killed outright at random moments, the old file or
 * the new one is there, and running them again gives the file of one run in peace. `HARDBATCH_RUNS=20` makes it long.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { runs } from "../arbitraries.ts";
import { inPeace, killedAfter, long, moments, patience, tellKills } from "./kills.ts";
import { folder, hardbatch, quick, small, start } from "./run.ts";

afterAll(tellKills);

/** What the commands read: a trained model, results, a results file with damage, a server of a file of some size. */
interface Prepared {
  readonly place: string;
  readonly damaged: string;
  readonly address: string;
}

interface Writer {
  readonly words: (prepared: Prepared) => readonly string[];
  readonly out: string;
  /** What stands in the place of the file before: nothing or another file by default. */
  readonly before?: (prepared: Prepared) => readonly (string | undefined)[];
  /** What the command leaves beside the file. */
  readonly beside?: readonly string[];
}

const weights = ({ place }: Prepared): readonly string[] => ["--weights", join(place, "run/weights.safetensors")];
const predict = (out: string): Writer => ({
  words: (prepared) => ["predict", small, ...weights(prepared), "--backend", "js", "--out", out, "--quiet"],
  out,
});

/** By name. */
const writers: Readonly<Record<string, Writer>> = {
  folds: { words: () => ["folds", small, "--folds", "4", "--out", "out/folds.json", "--quiet"], out: "out/folds.json" },
  "predict, text": predict("out/scores.csv"),
  "predict, arrays": predict("out/scores.npz"),
  evaluate: {
    words: (prepared) => ["evaluate", small, ...weights(prepared), "--labels-out", "out/labels.csv", "--quiet"],
    out: "out/labels.csv",
  },
  export: {
    words: (prepared) => ["export", ...weights(prepared), "--onnx", "out/model.onnx", "--quiet"],
    out: "out/model.onnx",
  },
  report: {
    words: ({ place }) => ["report", join(place, "c.jsonl"), "--out", "out/report.html"],
    out: "out/report.html",
  },
  "data convert": {
    words: () => ["data", "convert", "synthetic:rows=4000", "--out", "out/data.npz", "--quiet"],
    out: "out/data.npz",
  },
  "data fetch": {
    words: ({ address }) => ["data", "fetch", "--url", `${address}/d.arff`, "--to", "out", "--quiet"],
    out: "out/d/d.arff",
    // A file that was fetched is not fetched again, another one in its place is refused: there is none at first.
    before: () => [undefined],
  },
  "check --repair": {
    words: () => ["check", "out/c.jsonl", "--repair"],
    out: "out/c.jsonl",
    before: ({ damaged }) => [damaged],
    beside: ["c.jsonl.removed"],
  },
};

async function prepared(): Promise<Prepared> {
  const place = folder();
  expect((await hardbatch("train", small, ...quick, "--out", join(place, "run"), "--quiet")).code).toBe(0);
  expect((await hardbatch("compare", small, ...quick, "--out", join(place, "c.jsonl"), "--quiet")).code).toBe(0);
  const whole = readFileSync(join(place, "c.jsonl"), "utf8").trimEnd().split("\n");
  const damaged = whole.map((line, i) => (i === 1 ? line.replace('"loss"', '"los') : line)).join("\n");
  const rows = Array.from({ length: 40_000 }, (_, row) => `${row},${row % 2}\n`).join("");
  const file = `@relation 'd: -C -1'\n@attribute a numeric\n@attribute l {0,1}\n@data\n${rows}`;
  const server = createServer((_, response) => response.end(file));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : "";
  return { place, damaged: `${damaged}\n`, address: `http://127.0.0.1:${port}` };
}

/** One folder with what is there before; the bytes as text, one character each. */
function begun(out: string, content: string | undefined): { readonly place: string; readonly path: string } {
  const place = folder();
  const path = join(place, out);
  mkdirSync(dirname(path), { recursive: true });
  if (content !== undefined) writeFileSync(path, content);
  return { place, path };
}

test(
  "killed and run again: the old file or the new one is there, whole, and the new one in the end",
  async () => {
    const given = await prepared();
    // The short form takes three of them, other ones each time.
    const some = fc.shuffledSubarray(Object.entries(writers), { minLength: 3, maxLength: 3 });
    const chosen = long ? Object.entries(writers) : fc.sample(some, 1)[0];
    for (const [name, { words, out, before, beside = [] }] of chosen) {
      const contents = before?.(given) ?? [undefined, "an old file"];
      const calm = begun(out, before && contents[0]);
      const command = words(given);
      const peace = await inPeace(start(command, calm.place));
      expect(peace.code, peace.err).toBe(0);
      const wanted = readFileSync(calm.path, "latin1");
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...contents), moments(0.3), async (content, kills) => {
          const { place, path } = begun(out, content);
          for (const share of [...kills, Number.POSITIVE_INFINITY]) {
            const { code, err } = await killedAfter(name, start(command, place), share * peace.milliseconds);
            expect(code === null || code === 0, err).toBe(true);
            const found = existsSync(path) ? readFileSync(path, "latin1") : undefined;
            expect(found === wanted || found === content, `${name}: ${found?.length} characters`).toBe(true);
          }
          expect(readFileSync(path, "latin1")).toBe(wanted);
          // What the killed processes were writing is gone, too.
          const others = readdirSync(dirname(path)).filter((file) => !path.endsWith(`/${file}`));
          expect(others.filter((file) => !beside.includes(file))).toEqual([]);
        }),
        { ...runs(1), endOnFailure: true },
      );
    }
  },
  patience,
);
