/**
 * The mutation check: the samplers are built in memory with one planted fault at a time, and the law named beside the fault has
 * to turn red. Built without a fault, all these laws stay green. `npx vitest run test/samplers/mutations.test.ts` runs it alone.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Candidate, candidates, type Subject } from "./candidates.ts";
import { laws } from "./laws.ts";
import { type Mutation, mutations } from "./mutations.ts";

/** The module under test, built with the fault (or without). */
async function built(mutation?: Mutation): Promise<Subject> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("subject.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "silent",
    plugins: [
      {
        name: "mutation",
        setup({ onLoad }) {
          onLoad({ filter: /src[\\/]samplers[\\/].+\.ts$/ }, async ({ path }) => {
            if (mutation === undefined || basename(path) !== mutation.file) return undefined;
            const source = await readFile(path, "utf8");
            const parts = source.split(mutation.find);
            if (parts.length !== 2)
              throw new Error(`"${mutation.find}" occurs ${parts.length - 1} times in ${mutation.file}`);
            return { contents: parts.join(mutation.replace), loader: "ts" };
          });
        },
      },
    ],
  });
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${code}`);
}

/** A law that explores at random may need a second look. */
const attempts = 5;

/** The kind of error by which a law turned red. */
function complaint(law: () => void): string {
  try {
    law();
  } catch (error) {
    // fast-check tells of the failure of a property in an error of its own.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.name : String(cause);
  }
  return "none";
}

function candidateOf(subject: Subject, name: string): Candidate {
  const candidate = candidates(subject).find((each) => each.name === name);
  if (candidate === undefined) throw new Error(`no candidate "${name}"`);
  return candidate;
}

describe("planted faults", () => {
  beforeAll(() => {
    // A fault is found or not; the smallest case of it is of no interest.
    fc.configureGlobal({ endOnFailure: true });
  });
  afterAll(() => fc.resetConfigureGlobal());

  test.each(mutations)("$fault: $law of $candidate", async (mutation) => {
    const subject = await built(mutation);
    const candidate = candidateOf(subject, mutation.candidate);
    const law = (): void => laws[mutation.law](subject, candidate);
    let found = "none";
    for (let attempt = 0; attempt < attempts && found === "none"; attempt++) found = complaint(law);
    // A failed assertion, or the sampler refusing its own state; not a crash.
    expect(["AssertionError", "UsageError"]).toContain(found);
  });

  test("no fault: the same laws hold", async () => {
    const subject = await built();
    for (const key of new Set(mutations.map(({ law, candidate }) => `${law}/${candidate}`))) {
      const [law, candidate] = key.split("/");
      laws[law](subject, candidateOf(subject, candidate));
    }
  });

  test("every law has a fault that it finds", () => {
    expect(new Set(mutations.map(({ law }) => law))).toEqual(new Set(Object.keys(laws)));
  });
});
