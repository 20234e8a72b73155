/**
 * Several processes on one results file, with lines of a megabyte, some killed at random: each cell exactly once in the
 * end.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { cellId } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { thisProcess } from "../../src/files/process-identity.ts";
import { ResultsFile } from "../../src/files/results.ts";
import { runs } from "../arbitraries.ts";

const cells = 24;

/** Claims and appends cell after cell, beginning at a place of its own. */
const worker = `
  const [results, cell, path, cells, from] = process.argv.slice(1);
  const { ResultsFile } = await import(results);
  const { cellId } = await import(cell);
  const store = await ResultsFile.open(path, () => {});
  const filler = "x".repeat(1e6);
  for (let done = 0; done < Number(cells); ) {
    done = 0;
    for (let i = 0; i < Number(cells); i++) {
      const seed = (i + Number(from)) % Number(cells);
      const key = { data: "d", fold: 0, seed, model: "m", sampler: "s" };
      const id = cellId(key, {});
      if (store.cell(id)) { done++; continue; }
      const claim = await store.claim(id);
      if (claim.kind !== "claimed") continue;
      try { await store.append({ key, settings: {}, backend: filler, metrics: {}, history: [] }); }
      finally { await claim.release(); }
    }
  }
`;

test("each cell is there exactly once", async () => {
  const place = mkdtempSync(join(tmpdir(), "hardbatch-shared-"));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const path = join(place, "r.jsonl");
  const built = (name: string): string => pathToFileURL(join(process.cwd(), "dist/src", name)).href;
  const begin = (from: number) => {
    const words = [built("files/results.js"), built("experiment/cell.js"), path, `${cells}`, `${from}`];
    const child = spawn(process.execPath, ["--input-type=module", "-e", worker, ...words], { stdio: "inherit" });
    return { child, ended: new Promise<number | null>((resolve) => child.on("close", resolve)) };
  };
  const { numRuns: kills } = runs(4);
  for (let kill = 0; kill < kills; kill++) {
    const doomed = [begin(kill), begin(kill + 5)];
    await new Promise((resolve) => setTimeout(resolve, 200 + ((130 * kill) % 300)));
    for (const { child } of doomed) child.kill("SIGKILL");
    await Promise.all(doomed.map(({ ended }) => ended));
  }
  const last = [begin(0), begin(7), begin(13)];
  expect(await Promise.all(last.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  const text = readFileSync(path, "utf8");
  const { cells: found, warnings } = parseCells(text, path);
  expect(warnings).toEqual([]);
  expect(found.map(({ key }) => key.seed).sort((a, b) => a - b)).toEqual(Array.from({ length: cells }, (_, i) => i));
  expect(text.split("\n").length - 1).toBe(cells);
  // A lock whose owner was killed before its name was in it counts as left behind only after some seconds.
  const remains = async (): Promise<readonly string[]> => {
    await ResultsFile.open(path, () => {});
    return readdirSync(place);
  };
  await expect.poll(remains).toEqual(["r.jsonl"]);
});

test("what a process that died left of the claim of a finished cell goes when the file is opened", async () => {
  const place = mkdtempSync(join(tmpdir(), "hardbatch-shared-"));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const path = join(place, "r.jsonl");
  const store = await ResultsFile.open(path, () => {});
  const key = { data: "d", fold: 0, seed: 1, model: "m", sampler: "s" };
  await store.append({ key, settings: {}, backend: "js", metrics: {}, history: [] });
  const gone = { ...thisProcess(), pid: 2 ** 22 + 1, token: "0123456789ab", since: "2026-01-01T00:00:00Z" };
  const claim = (id: string): void => writeFileSync(join(`${path}.claims`, id), JSON.stringify(gone));
  mkdirSync(`${path}.claims`);
  claim(cellId(key, {}));
  claim(`${cellId(key, {})}.ba9876543210`);
  writeFileSync(`${path}.lock.0123456789ab`, JSON.stringify(gone));
  await ResultsFile.open(path, () => {});
  expect(readdirSync(place)).toEqual(["r.jsonl"]);
  mkdirSync(`${path}.claims`);
  claim(cellId({ ...key, seed: 2 }, {}));
  await ResultsFile.open(path, () => {});
  expect(readdirSync(`${path}.claims`), "the claim of a cell that is not finished").toHaveLength(1);
});
