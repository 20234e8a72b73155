/**
 * The most memory of reading one large file, beside the table that comes of it: dense ARFF, CSV and LIBSVM of a stated
 * size, 100 columns of numbers with 6 digits and 5 labels, each read in a process of its own. `--megabytes 20` for
 * smaller ones than 1 GB. What is read is compared with what was written, by its shape and its sum. Run by `npm run
 * bench -- reading`; it needs 1 GB among the temporary files and takes minutes.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadDataset } from "../src/data/load.ts";
import { Random } from "../src/random.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const [features, labels] = [100, 5];
const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

export interface ReadingFigure {
  readonly format: string;
  /** Bytes: of the file, of the table, of the process at most, and of a process that reads nothing. */
  readonly file: number;
  readonly table: number;
  readonly peak: number;
  readonly empty: number;
}

interface Format {
  readonly header: string;
  row(values: readonly string[], marks: readonly number[]): string;
}

const names = Array.from({ length: features }, (_, f) => `x${f}`);
const marked = Array.from({ length: labels }, (_, j) => `y${j}`);
const formats: Readonly<Record<string, Format>> = {
  arff: {
    header: `@relation 'table: -C -${labels}'\n${names.map((name) => `@attribute ${name} numeric\n`).join("")}${marked
      .map((name) => `@attribute ${name} {0,1}\n`)
      .join("")}@data\n`,
    row: (values, marks) => `${values.join(",")},${marks.join(",")}\n`,
  },
  csv: {
    header: `${[...names, ...marked].join(",")}\n`,
    row: (values, marks) => `${values.join(",")},${marks.join(",")}\n`,
  },
  libsvm: {
    header: "",
    row: (values, marks) =>
      `${marks.flatMap((mark, j) => (mark ? [j] : [])).join(",")} ${values.map((value, f) => `${f + 1}:${value}`).join(" ")}\n`,
  },
};

/** Writes rows until the file has so many bytes; answers how many, and the sum of the features. */
function write(path: string, { header, row }: Format, bytes: number) {
  const random = new Random(1);
  const file = openSync(path, "w");
  let [rows, sum, written] = [0, 0, writeSync(file, header)];
  while (written < bytes) {
    let block = "";
    for (let i = 0; i < 1000; i++) {
      // Never 0, so that a format without zeros stores as many.
      const values = Array.from({ length: features }, () => (0.1 + 0.8 * random.uniform()).toFixed(6));
      // The last label of LIBSVM shows how many there are.
      const marks = Array.from({ length: labels }, (_, j) => (j === labels - 1 || random.uniform() < 0.2 ? 1 : 0));
      for (const value of values) sum += Math.fround(Number(value));
      block += row(values, marks);
      rows += 1;
    }
    written += writeSync(file, block);
  }
  closeSync(file);
  return { rows, sum };
}

async function read(path: string): Promise<void> {
  const { features: table } = await loadDataset(path, path.endsWith(".csv") ? { labels: `${labels}` } : {});
  let sum = 0;
  for (const value of table.values) sum += value;
  console.log(JSON.stringify({ rows: table.rows, sum, peak: process.resourceUsage().maxRSS * 1024 }));
}

const child = flag("--child");
if (child === "nothing") console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024 }));
else if (child !== undefined) await read(child);
else {
  const bytes = 1e6 * Number(flag("--megabytes") ?? 1000);
  const folder = mkdtempSync(join(tmpdir(), "hardbatch-reading-"));
  const figures: ReadingFigure[] = [];
  const run = (words: string): { readonly rows: number; readonly sum: number; readonly peak: number } => {
    const all = [fileURLToPath(import.meta.url), "--child", words];
    const { stdout, status, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  console.log(describeMachine(machine()));
  try {
    const { peak: empty } = run("nothing");
    for (const [name, format] of Object.entries(formats)) {
      const path = join(folder, `table.${name}`);
      const { rows, sum } = write(path, format, bytes);
      const found = run(path);
      if (found.rows !== rows || Math.abs(found.sum - sum) > 1e-6 * sum)
        throw new Error(`${name}: ${found.rows} rows of sum ${found.sum}, expected ${rows} of sum ${sum}`);
      const figure = { format: name, file: statSync(path).size, table: rows * (4 * features + labels), empty };
      figures.push({ ...figure, peak: found.peak });
      const mebibytes = (of: number): string => `${Math.round(of / 2 ** 20)} MiB`;
      console.log(
        `${name.padEnd(7)} file ${mebibytes(figure.file)}, table ${mebibytes(figure.table)}, peak ${mebibytes(found.peak)} ` +
          `(${((found.peak - empty) / figure.table).toFixed(2)} x the table, beside ${mebibytes(empty)} of an empty process)`,
      );
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  record(flag("--out"), { figures });
}
