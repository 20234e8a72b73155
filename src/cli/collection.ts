/**
 * `hardbatch data list|fetch`: data sets that can be fetched by name, and files of any address, into the data folder.
 */
import { basename, join } from "node:path";
import { Command } from "commander";
import { type CollectionSet, collection, filesOf, findSet, licence, mainFile, source } from "../data/collection.ts";
import { addresses, type KnownFile } from "../data/collection-files.ts";
import { describeDataset } from "../data/describe.ts";
import { isZip, listZip, unzip } from "../data/formats/zip.ts";
import { loadDataset } from "../data/load.ts";
import { hint } from "../data/near-match.ts";
import { splitName } from "../data/read.ts";
import { DataError, quoted, UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic.ts";
import { dataFolder } from "../files/data-folder.ts";
import { type Pin, readPins, writePins } from "../files/data-lock.ts";
import { download, hashOf, readIfThere, removeRemains } from "../files/download.ts";
import { convertCommand } from "./convert.ts";
import { interruptible } from "./endings.ts";
import { path } from "./options.ts";
import { aligned } from "./print.ts";
import { type Progress, startProgress } from "./progress.ts";
import { printOut } from "./terminal.ts";

export function dataCommand(): Command {
  const command = new Command("data");
  const list = new Command("list")
    .description("Print what can be fetched, and what is known of it; of named sets all of that.")
    .argument("[NAME...]", "names of data sets")
    .option("--json", "print one JSON array")
    .action(runList);
  const fetch = new Command("fetch")
    .description("Fetch data sets into the data folder (HARDBATCH_DATA, else .hardbatch/data in the home folder).")
    .argument("[NAME...]", "names of data sets, as `hardbatch data list` prints them")
    .option("--url <address>", "fetch this file, or the files of this .zip archive")
    .option("--sha256 <digits>", "the hash of the file of --url; without it the first fetch decides")
    .option("--from <address>", "another place for the files of NAME, tried first: <address>/<set>/<file>", collect, [])
    .option("--to <dir>", "into this folder", path("--to"))
    .option("--offline", "fetch nothing, only check what is there")
    .option("--quiet", "print no progress")
    .action(runFetch);
  for (const own of [list, fetch, convertCommand()]) command.addCommand(own);
  return command;
}

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

function setNamed(name: string): CollectionSet {
  const set = findSet(name);
  if (set) return set;
  const names = collection.map((known) => known.name);
  throw new UsageError(`${quoted(name)}: no such data set${hint(name, names)}; hardbatch data list names all`);
}

const sizeOf = (set: CollectionSet): number | undefined =>
  filesOf(set).reduce<number | undefined>(
    (sum, [, bytes]) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
    0,
  );

async function runList(names: readonly string[], { json }: { readonly json?: true }): Promise<void> {
  const sets = names.length === 0 ? collection : names.map(setNamed);
  if (json) {
    const all = sets.map((set) => ({ ...set, files: filesOf(set), licence, source }));
    printOut(`${JSON.stringify(all)}\n`);
    return;
  }
  const shown = (value: number | undefined, digits = 0): string => value?.toFixed(digits) ?? "-";
  const rows = sets.map((set) => {
    const { name, figures } = set;
    const size = sizeOf(set);
    return [
      name,
      shown(figures?.rows),
      shown(figures?.features),
      shown(figures?.labels),
      shown(figures?.cardinality, 2),
      shown(figures?.meanIR, 1),
      size === undefined ? "not known" : `${(size / 2 ** 20).toFixed(1)} MiB`,
    ];
  });
  const header = ["name", "rows", "features", "labels", "cardinality", "MeanIR", "size"];
  const citations =
    names.length === 0 ? [] : sets.flatMap(({ name, citation }) => (citation ? [`${name}: ${citation}`] : []));
  const files =
    names.length === 0
      ? []
      : sets.map(
          (set) =>
            `${set.name}: ${filesOf(set)
              .map(([file]) => file)
              .join(", ")}`,
        );
  printOut(
    [aligned([header, ...rows]), ...citations, ...files, `source: ${source}`, `licence: ${licence}`, ""].join("\n"),
  );
}

interface FetchOptions {
  readonly url?: string;
  readonly sha256?: string;
  readonly from: readonly string[];
  readonly to?: string;
  readonly offline?: true;
  readonly quiet?: true;
}

async function runFetch(names: readonly string[], options: FetchOptions): Promise<void> {
  if (names.length === 0 && options.url === undefined)
    throw new UsageError("nothing to fetch: expected NAME or --url; hardbatch data list names all");
  if (options.sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(options.sha256))
    throw new UsageError(`--sha256 ${quoted(options.sha256)}: expected 64 hexadecimal digits`);
  const root = options.to ?? dataFolder();
  const progress = startProgress(options);
  const work = async (signal: AbortSignal): Promise<void> => {
    for (const set of names.map(setNamed)) await fetchSet(set, { root, options, progress, signal });
    if (options.url !== undefined) await fetchUrl(options.url, { root, options, progress, signal });
  };
  try {
    await interruptible(work);
  } finally {
    progress.end();
  }
}

interface Fetching {
  readonly root: string;
  readonly options: FetchOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function fetchSet(set: CollectionSet, fetching: Fetching): Promise<void> {
  const { root, options, progress } = fetching;
  const { name, folder = name } = set;
  const files = filesOf(set);
  progress.begin(`${name}, KiB`, Math.ceil(files.reduce((sum, [, bytes = 0]) => sum + bytes, 0) / 1024));
  let fetched = 0;
  for (const [file, bytes, sha256] of files) {
    const wanted = [...options.from, ...addresses].map((address) => `${address.replace(/\/+$/, "")}/${folder}/${file}`);
    if (await fetchFile([file, bytes, sha256], `${name}/${file}`, wanted, fetching)) fetched++;
  }
  progress.end();
  const main = mainFile(set);
  const checked = main === undefined ? "" : await checkFigures(set, join(root, name, main));
  printOut(
    `${name}: ${fetched} files fetched, ${files.length - fetched} there already, in ${join(root, name)}${checked}\n`,
  );
}

/** One file, unless it is there. @returns whether it was fetched */
async function fetchFile(
  [file, bytes, sha256]: KnownFile,
  key: string,
  wanted: readonly string[],
  { root, options, progress, signal }: Fetching,
): Promise<boolean> {
  const place = join(root, key);
  const pins = new Map<string, Pin>(await readPins(root));
  const pin = pins.get(key);
  const expected = sha256 ?? pin?.sha256;
  const there = await hashOf(place);
  if (there && expected !== undefined && there.sha256 !== expected)
    throw new DataError(
      { file: place },
      `SHA-256 ${there.sha256}: expected ${expected}; it is another file, move it away and fetch again`,
    );
  if (!there && options.offline)
    throw new DataError({ file: place }, "is not there: expected it, as nothing is fetched (--offline)");
  if (there) {
    await removeRemains(place);
    progress.advance(Math.ceil(there.bytes / 1024));
    if (expected === undefined) await writePins(root, pins.set(key, { ...there, from: "found in the folder" }));
    return false;
  }
  const length = bytes ?? pin?.bytes;
  let shown = 0;
  const found = await download({
    addresses: wanted,
    path: place,
    ...(length !== undefined && { bytes: length }),
    ...(expected !== undefined && { sha256: expected }),
    progress: (now) => {
      const whole = Math.floor(now / 1024);
      progress.advance(whole - shown);
      shown = whole;
    },
    signal,
  });
  await writePins(root, pins.set(key, found));
  if (expected === undefined)
    progress.note(`${file}: the hash was not known; from now on it has to be ${found.sha256}`);
  return true;
}

/** Compares the file with what is known. @returns words for the end of the line */
async function checkFigures({ name, figures }: CollectionSet, file: string): Promise<string> {
  if (!figures) return "";
  const found = describeDataset(await loadDataset(file));
  for (const key of ["rows", "features", "labels", "cardinality", "meanIR"] as const) {
    const value = found[key] ?? Number.NaN;
    if (!(Math.abs(value - figures[key]) <= 1e-9 * figures[key]))
      throw new DataError({ file }, `${key} is ${value}: expected ${figures[key]} of ${name}`);
  }
  return "; its figures are those that are known";
}

async function fetchUrl(url: string, fetching: Fetching): Promise<void> {
  const { root, options, progress } = fetching;
  if (!URL.canParse(url))
    throw new UsageError(`--url ${quoted(url)}: expected an address such as https://host/file.arff`);
  const file = basename(decodeURIComponent(new URL(url).pathname)).replace(/[^\p{L}\p{N}._ -]/gu, "_");
  const { stem } = splitName(file);
  if (stem === "" || /^\.*$/.test(file))
    throw new UsageError(`--url ${quoted(url)}: expected an address that ends with a file's name`);
  progress.begin(`fetching ${file}`, 0);
  const known: KnownFile = options.sha256 === undefined ? [file] : [file, undefined, options.sha256.toLowerCase()];
  const fetched = await fetchFile(known, `${stem}/${file}`, [url], fetching);
  const folder = join(root, stem);
  const bytes = /\.zip$/i.test(file) ? await readIfThere(join(folder, file)) : undefined;
  const inside = bytes && isZip(bytes) ? await unpack(bytes, join(folder, file), folder) : [];
  const unpacked = inside.length > 0 ? `, with ${inside.join(", ")}` : "";
  printOut(`${file}: ${fetched ? "fetched" : "there already"}, in ${folder}${unpacked}\n`);
}

/** Writes the data and XML files of an archive into `folder`, whatever folders they have inside. */
async function unpack(bytes: Uint8Array, archive: string, folder: string): Promise<string[]> {
  const entries = listZip(bytes, archive).filter(({ name }) => /\.(arff|csv|libsvm|svm|txt|xml)(\.gz)?$/i.test(name));
  const names = entries.map(({ name }) => basename(name.replaceAll("\\", "/")));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new DataError({ file: archive }, `two files named ${quoted(twice)}: expected distinct names`);
  for (const [i, entry] of entries.entries())
    await writeAtomically(join(folder, names[i]), await unzip(bytes, entry, archive));
  return names;
}
