/**
 * Time of the exact neighbour search on wasm, where the samplers have it done, and by the loops of plain JavaScript:
 * dense and sparse rows. Prints pairs of rows a second, the figure that stays the same as data grow. A few answers are
 * held against a plain double loop first. Run by `npm run bench -- neighbours`.
 *
 * Flags: --queries 5000     of the 10^5 x 100 table; 100000 is all of them
 *        --folder DIR       of data sets, default `HARDBATCH_DATA`, else ../shared/data: bibtex is left out without it
 *        --out FILE         also as JSON
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadedWasm } from "../src/backends/wasm.ts";
import type { Matrix } from "../src/data/dataset.ts";
import { nearestNeighbours } from "../src/data/imbalance/neighbours.ts";
import {
  type DotProductKernel,
  denseProducts,
  deviceProducts,
  lighter,
  sparseProducts,
} from "../src/data/imbalance/products.ts";
import { loadDataset } from "../src/data/load.ts";
import { selectRows } from "../src/data/rows.ts";
import { Random } from "../src/random.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { values: flags } = parseArgs({
  options: {
    queries: { type: "string", default: "5000" },
    folder: { type: "string", default: process.env.HARDBATCH_DATA ?? join(root, "../shared/data") },
    out: { type: "string" },
  },
});

export interface NeighbourFigure {
  readonly table: string;
  readonly kernel: string;
  readonly queries: number;
  readonly rows: number;
  /** By the wall clock and of the processor, for the queries. */
  readonly seconds: number;
  readonly processor: number;
}

interface Case {
  readonly table: string;
  readonly features: Matrix;
  readonly queries: number;
  readonly kernels: readonly string[];
}

const { rowProducts } = await loadedWasm({});
if (!rowProducts) throw new Error("the wasm device offers no products of rows");
const kernels: Readonly<Record<string, DotProductKernel>> = {
  "as in a run": lighter(deviceProducts(rowProducts), 60),
  "JavaScript, panels": denseProducts,
  "JavaScript, lists": sparseProducts,
};

/** Uniform values with the given share of non-zeros; `whole` makes all of those 1. */
function randomRows(rows: number, columns: number, share: number, whole: boolean): Matrix {
  const random = new Random(1);
  const values = new Float32Array(rows * columns);
  for (let e = 0; e < values.length; e++) {
    if (share === 1 || random.uniform() < share) values[e] = whole ? 1 : random.uniform();
  }
  return { kind: "dense", rows, columns, values };
}

/** The same by direct differences of all rows. */
function plain(features: Matrix, query: number, k: number): number[] {
  const { columns } = features;
  const dense = (row: number): Float64Array => {
    const values = new Float64Array(columns);
    const one = selectRows(features, Int32Array.of(row));
    if (one.kind === "dense") values.set(one.values);
    else for (const [e, column] of one.indices.entries()) values[column] = one.values[e];
    return values;
  };
  const own = dense(query);
  const distances = Array.from({ length: features.rows }, (_, row) => {
    const other = dense(row);
    return own.reduce((sum, value, j) => sum + (value - other[j]) ** 2, 0);
  });
  const order = distances.map((_, row) => row).filter((row) => row !== query);
  return order.sort((a, b) => distances[a] - distances[b] || a - b).slice(0, k);
}

async function cases(): Promise<Case[]> {
  const file = join(flags.folder, "bibtex/bibtex.arff.gz");
  if (!existsSync(file)) console.log(`bibtex is left out: no ${file}`);
  const bibtex = existsSync(file) ? (await loadDataset(file)).features : undefined;
  const all = ["as in a run", "JavaScript, panels"];
  const found = bibtex && {
    table: `bibtex, ${bibtex.rows} x ${bibtex.columns}`,
    features: bibtex,
    queries: bibtex.rows,
  };
  return [
    { table: "10,000 x 100", features: randomRows(1e4, 100, 1, false), queries: 2000, kernels: all },
    {
      table: "100,000 x 100",
      features: randomRows(1e5, 100, 1, false),
      queries: Number(flags.queries),
      kernels: all.slice(0, 1),
    },
    {
      table: "8,000 x 500, 4.5% ones",
      features: randomRows(8000, 500, 0.045, true),
      queries: 8000,
      kernels: ["as in a run", "JavaScript, lists"],
    },
    ...(found ? [{ ...found, kernels: ["as in a run", "JavaScript, lists"] }] : []),
  ];
}

console.log(describeMachine(machine()));
const figures: NeighbourFigure[] = [];
for (const { table, features, queries, kernels: names } of await cases()) {
  const rows = Array.from({ length: queries }, (_, i) => i);
  for (const name of names) {
    const kernel = kernels[name];
    const few = nearestNeighbours(features, { k: 5, queries: [0, 7], kernel });
    const expected = [...plain(features, 0, 5), ...plain(features, 7, 5)];
    if (few.indices.join() !== expected.join())
      throw new Error(`${table}, ${name}: ${few.indices}, expected ${expected}`);
    const before = process.cpuUsage();
    const start = performance.now();
    nearestNeighbours(features, { k: 5, queries: rows, kernel });
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(before);
    figures.push({ table, kernel: name, queries, rows: features.rows, seconds, processor: (user + system) / 1e6 });
    const rate = (queries * features.rows) / seconds / 1e6;
    console.log(
      `${table.padEnd(24)} ${name.padEnd(20)} ${String(queries).padStart(7)} rows asked ${seconds.toFixed(2).padStart(7)} s, processor ${((user + system) / 1e6).toFixed(2)} s, ${rate.toFixed(1)} million pairs/s`,
    );
  }
}
record(flags.out, { figures });
