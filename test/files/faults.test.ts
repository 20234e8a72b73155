/**
 * Everything that writes files, on a disk where each call fails once and on one that loses its power at any call: what
 * was finished is there, whole, and doing it again ends as if nothing had happened.
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DataError, UsageError } from "../../src/errors.ts";
import { cellId, printCell } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { writeAtomically } from "../../src/files/atomic.ts";
import { repairLines } from "../../src/files/check-lines.ts";
import { CheckpointFiles } from "../../src/files/checkpoints.ts";
import { readPins, writePins } from "../../src/files/data-lock.ts";
import { download, hashOf, removeRemains } from "../../src/files/download.ts";
import { FileError } from "../../src/files/explain.ts";
import { makeFolder } from "../../src/files/folders.ts";
import { GrowingFile } from "../../src/files/growing.ts";
import { ResultsFile } from "../../src/files/results.ts";
import { runs } from "../arbitraries.ts";
import { cellOf } from "../experiment/cells.ts";
import { type Call, calls, FakeDisk } from "./fake-system.ts";

/** Something that writes in steps. After a fault it is done again, by a new process, from the beginning. */
interface Subject {
  /** What is there before, in peace. */
  readonly before?: (disk: FakeDisk) => Promise<unknown>;
  /** Does all of it; `finished` is called after each step with what must be there from then on. */
  readonly act: (disk: FakeDisk, finished: (what: string) => void) => Promise<unknown>;
  /** Requires that what was finished is there, and that all that is there is whole. */
  readonly holds: (disk: FakeDisk, finished: readonly string[]) => Promise<unknown>;
  /** Files that are there in the end, beside nothing else. */
  readonly files: readonly string[];
}

const texts = ["a", "b", "c"].map((letter) => letter.repeat(90));
const cells = [0, 1].map((fold) => cellOf({ fold, data: "müsik" }, { macroAuc: 0.8 }));
const lines = cells.map((cell) => `${printCell(cell)}\n`);
const silent = (): void => {};
const sha256 = createHash("sha256").update(texts[0]).digest("hex");

/** The web, which has one file and knows ranges. */
const web = (_: unknown, { headers }: RequestInit = {}): Promise<Response> => {
  const from = Number(/\d+/.exec(new Headers(headers).get("range") ?? "0")?.[0]);
  return Promise.resolve(new Response(texts[0].slice(from), { status: from > 0 ? 206 : 200 }));
};
beforeAll(() => void vi.stubGlobal("fetch", web));
afterAll(() => void vi.unstubAllGlobals());

/** One letter, 90 times. */
function decode(bytes: Uint8Array, file: string): string {
  const text = new TextDecoder().decode(bytes);
  if (!texts.includes(text)) throw new DataError({ file }, "damaged");
  return text;
}

const subjects: Readonly<Record<string, Subject>> = {
  "a file that is replaced": {
    before: (disk) => writeAtomically("/r/x", texts[0], disk),
    act: async (disk, finished) => {
      for (const text of texts) {
        await writeAtomically("/r/x", text, disk);
        finished(text);
      }
    },
    holds: async (disk, finished) => {
      const found = texts.indexOf(disk.text("/r/x") ?? "");
      expect(found).toBeGreaterThanOrEqual(Math.max(0, texts.indexOf(finished.at(-1) ?? "")));
    },
    files: ["/r/x"],
  },
  "a file that is made": {
    act: async (disk, finished) => {
      await writeAtomically("/r/s/x", texts[0], disk);
      finished(texts[0]);
    },
    holds: async (disk, [text]) => {
      const found = disk.text("/r/s/x");
      expect([texts[0], text]).toContain(found);
    },
    files: ["/r/s/x"],
  },
  checkpoints: {
    act: async (disk, finished) => {
      const files = new CheckpointFiles("/r", "checkpoint", disk);
      for (const [step, text] of texts.entries()) {
        await files.save(step, new TextEncoder().encode(text));
        finished(text);
      }
    },
    holds: async (disk, finished) => {
      const newest = await new CheckpointFiles("/r", "checkpoint", disk).newest(decode, expect.fail);
      expect(texts.indexOf(newest ?? "")).toBeGreaterThanOrEqual(texts.indexOf(finished.at(-1) ?? ""));
    },
    files: ["/r/checkpoint-1.safetensors", "/r/checkpoint-2.safetensors"],
  },
  "a results file": {
    act: async (disk, finished) => {
      const results = await ResultsFile.open("/r/c", silent, disk);
      for (const [at, cell] of cells.entries()) {
        const claim = await results.claim(cellId(cell.key, cell.settings));
        if (claim.kind === "claimed") {
          await results.append(cell);
          finished(lines[at]);
          await claim.release();
        }
      }
    },
    holds: async (disk, finished) => {
      const kept = parseCells(disk.text("/r/c") ?? "", "c").cells.map((cell) => `${printCell(cell)}\n`);
      expect(kept.slice(0, finished.length)).toEqual(finished);
      expect(new Set(kept).size).toBe(kept.length);
    },
    files: ["/r/c"],
  },
  "a file that grows": {
    before: (disk) => new GrowingFile("/r/g", "head\n", disk).begin(),
    act: async (disk, finished) => {
      const file = new GrowingFile("/r/g", "head\n", disk);
      await file.goOn(5);
      for (const text of texts) {
        await file.append(text);
        finished(text);
      }
    },
    holds: async (disk, finished) => {
      expect(disk.text("/r/g")?.startsWith(`head\n${finished.join("")}`)).toBe(true);
    },
    files: ["/r/g"],
  },
  "a file that is fetched": {
    act: async (disk, finished) => {
      const path = "/r/d/f";
      const pins = await readPins("/r", disk);
      if (await hashOf(path, disk)) await removeRemains(path, disk);
      else await download({ addresses: ["http://here/f"], path, bytes: texts[0].length, sha256, files: disk });
      finished(texts[0]);
      await writePins("/r", new Map([...pins, ["d/f", { sha256, bytes: texts[0].length, from: "here" }]]), disk);
    },
    holds: async (disk, [text]) => {
      const found = disk.text("/r/d/f");
      expect([texts[0], text]).toContain(found);
    },
    files: ["/r/d/f", "/r/data-lock.json"],
  },
  "a repair": {
    before: async (disk) => writeAtomically("/r/c", `${lines[0]}{"key"\n${lines[1]}`, disk),
    act: async (disk, finished) => {
      await repairLines("/r/c", "cells", disk);
      finished("");
    },
    holds: async (disk) => {
      const found = disk.text("/r/c") ?? "";
      expect([`${lines[0]}{"key"\n${lines[1]}`, lines[0] + lines[1]]).toContain(found);
      if (found === lines[0] + lines[1])
        expect(disk.text("/r/c.removed")).toContain(JSON.stringify({ removed: '{"key"' }));
    },
    files: ["/r/c", "/r/c.removed"],
  },
};

/** The process that wrote is gone: its locks and temporary files name one that runs no more. */
async function die(disk: FakeDisk): Promise<void> {
  for (const path of disk.paths()) {
    const text = disk.text(path) ?? "";
    if (/\.lock|\.claims/.test(path)) {
      await disk.unlink(path);
      const file = await disk.open(path, "wx");
      const dead = Buffer.from(text.replace(/"pid":\d+/, `"pid":${2 ** 30}`));
      await file.write(dead, 0, dead.length);
      await file.sync();
      // One that was cut off before its name counts as left behind after a while.
      await disk.utimes(path, new Date(0), new Date(0));
    }
    if (path.endsWith(".tmp")) await disk.rename(path, path.replace(`-${process.pid}-`, `-${2 ** 30}-`));
  }
}

/** Acts, and answers the error if there is one, and what was finished before. */
async function attempt({ act }: Subject, disk: FakeDisk) {
  const finished: string[] = [];
  const error = await act(disk, (what) => finished.push(what)).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { error, finished };
}

async function prepared({ before }: Subject): Promise<FakeDisk> {
  const disk = new FakeDisk();
  disk.shortest = 100;
  await makeFolder("/r", disk);
  await before?.(disk);
  disk.calls.clear();
  disk.total = 0;
  return disk;
}

/** Done again by another process, it ends as it does in peace. */
async function again(subject: Subject, disk: FakeDisk, finished: readonly string[]): Promise<void> {
  await subject.holds(disk, finished);
  await die(disk);
  expect((await attempt(subject, disk)).error).toBeUndefined();
  await subject.holds(disk, finished);
  expect(disk.paths()).toEqual(subject.files);
}

describe.each(Object.entries(subjects))("%s", (_, subject) => {
  test.each<[string, readonly Call[]]>([
    ["EIO", calls],
    ["ENOSPC", ["open", "write", "sync", "rename", "mkdir", "close"]],
  ])(
    "each call fails once with %s: what was finished is there, the error is a sentence, again goes well",
    async (code, kinds) => {
      for (const call of kinds) {
        for (let at = 0; ; at++) {
          const disk = await prepared(subject);
          disk.fault = { call, at, code };
          const { error, finished } = await attempt(subject, disk);
          const reached = (disk.calls.get(call) ?? 0) > at;
          disk.fault = undefined;
          if (error !== undefined) {
            expect(error instanceof FileError || error instanceof UsageError, `${call} ${at}: ${error}`).toBe(true);
            expect(String(error)).toContain("/r");
          }
          await again(subject, disk, finished);
          if (!reached) break;
        }
      }
    },
  );

  test("whenever the power goes, and whatever of the rest survives", async () => {
    const random = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.nat(250), random, async (until, numbers) => {
        const disk = await prepared(subject);
        disk.powerUntil = until;
        const { finished } = await attempt(subject, disk);
        // A folder that can't be synced is no error: what is finished after the power went does not count.
        const all = disk.total <= until;
        disk.losePower(() => numbers.next().value ?? 0);
        await again(subject, disk, all ? finished : finished.slice(0, -1));
      }),
      runs(60),
    );
  });
});
