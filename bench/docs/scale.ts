/** What grows with the data and the machines: samplers, neighbours, memory, start-up; and what follows on paper. */
import type {
  CompareFile,
  MemoryFile,
  NeighboursFile,
  PeersFile,
  ReadingFile,
  SamplerFile,
  SparseFile,
  StartFile,
} from "./files.ts";
import { number, tableOf } from "./table.ts";

const rows = (count: number): string => count.toLocaleString("en-US");

export function samplerSection({ figures, numpy }: SamplerFile): string {
  const sizes = [...new Set(figures.map((figure) => figure.rows))];
  const names = [...new Set(figures.map(({ sampler }) => sampler))];
  const passing = ["uniform", "sequential", "balanced"];
  const updating = ["adaptive", "adaptiveChain", "reweighted"];
  const lines = names.map((name) => [
    `\`${name}\``,
    number(figures.find(({ sampler }) => sampler === name)?.bytes ?? Number.NaN),
    ...sizes.map((size) => {
      const found = figures.find((figure) => figure.sampler === name && figure.rows === size);
      if (!found) return "-";
      const peer = typeof numpy === "string" ? undefined : numpy.find((figure) => figure.rows === size);
      const theirs =
        peer && (passing.includes(name) ? peer.shuffle : peer.draw + (updating.includes(name) ? peer.update : 0));
      const ratio = theirs === undefined ? "" : `, x ${number(theirs / found.batch)}`;
      return `${number(found.batch)} (${number(found.end)})${ratio}`;
    }),
  ]);
  return [
    tableOf(["", "bytes a row", ...sizes.map((size) => `${rows(size)} rows`)], lines),
    "",
    typeof numpy === "string"
      ? `numpy is left out: ${numpy}.`
      : tableOf(
          ["numpy, ms a batch", ...numpy.map((figure) => `${rows(figure.rows)} rows`)],
          [
            ["permutation of all rows, a batch's share", ...numpy.map(({ shuffle }) => number(shuffle))],
            ["`choice(n, 128, replace=False, p)`", ...numpy.map(({ draw }) => number(draw))],
            ["the authors' update of all entries", ...numpy.map(({ update }) => number(update))],
          ],
        ),
  ].join("\n");
}

export const neighbourSection = ({ figures }: NeighboursFile): string =>
  tableOf(
    ["table", "dot products", "rows asked", "s", "processor s", "million pairs/s", "all rows, s"],
    figures.map(({ table, kernel, queries, rows: all, seconds, processor }) => [
      table,
      kernel,
      rows(queries),
      number(seconds),
      number(processor),
      number((queries * all) / seconds / 1e6),
      queries === all ? number(seconds) : `about ${number((seconds * all) / queries)}`,
    ]),
  );

export function sparseSection({ figures, missing, memory }: SparseFile): string {
  const { like, rows: count, columns, weights, held, peak } = memory;
  const left = Object.entries(missing).map(([name, why]) => `${name} (${why})`);
  return [
    tableOf(
      ["net", "", "ms min / median / MAD", "processor ms", "checked"],
      figures.map(({ like, net, backend, wall, processor, checked }) => [
        `${net} (${like})`,
        backend,
        `${number(wall.min)} / ${number(wall.median)} / ${number(wall.mad)}`,
        number(processor.median),
        checked,
      ]),
    ),
    "",
    `Two epochs of \`adaptive\` on ${rows(count)} rows as wide as ${like}, ${rows(columns)} columns, validation and best epoch included: at most ${mebibytes(peak)}, of which ` +
      `${mebibytes(held)} are the process with the table alone; the weights are ${mebibytes(weights)}, their gradients and Adam's two moments as much each.`,
    ...(left.length > 0 ? ["", `Left out: ${left.join("; ")}.`] : []),
  ].join("\n");
}

const mebibytes = (bytes: number): string => `${number(bytes / 2 ** 20)} MiB`;

export const memorySection = ({ figures }: MemoryFile): string =>
  tableOf(
    ["sampler", "rows", "table", "process with the table alone", "at most, in an epoch", "of the table"],
    figures.map(({ sampler, rows: count, table, held, peak }) => [
      `\`${sampler}\``,
      rows(count),
      mebibytes(table),
      mebibytes(held),
      mebibytes(peak),
      `${number(peak / table)} x`,
    ]),
  );

/** What reading adds to an empty process. */
export const readingSection = ({ figures }: ReadingFile): string =>
  tableOf(
    ["format", "file", "table", "at most", "an empty process", "reading, of the table"],
    figures.map(({ format, file, table, peak, empty }) => [
      format,
      mebibytes(file),
      mebibytes(table),
      mebibytes(peak),
      mebibytes(empty),
      `${number((peak - empty) / table)} x`,
    ]),
  );

export const startSection = ({ figures }: StartFile): string =>
  tableOf(
    ["command", "ms min / median / MAD", "processor ms", "most memory"],
    figures.map(({ command, wall, processor, memory }) => [
      `\`${command}\``,
      `${number(wall.min)} / ${number(wall.median)} / ${number(wall.mad)}`,
      number(processor.median),
      `${number(memory)} MiB`,
    ]),
  );

/** The serial part f of a step from T(2) / T(1) = f + (1 - f) / 2, and what it says of more threads. */
function threadRows(peers: PeersFile | undefined): string[][] {
  return (peers?.nets ?? []).flatMap(({ net, figures }) => {
    const of = (threads: string) =>
      figures.find(({ backend }) => new RegExp(`^hardbatch wasm relaxed.* ${threads}$`).test(backend))?.wall.min;
    const [one, two] = [of("1 thread"), of("2 threads")];
    if (one === undefined || two === undefined) return [];
    const serial = Math.max(0, (2 * two) / one - 1);
    const speed = (threads: number): string => number(1 / (serial + (1 - serial) / threads));
    return [[net, number(one), number(two), number(serial), speed(4), speed(16), speed(64)]];
  });
}

/** What the measured constants say of more threads, cores and machines. */
export function paperSection(
  peers: PeersFile | undefined,
  compare: CompareFile | undefined,
  start: StartFile | undefined,
): string {
  const wasm = compare?.figures.find(({ backend }) => backend.startsWith("wasm"));
  const help = start?.figures.find(({ command }) => command.endsWith(" --help"));
  const begin = (help?.wall.median ?? Number.NaN) / 1000;
  const cell = compare && wasm ? (wasm.processor.median / 1000 - begin) / compare.cells : Number.NaN;
  const hours = (cells: number, cores: number): string => number((begin + Math.ceil(cells / cores) * cell) / 3600);
  return [
    "*Threads of one run.* A step's time on t threads is T(1) (f + (1 - f) / t): f is what one thread does alone (packing, short steps, waking the others, the host).",
    "Measured from the shortest turns of one and two threads, where f also holds what the threads lose to each other's caches; beyond two it is extrapolated:",
    "",
    tableOf(["net", "T(1), ms", "T(2), ms", "f", "4 threads, times as fast", "16", "64"], threadRows(peers)),
    "",
    "So one run does not fill 64 cores. *Cells of a study* do: they share nothing but the file that they are appended to, with one thread each",
    "(`--threads 1`), and a shard of a study on another machine (`--shard i/k`) is told nothing but its number. With c cores in all, N cells take",
    "start + ceil(N / c) cell, as long as the tables of c runs fit the memory (*memory* above) and their weights the caches.",
    `Measured here: start ${number(begin)} s, a cell of \`compare\` on emotions (MLP, 20 epochs) ${number(cell)} s of one core. In hours:`,
    "",
    tableOf(
      ["cells", "2 cores", "64 cores", "16 machines of 64 cores"],
      [1000, 100_000].map((cells) => [rows(cells), hours(cells, 2), hours(cells, 64), hours(cells, 1024)]),
    ),
    "",
    "What that leaves out: merging reads every line once (some 3 kB a cell), the last round is not full where c does not divide N, and cells of one study",
    "differ in length, so that the longest one at the end decides: `plan` deals them out by their estimated work.",
  ].join("\n");
}
