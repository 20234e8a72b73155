/**
 * Parse rates of ARFF in MB of text a second: dense numbers of six and of seventeen digits, dense zeros and ones,
 * sparse rows. What is read is compared with what was written before anything is timed. Run by `npm run bench`.
 */
import { Bench } from "tinybench";
import type { Dataset } from "../src/data/dataset.ts";
import { parseArff } from "../src/data/formats/arff.ts";
import { Random } from "../src/random.ts";

interface Case {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly values: Float32Array;
}

const encoder = new TextEncoder();
const LABEL = "@attribute label {0,1}\n@data\n";
const header = (columns: number, type: string): string =>
  `@relation 'bench: -C -1'\n${Array.from({ length: columns }, (_, i) => `@attribute a${i} ${type}\n`).join("")}${LABEL}`;

function denseCase(title: string, rows: number, columns: number, type: string, cell: (random: Random) => string): Case {
  const random = new Random(1);
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => cell(random)));
  const text = header(columns, type) + cells.map((row) => `${row.join(",")},1\n`).join("");
  return { title, bytes: encoder.encode(text), values: Float32Array.from(cells.flat(), Number) };
}

function sparseCase(title: string, rows: number, columns: number, share: number): Case {
  const random = new Random(1);
  const values: number[] = [];
  const lines = Array.from({ length: rows }, () => {
    const entries: string[] = [];
    for (let a = 0; a < columns; a++) {
      if (random.uniform() >= share) continue;
      const text = (random.uniform() + 0.001).toFixed(6);
      values.push(Number(text));
      entries.push(`${a} ${text}`);
    }
    return `{${[...entries, `${columns} 1`].join(",")}}\n`;
  });
  return {
    title,
    bytes: encoder.encode(header(columns, "numeric") + lines.join("")),
    values: Float32Array.from(values),
  };
}

const cases = [
  denseCase("dense, 2,400 x 290, six digits", 2400, 290, "numeric", (random) => random.uniform().toFixed(6)),
  denseCase("dense, 1,000 x 290, seventeen digits", 1000, 290, "real", (random) => random.uniform().toPrecision(17)),
  denseCase("dense, 5,000 x 500, {0,1}", 5000, 500, "{0,1}", (random) => String(random.integer(2))),
  sparseCase("sparse, 6,000 x 2,000, 2.5% six digits", 6000, 2000, 0.025),
];

function check(dataset: Dataset, { title, values }: Case): void {
  const read = dataset.features.values;
  const equal = read.length === values.length && read.every((value, e) => value === values[e]);
  if (!equal || !dataset.labels.values.every((value) => value === 1)) throw new Error(`${title}: not what was written`);
}

const bench = new Bench({ time: 500, warmupTime: 200 });
for (const kind of cases) {
  check(parseArff(kind.bytes, { file: kind.title }), kind);
  bench.add(kind.title, () => void parseArff(kind.bytes, { file: kind.title }));
}
await bench.run();

console.log(`node ${process.version}, ${process.platform} ${process.arch}`);
for (const { title, bytes } of cases) {
  const result = bench.getTask(title)?.result;
  if (result === undefined || !("latency" in result)) throw new Error(`${title}: was not timed`);
  const rate = (milliseconds: number): string => (bytes.length / 1000 / milliseconds).toFixed(0).padStart(4);
  const { p50, min, mad } = result.latency;
  const megabytes = (bytes.length / 1e6).toFixed(1);
  console.log(
    `${title.padEnd(42)} ${megabytes} MB: ${rate(p50)} MB/s (best ${rate(min)}, MAD ${mad.toFixed(1)} ms of ${p50.toFixed(1)})`,
  );
}
