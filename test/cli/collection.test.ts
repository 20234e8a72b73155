/** Data sets by name: the list, fetching from a server of the tests, and names wherever DATA stands. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { collection, filesOf, mainFile } from "../../src/data/collection.ts";
import { knownFiles } from "../../src/data/collection-files.ts";
import { describeWith, realData } from "../fixtures.ts";
import { folder, hardbatch, type Ran } from "./run.ts";

/** A server of files by path; others are not there. */
async function serve(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const server = createServer((request, response) => {
    const found = files[request.url ?? ""];
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const fetched = (...words: readonly string[]): Promise<Ran> => hardbatch("data", "fetch", ...words, "--quiet");

describe("the collection", () => {
  it("every file belongs to one set, and hashes are hashes", () => {
    const all = Object.entries(knownFiles).flatMap(([place, files]) => files.map(([name]) => `${place}/${name}`));
    const used = collection.flatMap((set) => filesOf(set).map(([name]) => `${set.folder ?? set.name}/${name}`));
    expect([...used].sort()).toEqual([...all].sort());
    for (const [, bytes = 1, sha256 = "0".repeat(64)] of Object.values(knownFiles).flat()) {
      expect(bytes).toBeGreaterThan(0);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    for (const set of collection) expect(mainFile(set) ?? "parts only").toMatch(/\.arff$|^parts only$/);
  });

  it("list prints a table, all of one set, or JSON", async () => {
    const { out } = await hardbatch("data", "list");
    expect(out).toMatch(/^name +rows +features +labels +cardinality +MeanIR +size\n/);
    expect(out).toMatch(/\nemotions +593 +72 +6 +1\.87 +1\.5 +0\.7 MiB\n/);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await hardbatch("data", "list", "Emotions")).out).toContain("Trohidis");
    const [set] = JSON.parse((await hardbatch("data", "list", "flags", "--json")).out);
    expect(set.files.map(([name]: readonly [string]) => name)).toContain("flags.xml");
    expect((await hardbatch("data", "list", "emotion s")).err).toMatch(/no such data set; there is "emotions"/);
  });
});

describe("an address", () => {
  const arff = "@relation 'r: -C -1'\n@attribute a numeric\n@attribute l {0,1}\n@data\n1,0\n2,1\n";

  it("is fetched once, pinned, and its name works as DATA", async () => {
    const url = await serve({ "/d.arff": arff });
    const to = folder();
    vi.stubEnv("HARDBATCH_DATA", to);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await fetched("--url", `${url}/d.arff`)).out).toBe(`d.arff: fetched, in ${join(to, "d")}\n`);
    expect((await fetched("--url", `${url}/d.arff`, "--offline")).out).toMatch(/there already/);
    expect(JSON.parse((await hardbatch("inspect", "d", "--json")).out).rows).toBe(2);
    const lock = JSON.parse(readFileSync(join(to, "data-lock.json"), "utf8"));
    expect(lock.files["d/d.arff"]).toMatchObject({ bytes: arff.length, from: `${url}/d.arff` });
    writeFileSync(join(to, "d", "d.arff"), arff.replace("2,1", "3,1"));
    const changed = await fetched("--url", `${url}/d.arff`);
    expect([changed.code, changed.err]).toEqual([
      1,
      expect.stringMatching(/SHA-256 .*: expected .*it is another file/),
    ]);
  });

  it("of an archive: its files are unpacked, and names that lead out are refused", async () => {
    const good = zipSync({
      "x/d-train.arff": strToU8(arff),
      "x/d.xml": strToU8("<labels/>"),
      "x/run.exe": strToU8(""),
    });
    const url = await serve({ "/d.zip": good, "/evil.zip": zipSync({ "../../evil.arff": strToU8(arff) }) });
    const to = folder();
    expect((await fetched("--url", `${url}/d.zip`, "--to", to)).out).toMatch(/with d-train\.arff, d\.xml\n$/);
    expect(readFileSync(join(to, "d", "d-train.arff"), "utf8")).toBe(arff);
    expect(existsSync(join(to, "d", "run.exe"))).toBe(false);
    const evil = await fetched("--url", `${url}/evil.zip`, "--to", to);
    expect([evil.code, evil.err]).toEqual([1, expect.stringMatching(/expected names that stay inside/)]);
    expect(existsSync(join(to, "..", "evil.arff"))).toBe(false);
  });

  it.each([
    [["--url", "no address"], 2, /expected an address such as/],
    [["--url", "http://127.0.0.1:9/"], 2, /ends with a file's name/],
    [["--url", "http://127.0.0.1:9/x.arff"], 1, /can't be fetched; http:\/\/127\.0\.0\.1:9\/x\.arff: fetch failed/],
    [["--url", "http://127.0.0.1:9/x.arff", "--offline"], 1, /is not there: expected it/],
    [["--url", "http://127.0.0.1:9/x.arff", "--sha256", "12"], 2, /64 hexadecimal digits/],
    [["nobody"], 2, /no such data set/],
    [[], 2, /nothing to fetch/],
  ])("%j is refused", async (words, code, message) => {
    const ran = await fetched(...words, "--to", folder());
    expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(message)]);
  });

  it("a name that was not fetched says how", async () => {
    vi.stubEnv("HARDBATCH_DATA", folder());
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await hardbatch("inspect", "yeast")).err).toMatch(/yeast: not fetched yet: hardbatch data fetch yeast/);
  });
});

describeWith(`${realData}/emotions/emotions-train.arff`, "a set by name", () => {
  const names = ["emotions.arff", "emotions.xml", "emotions-train.arff", "emotions-test.arff"];
  const files = Object.fromEntries(
    names.map((name) => [`/emotions/${name}`, readFileSync(`${realData}/emotions/${name}`)]),
  );

  it("is fetched with the hashes and figures that are known, and is then there", async () => {
    const to = folder();
    vi.stubEnv("HARDBATCH_DATA", to);
    onTestFinished(() => void vi.unstubAllEnvs());
    const url = await serve(files);
    const first = await fetched("Emotions", "--from", url);
    expect([first.err, first.out]).toEqual([
      "",
      `emotions: 4 files fetched, 0 there already, in ${join(to, "emotions")}; its figures are those that are known\n`,
    ]);
    expect((await fetched("emotions", "--offline")).out).toMatch(/^emotions: 0 files fetched, 4 there already/);
    expect(JSON.parse((await hardbatch("inspect", "emotions", "--json")).out).labels).toBe(6);
    expect(JSON.parse((await hardbatch("inspect", "emotions-test", "--json")).out).rows).toBe(202);
  });

  it("a file that is another one is refused, and what is missing is named", async () => {
    const url = await serve({ ...files, "/emotions/emotions.arff": "@relation other" });
    const to = folder();
    writeFileSync(join(to, "mine.txt"), "kept");
    const refused = await hardbatch("data", "fetch", "emotions", "--offline", "--to", to, "--quiet");
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/emotions.*\.arff: is not there/)]);
    const place = join(to, "emotions");
    expect(
      (await hardbatch("data", "fetch", "--url", `${url}/emotions/emotions.arff`, "--to", to, "--quiet")).code,
    ).toBe(0);
    const other = await hardbatch("data", "fetch", "emotions", "--offline", "--to", to, "--quiet");
    expect(other.err).toMatch(/is not there|it is another file, move it away/);
    expect(existsSync(join(place, "emotions.arff"))).toBe(true);
  });
});
