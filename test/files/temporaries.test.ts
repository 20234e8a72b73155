/** What a killed process was writing goes when its file is written again; what a living one writes never does. */
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeAtomically } from "../../src/files/atomic.ts";
import { CheckpointFiles } from "../../src/files/checkpoints.ts";
import { temporaryFor } from "../../src/files/temporaries.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "hardbatch-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Where the parts of a name begin: host, boot, numbers, process. */
const parts = /\.([0-9a-f]{6})([0-9a-f]{6})([0-9a-f]{6})-(\d+)-/;

/** Temporary names for the target, by who writes them. */
const writers: Readonly<Record<string, (target: string) => string>> = {
  "this process": temporaryFor,
  "a process that is gone": (target) => temporaryFor(target).replace(parts, `.$1$2$3-${2 ** 30}-`),
  "a process from before the machine started": (target) => temporaryFor(target).replace(parts, ".$1abcdef$3-$4-"),
  "another machine": (target) => temporaryFor(target).replace(parts, ".abcdef$2$3-$4-"),
};

function write(path: string, hours = 0): void {
  writeFileSync(path, "half");
  const at = new Date(Date.now() - hours * 3_600_000);
  utimesSync(path, at, at);
}

test.runIf(process.platform === "linux")("are removed where their process is gone, and only there", async () => {
  const cases: readonly (readonly [string, number, boolean])[] = [
    ["this process", 0, true],
    ["this process", 100, true],
    ["a process that is gone", 0, false],
    ["a process from before the machine started", 0, false],
    ["another machine", 0, true],
    ["another machine", 23, true],
    ["another machine", 25, false],
  ];
  for (const [writer, hours, stays] of cases) {
    const place = folder();
    const left = writers[writer](join(place, "x.csv"));
    write(left, hours);
    const others = [writers[writer](join(place, "x.csv.gz")), join(place, ".x.csv.tmp"), join(place, ".x.csv.a.tmp")];
    for (const other of others) write(other, 100);
    await writeAtomically(join(place, "x.csv"), "whole");
    const expected = ["x.csv", ...[...others, ...(stays ? [left] : [])].map((path) => basename(path))];
    expect(readdirSync(place).sort(), `${writer}, ${hours} hours`).toEqual(expected.sort());
  }
});

test.runIf(process.platform !== "win32")("of checkpoints go when the run goes on, whatever their step", async () => {
  const place = folder();
  const files = new CheckpointFiles(place);
  await files.save(3, Uint8Array.of(3));
  const [gone, own] = [writers["a process that is gone"], writers["this process"]];
  write(gone(join(place, "checkpoint-7.safetensors")));
  const stay = [own(join(place, "checkpoint-8.safetensors")), gone(join(place, "weights.safetensors"))];
  for (const path of stay) write(path);
  expect(await files.newest(([byte]) => byte, expect.fail)).toBe(3);
  const left = stay.map((path) => basename(path));
  expect(readdirSync(place).sort()).toEqual(["checkpoint-3.safetensors", ...left].sort());
  write(gone(join(place, "checkpoint-9.safetensors")));
  await files.clear();
  expect(readdirSync(place).sort()).toEqual(left.sort());
});
