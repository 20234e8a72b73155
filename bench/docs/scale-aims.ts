/** The aims of scale and of whole jobs. */
import type { Aim } from "./aims.ts";
import type { JobFile, NeighboursFile, SamplerFile, SparseFile, StartFile } from "./files.ts";

interface Measured {
  readonly job?: JobFile | undefined;
  readonly sampler?: SamplerFile | undefined;
  readonly neighbours?: NeighboursFile | undefined;
  readonly start?: StartFile | undefined;
  readonly sparse?: SparseFile | undefined;
}

const aim = (what: string, wanted: string, found: number, most: number, unit: string, cause: string): Aim => ({
  what,
  wanted,
  found: `${found.toPrecision(3)}${unit}`,
  met: found <= most,
  ...(found > most && { cause }),
});

/** Steps on few values against the same with zeros and against PyTorch, all threads, and the memory of a wide run. */
function sparseAims({ figures, memory }: SparseFile): Aim[] {
  const threads = Math.max(...figures.map((figure) => figure.threads));
  const shortest = (like: string, who: string, inputs: string): number | undefined =>
    figures.find((one) => one.like === like && one.who === who && one.inputs === inputs && one.threads === threads)
      ?.wall.min;
  const over = (like: string, who: string, inputs: string, title: string, most: number, cause: string): Aim[] => {
    const [ours, other] = [shortest(like, "hardbatch", "sparse"), shortest(like, who, inputs)];
    if (ours === undefined || other === undefined) return [];
    const what = `sparse step as wide as ${like} over ${title}, ${threads} threads, shortest turns`;
    return [aim(what, `at most ${most}`, ours / other, most, "", cause)];
  };
  const gibibytes = memory.peak / 2 ** 30;
  return [
    ...over("bibtex", "hardbatch", "dense", "our dense one", 0.6, "the other layers and Adam stay as they are"),
    ...over("bibtex", "PyTorch", "dense", "PyTorch's dense one", 1, "OpenBLAS multiplies wider vectors"),
    ...over("rcv1subset1", "PyTorch", "sparse", "PyTorch's `embedding_bag`", 1, "Adam passes over 24 million weights"),
    aim(
      `memory of a run as wide as ${memory.like} (${memory.columns} columns)`,
      "at most 2 GiB",
      gibibytes,
      2,
      " GiB",
      "weights, gradients and moments of the first layer",
    ),
  ];
}

/** Why the batch that ends an epoch has to go over all rows, where the published rule asks for it. */
const passes: Readonly<Record<string, string>> = {
  onlineBatch: "one loss shifts the ranks of all rows between, and with them their weights and all sums",
  uncertainty: "the labels' correlation hangs on the last batch, and with it every score, weight and sum",
  d2ace:
    "the labels' weights and correlation hang on the last batch, and with them every score, weight and sum of two tables",
};

function endCause({ sampler, end, least }: SamplerFile["figures"][number]): string {
  const why = passes[sampler] ?? "a pass over the rows' ages";
  if (least === undefined) return why;
  if (least >= end)
    return `${why}: these are what it takes (by themselves, written straight on, ${least.toPrecision(3)} ms)`;
  return `${why}: these alone, all else known before, take ${least.toPrecision(3)} ms`;
}

/** The least time that a job's matrix products can take here, beside what its aim leaves for everything. */
function productsCause({ operations, peak, ours, pytorch }: JobFile["figures"][number]): string {
  if (operations === undefined || peak === undefined) return "";
  const cores = Number(/(\d+) threads?/.exec(ours.description)?.[1] ?? 1);
  const least = operations / 1e9 / (peak * cores);
  const left = (0.7 * pytorch.wall.median) / 1000;
  const beyond = least > left ? ": out of reach of vectors of 128 bits" : "";
  return (
    `; its ${(operations / 1e9).toPrecision(3)} GFLOP of matrix products take ${least.toPrecision(3)} s at the peak of ` +
    `${cores} core${cores === 1 ? "" : "s"} (${(peak * cores).toFixed(0)} GFLOP/s), and the aim leaves ` +
    `${left.toPrecision(3)} s for everything${beyond}`
  );
}

/** What a start takes that none of our code is part of. */
function startCause(start: StartFile | undefined): string {
  const bare = start?.figures.find(({ command }) => command === "node -e 0")?.wall.median ?? Number.NaN;
  return (
    `Node alone takes ${bare.toFixed(0)} ms here to start and end (40 to 50 on faster machines); then commander and what ` +
    "it loads of Node, for `doctor` gpu.js, its translation of each kernel and its workers"
  );
}

export function scaleAims({ job, sampler, neighbours, start, sparse }: Measured): Aim[] {
  const jobs = (job?.figures ?? []).map((figure) => {
    const { set, model, wall, ours, pytorch } = figure;
    const parts = Object.keys(ours.spent).filter((part) => (ours.spent[part] ?? 0) > (pytorch.spent[part] ?? 0));
    const cause = `slower than PyTorch in ${parts.join(", ")}${productsCause(figure)}`;
    return aim(`job ${set}, ${model}: ours over PyTorch, wall time`, "at most 0.7", wall, 0.7, "", cause);
  });
  const ends = (sampler?.figures ?? [])
    .filter(({ rows }) => rows === 1e6)
    .map((figure) => {
      const what = `${figure.sampler}, 10^6 rows: the batch that ends an epoch`;
      return aim(what, "at most 5 ms", figure.end, 5, " ms", endCause(figure));
    });
  const bibtex = (neighbours?.figures ?? [])
    .filter(({ table, kernel }) => table.startsWith("bibtex") && kernel === "as in a run")
    .map(({ seconds }) =>
      aim("neighbours of all rows of bibtex", "at most 2 s", seconds, 2, " s", "one thread alone searches"),
    );
  const limits = { "hardbatch --help": 100, "hardbatch doctor": 400 };
  const starts = (start?.figures ?? []).flatMap(({ command, wall }) =>
    Object.entries(limits)
      .filter(([name]) => name === command)
      .map(([, most]) => aim(command, `at most ${most} ms`, wall.median, most, " ms", startCause(start))),
  );
  return [...jobs, ...(sparse ? sparseAims(sparse) : []), ...ends, ...bibtex, ...starts];
}
