/**
 * The most memory of one epoch of the MLP on 10^6 rows x 100 features x 20 labels, as a multiple of the table's bytes,
 * with `uniform` and with `adaptive` without neighbours; each in a process of its own. `--rows N` for fewer rows,
 * `--out FILE` for figures as JSON. Run by `npm run bench -- memory`; it takes minutes and about 2 GB.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createBackend } from "../src/backends/create.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { applyPreprocessing, fitPreprocessing } from "../src/data/preparation/preprocess.ts";
import { Random } from "../src/random.ts";
import { configure } from "../src/training/configure.ts";
import { train } from "../src/training/train.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const [features, labels] = [100, 20];
const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const rows = Number(flag("--rows") ?? 1e6);

export interface MemoryFigure {
  readonly sampler: string;
  readonly rows: number;
  /** Bytes: of features and labels, of the process with the table alone, and at most. */
  readonly table: number;
  readonly held: number;
  readonly peak: number;
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Features in [0, 1], and labels that follow from them. */
function table(): Dataset {
  const random = new Random(1);
  const values = new Float32Array(rows * features);
  const marks = new Uint8Array(rows * labels);
  for (let e = 0; e < values.length; e++) values[e] = random.uniform();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < labels; j++) marks[i * labels + j] = values[i * features + j] > 0.7 + 0.01 * j ? 1 : 0;
  }
  return {
    name: "table",
    declared: Array.from({ length: features }, (_, f) => ({ name: `x${f}`, kind: "numeric" })),
    featureNames: Array.from({ length: features }, (_, f) => `x${f}`),
    features: { kind: "dense", rows, columns: features, values },
    labelNames: Array.from({ length: labels }, (_, j) => `y${j}`),
    labels: { rows, columns: labels, values: marks },
  };
}

/** As training takes it: the table as it was read is not needed any more. */
function preparedTable() {
  const dataset = table();
  const held = process.resourceUsage().maxRSS * 1024;
  const split = Math.floor(0.9 * rows);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const parts = {
    training: all.subarray(0, split),
    validation: all.subarray(split, rows - 1),
    test: all.subarray(rows - 1),
  };
  const preprocessing = fitPreprocessing(dataset, parts.training, { dropLabelsAtMost: -1 });
  const applied = applyPreprocessing(dataset, preprocessing);
  return { held, prepared: { name: dataset.name, ...applied, rows: parts, preprocessing } };
}

/** One epoch on nine tenths of the rows. Prints the peak of the process before and after. */
async function epoch(sampler: string): Promise<void> {
  const { held, prepared } = preparedTable();
  const backend = await createBackend("wasm", { threads: 1 });
  const samplerOptions = sampler === "adaptive" ? { weighting: "none", warmUp: 0 } : {};
  const settings = { sampler, samplerOptions, epochs: 1, batchSize: 1024, modelOptions: { hidden: [64, 32] } };
  for await (const event of train(configure(prepared, backend, settings))) if (event.kind === "end") break;
  console.log(JSON.stringify({ held, peak: process.resourceUsage().maxRSS * 1024 }));
}

const child = flag("--child");
if (child !== undefined) await epoch(child);
else {
  const bytes = rows * (4 * features + labels);
  const figures: MemoryFigure[] = [];
  console.log(describeMachine(machine()));
  console.log(
    `${rows} rows x ${features} features x ${labels} labels: ${mebibytes(bytes)}; one epoch of the MLP 64, 32 on wasm`,
  );
  for (const sampler of ["uniform", "adaptive"]) {
    const words = [fileURLToPath(import.meta.url), "--child", sampler, "--rows", `${rows}`];
    const { stdout, status, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    const { held, peak }: { held: number; peak: number } = JSON.parse(stdout);
    figures.push({ sampler, rows, table: bytes, held, peak });
    console.log(
      `${sampler.padEnd(9)} peak of the process ${mebibytes(peak)} (${(peak / bytes).toFixed(2)} x the table), ` +
        `${mebibytes(held)} with the table alone`,
    );
  }
  record(flag("--out"), { figures });
}
