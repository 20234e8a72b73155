/** Neighbours that are kept: found again for the same search and no other, and never believed when damaged. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { neighbourSearch } from "../../src/cli/neighbour-search.ts";
import type { Matrix } from "../../src/data/dataset.ts";
import { nearestNeighbours } from "../../src/data/imbalance/neighbours.ts";
import { imbalanceWeights } from "../../src/data/imbalance/weights.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import { neighboursName, readNeighbours } from "../../src/files/neighbours.ts";

const { features, labels } = prepare(parseSynthetic("synthetic:rows=120,features=5,labels=6", 1), {
  seed: 1,
  dropLabelsAtMost: 0,
});
const queries = Int32Array.of(3, 0, 77, 119);
const wanted = { k: 4, queries };

let folder: string;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hardbatch-neighbours-"));
  vi.stubEnv("HARDBATCH_DATA", folder);
  said = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const files = (): readonly string[] => {
  try {
    return readdirSync(join(folder, "neighbours")).filter((name) => name.endsWith(".neighbours"));
  } catch {
    return [];
  }
};

describe("neighbours that are kept", () => {
  test("are those of a plain search, the first time and from the file", async () => {
    const plain = nearestNeighbours(features, wanted);
    expect(neighbourSearch({}, 0)(features, wanted)).toEqual(plain);
    await expect.poll(() => files()).toHaveLength(1);
    expect(neighbourSearch({}, 0)(features, wanted)).toEqual(plain);
    expect(said.join("")).toMatch(/neighbours of 4 rows among 120.*as found before/s);
    expect(files()).toHaveLength(1);
  });

  test("give the same weights", () => {
    const how = { weighting: "imbalance", k: 5 } as const;
    const found = imbalanceWeights(features, labels, { ...how, search: neighbourSearch({ quiet: true }, 0) });
    expect(found).toEqual(imbalanceWeights(features, labels, how));
  });

  test("are not kept where the search is short", () => {
    neighbourSearch({})(features, wanted);
    expect(said).toEqual([]);
    expect(files()).toEqual([]);
  });

  test("have another name for other rows, queries and k", () => {
    const values = Float32Array.from(features.values);
    values[7] += 1e-3;
    const other: Matrix = { kind: "dense", rows: 120, columns: features.columns, values };
    const names = [
      neighboursName(features, queries, 4),
      neighboursName(other, queries, 4),
      neighboursName(features, queries, 5),
      neighboursName(features, queries.slice().reverse(), 4),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(neighboursName({ ...features }, queries.slice(), 4)).toBe(names[0]);
  });

  test.each([
    ["a changed byte", (bytes: Buffer) => bytes.fill(bytes[40] ^ 1, 40, 41)],
    ["a cut", (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
    ["nothing", () => Buffer.alloc(0)],
  ])("with %s are searched again, said so, and mended", async (_, damage) => {
    const plain = neighbourSearch({}, 0)(features, wanted);
    await expect.poll(() => files()).toHaveLength(1);
    const [name] = files();
    const file = join(folder, "neighbours", name);
    const whole = readFileSync(file);
    writeFileSync(file, damage(Buffer.from(whole)));
    expect(() => readNeighbours(join(folder, "neighbours"), name, queries, 4)).toThrow("damaged");
    expect(neighbourSearch({}, 0)(features, wanted)).toEqual(plain);
    expect(said.join("")).toMatch(/damaged; the neighbours are searched again/);
    await expect.poll(() => readFileSync(file)).toEqual(whole);
  });

  test("of a folder that takes no files are found all the same", async () => {
    writeFileSync(join(folder, "neighbours"), "a file where the folder should be");
    expect(neighbourSearch({}, 0)(features, wanted)).toEqual(nearestNeighbours(features, wanted));
    await expect.poll(() => said.join("")).toMatch(/the neighbours are not kept/);
  });
});
