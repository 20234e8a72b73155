/** Lines that are appended: whole, after mending what was left behind; other kinds of files are left alone. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { printCell } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { appendLine } from "../../src/files/append.ts";
import { FileError } from "../../src/files/explain.ts";
import { runs } from "../arbitraries.ts";
import { cellOf } from "../experiment/cells.ts";
import { type Call, FakeDisk } from "./fake-system.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hardbatch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (name: string): string => join(folder, name);

const cells = [0, 1, 2].map((fold) => cellOf({ fold, data: "müsik" }, { macroAuc: 0.8 }));
const [first, second, third] = cells.map(printCell);

describe("appending a line", () => {
  test("makes the file, then grows it", async () => {
    await appendLine(inFolder("deep/x"), first);
    await appendLine(inFolder("deep/x"), second);
    expect(readFileSync(inFolder("deep/x"), "utf8")).toBe(`${first}\n${second}\n`);
  });

  test("after a cut at any byte, and any tail, the file holds every whole cell and the new one", async () => {
    const whole = Buffer.from(`${first}\n${second}\n`);
    const tail = fc.constantFrom("", "\0\0\0\0", '{"key', "x");
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), tail, async (length, tail) => {
        const lineEnd = whole.lastIndexOf(10, length - 1) + 1;
        const isWhole = whole[length] === 10;
        const torn = length > lineEnd && !isWhole ? tail : "";
        writeFileSync(inFolder("x"), Buffer.concat([whole.subarray(0, length), Buffer.from(torn)]));
        await appendLine(inFolder("x"), third);
        const after = parseCells(readFileSync(inFolder("x"), "utf8"), "x");
        const kept =
          whole
            .subarray(0, length + (isWhole ? 1 : 0))
            .toString()
            .split("\n").length - 1;
        expect(after).toEqual({ cells: [...cells.slice(0, kept), cells[2]], failed: [], warnings: [] });
      }),
      runs(80),
    );
  });

  test("zero bytes are taken off, however many there are", async () => {
    writeFileSync(inFolder("x"), `${first}\n${"\0".repeat(200_000)}`);
    expect(await appendLine(inFolder("x"), second)).toBe(200_000);
    expect(readFileSync(inFolder("x"), "utf8")).toBe(`${first}\n${second}\n`);
  });

  test("a file of another kind is refused and left as it is", async () => {
    for (const text of ["my notes", "my\nnotes", "[1, 2]\n", "@relation x\n{"]) {
      writeFileSync(inFolder("notes"), text);
      await expect(appendLine(inFolder("notes"), first)).rejects.toThrow(/does not begin with a line of JSON/);
      expect(readFileSync(inFolder("notes"), "utf8")).toBe(text);
    }
  });

  test("a line with a line break, or a folder, is refused", async () => {
    await expect(appendLine(inFolder("x"), "a\nb")).rejects.toThrow("has a line break in it");
    await expect(appendLine(folder, "a")).rejects.toThrow(/can't write .*: it is a folder/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("on a disk that fails", () => {
  test.each<[Call, string]>([
    ["write", "ENOSPC"],
    ["write", "EIO"],
    ["sync", "EIO"],
    ["open", "EMFILE"],
    ["write", "EFBIG"],
  ])(
    "a %s that answers %s once: nothing finished is lost, the error names the file, the next append succeeds",
    async (call, code) => {
      for (let at = 0; ; at++) {
        const disk = new FakeDisk();
        disk.shortest = 50;
        await appendLine("/r/x", first, disk);
        disk.calls.clear();
        disk.fault = { call, at, code };
        const failed = await appendLine("/r/x", second, disk).then(
          () => undefined,
          (error: unknown) => error,
        );
        const reached = (disk.calls.get(call) ?? 0) > at;
        expect(parseCells(disk.text("/r/x") ?? "", "x").cells[0]).toEqual(cells[0]);
        if (failed !== undefined) {
          expect(failed).toBeInstanceOf(FileError);
          expect(String(failed)).toContain("can't write /r/x: ");
          expect(parseCells(disk.text("/r/x") ?? "", "x").warnings).toEqual([]);
        }
        disk.fault = undefined;
        await appendLine("/r/x", third, disk);
        const { cells: after, warnings } = parseCells(disk.text("/r/x") ?? "", "x");
        expect(warnings).toEqual([]);
        expect(after).toEqual([cells[0], ...(failed === undefined ? [cells[1]] : []), cells[2]]);
        if (!reached) break;
      }
    },
  );

  test("whenever the power goes, what was appended before is there, and appending goes on", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (at, numbers) => {
          const random = (): number => numbers.next().value ?? 0;
          const disk = new FakeDisk();
          disk.shortest = 40;
          const finished: string[] = [];
          disk.powerUntil = at;
          try {
            for (const line of [first, second, third]) {
              await appendLine("/r/s/x", line, disk);
              // A sync of the folder that fails is no error on systems that have none.
              if (disk.total > at) break;
              finished.push(line);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(FileError);
          }
          disk.losePower(random);
          const before = parseCells(disk.text("/r/s/x") ?? "", "x");
          expect(before.cells.map(printCell).slice(0, finished.length)).toEqual(finished);
          const more = cellOf({ fold: 7 }, {});
          await appendLine("/r/s/x", printCell(more), disk);
          const after = parseCells(disk.text("/r/s/x") ?? "", "x");
          expect(after.cells).toEqual([...before.cells, more]);
        },
      ),
      runs(100),
    );
  });
});
