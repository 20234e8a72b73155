/**
 * The engine on one device, `js` unless named: rates of single kernels (GFLOP/s of matrix products, million elements a second of
 * the rest) and the time of an MLP's training step. Results are checked against the definitions, and the loss must fall,
 * before anything is timed. Run by `npm run bench`, or bundled: `node engine.js wasm`.
 */
import { Bench } from "tinybench";
import type { Backend, Values } from "../src/backends/backend.ts";
import { createBackend } from "../src/backends/create.ts";
import { createModel } from "../src/models/create.ts";
import { adam } from "../src/nn/adam.ts";
import { adamStep, add, biasLeakyRelu, binaryCrossEntropy, multiply, sigmoid } from "../src/ops/map.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../src/ops/matmul.ts";
import { sum } from "../src/ops/reduce.ts";
import { gather, repeat, scatter } from "../src/ops/rows.ts";
import { type Program, program } from "../src/program.ts";
import { Random } from "../src/random.ts";
import { table, trainingProgram } from "../src/step.ts";
import { type InputLeaf, input, type Shape, size, type Tensor } from "../src/tensor.ts";
import { single } from "../test/laws/arithmetic.ts";
import { agrees } from "../test/laws/expected.ts";

interface Case {
  readonly title: string;
  readonly build: (...leaves: Tensor[]) => Tensor;
  readonly shapes: readonly Shape[];
  /** What is counted: multiplications and additions of a product, elements of the rest. */
  readonly work: number;
  readonly unit: "GFLOP/s" | "M/s";
  /** Row numbers below this in the last operand. */
  readonly rows?: number;
}

const product = (
  title: string,
  build: Case["build"],
  rows: number,
  inner: number,
  columns: number,
  shapes: Shape[],
): Case => ({
  title: `${title} ${rows} x ${inner} x ${columns}`,
  build,
  shapes,
  work: 2 * rows * inner * columns,
  unit: "GFLOP/s",
});

const sizes = [
  [128, 72, 256],
  [128, 256, 512],
  [128, 256, 6],
  [256, 256, 256],
  [512, 512, 512],
] as const;

const products = sizes.flatMap(([r, k, c]): Case[] => [
  product("matmul", (a, b) => matmul(a, b), r, k, c, [
    [r, k],
    [k, c],
  ]),
  product("matmulTransposeLeft", (a, b) => matmulTransposeLeft(a, b), r, k, c, [
    [k, r],
    [k, c],
  ]),
  product("matmulTransposeRight", (a, b) => matmulTransposeRight(a, b), r, k, c, [
    [r, k],
    [c, k],
  ]),
]);

const whole: Shape = [256, 512];
const row: Shape = [1, 512];
const one: Shape = [1, 1];
const elements = (title: string, build: Case["build"], shapes: Shape[], rows?: number): Case => ({
  title,
  build,
  shapes,
  work: size(whole),
  unit: "M/s",
  ...(rows !== undefined && { rows }),
});

const others: readonly Case[] = [
  elements("add", (a, b) => add(a, b), [whole, whole]),
  elements("multiply by a row", (a, b) => multiply(a, b), [whole, row]),
  elements("biasLeakyRelu", (a, b) => biasLeakyRelu(a, b, 0.1), [whole, row]),
  elements("sigmoid", (a) => sigmoid(a), [whole]),
  elements("binaryCrossEntropy", (a, b) => binaryCrossEntropy(a, b), [whole, whole]),
  elements("adamStep", (p, m, v, r) => adamStep(p, m, multiply(v, v), r, 0.5, 1e-8, 1), [whole, whole, whole, one]),
  elements("sum over rows", (a) => sum(a, "rows"), [whole]),
  elements("sum over columns", (a) => sum(a, "columns"), [whole]),
  elements("gather", (a, i) => gather(a, i), [whole, [256, 1]], 256),
  elements("scatter", (a, i) => scatter(a, i, 256), [whole, [256, 1]], 256),
  elements("repeat", (a) => repeat(a, 4), [[64, 512]]),
];

const random = new Random(1);

function operands({ shapes, rows }: Case): Float32Array[] {
  return shapes.map((shape, i) => {
    const values = new Float32Array(size(shape));
    if (rows !== undefined && i === shapes.length - 1) return values.map(() => random.integer(rows));
    random.fillNormal(values);
    return values;
  });
}

/** The step that a case times is the last of its program; what it reads must then be leaves. */
function check(built: Program, leaves: readonly InputLeaf[], feeds: Values, result: ArrayLike<number>): void {
  const step = built.steps[built.steps.length - 1];
  const inputs = step.inputs.map((id) => built.values[id]);
  if (inputs.some((each) => each.kind === "step")) return;
  const matrices = inputs.map((each) => ({
    shape: each.shape,
    values:
      each.kind === "constant"
        ? Array.from(each.values, Math.fround)
        : feeds[leaves.find((leaf) => leaf === each)?.name ?? ""],
  }));
  agrees(step, matrices, result, single);
}

async function timed(title: string, run: () => Promise<unknown>): Promise<number> {
  const bench = new Bench({ time: 300, warmupTime: 100 });
  bench.add(title, run);
  await bench.run();
  const { result } = bench.tasks[0];
  if (!("latency" in result)) throw new Error(`${title}: ${result.state}`);
  return result.latency.p50;
}

async function kernelRates(backend: Backend): Promise<void> {
  for (const each of [...products, ...others]) {
    const leaves = each.shapes.map((shape, i) => input(`x${i}`, shape));
    const built = program({ result: each.build(...leaves) });
    const executable = await backend.compile({ built });
    const feeds = Object.fromEntries(operands(each).map((values, i) => [`x${i}`, values]));
    check(built, leaves, feeds, (await executable.run("built", feeds)).result);
    const milliseconds = await timed(each.title, () => executable.run("built", feeds));
    const rate = each.work / milliseconds / (each.unit === "GFLOP/s" ? 1e6 : 1e3);
    console.log(`${each.title.padEnd(44)} ${rate.toFixed(2).padStart(10)} ${each.unit}`);
    executable.dispose();
  }
}

/** Linear 72-256-512-256-6 in batches of 128: binary cross-entropy, Adam. */
async function trainingStep(backend: Backend): Promise<void> {
  const [rows, features, labels, batch] = [1024, 72, 6, 128];
  const values = new Float32Array(rows * features);
  random.fillNormal(values);
  const targets = Uint8Array.from({ length: rows * labels }, (_, i) => (values[(i % features) * 7] > 0 ? 1 : 0));
  const model = createModel("mlp", { features, labels, random: new Random(2) });
  const optimiser = adam(model.parameters);
  const step = trainingProgram({
    model,
    optimiser,
    table: table({ rows, columns: features, values }, { rows, columns: labels, values: targets }),
    batch,
    needs: ["rowLosses"],
    weighted: false,
  });
  const executable = await backend.compile({ step });
  let count = 0;
  const run = async (): Promise<number> => {
    const chosen = Float32Array.from({ length: batch }, () => random.integer(rows));
    return (await executable.run("step", { rows: chosen, ...optimiser.scalars(++count) })).loss[0];
  };
  const first = await run();
  for (let i = 0; i < 50; i++) await run();
  const later = await run();
  if (!(later < first)) throw new Error(`the loss went from ${first} to ${later} in 50 steps`);
  const milliseconds = await timed("training step", run);
  console.log(`training step, MLP 72-256-512-256-6, batch 128 ${milliseconds.toFixed(2).padStart(8)} ms`);
  executable.dispose();
}

const backend = await createBackend(process.argv[2] ?? "js");
console.log(`${backend.name}, Node ${process.version}`);
await kernelRates(backend);
await trainingStep(backend);
