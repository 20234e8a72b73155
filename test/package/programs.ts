/** Programs of a dependent, each a test that the installed package can be used as its docs say. */

/** For the compiler alone: every entry, strictly. */
export const typed = `
import { configure, createBackend, createSampler, type Dataset, fromPytorch, type Model, prepare, readDataset, synthetic,
  toOnnx, toPytorch, train } from "hardbatch";
import { gradient, input, map, program, type Tensor } from "hardbatch/engine";
import { buildReport, type Cell, type Report } from "hardbatch/experiment";
import { lawNames, samplerLaws } from "hardbatch/laws";

export const loss: Tensor = map.square(input("x", [1, 1]));
export const slope: readonly Tensor[] = gradient(loss, []);
export const built = program({ loss });
export const report = (cells: readonly Cell[]): Report => buildReport(cells);
export const read = (bytes: Uint8Array<ArrayBuffer>): Promise<Dataset> =>
  readDataset(bytes, "a.arff.gz", { xml: "<labels/>" });
export async function run(model: Model): Promise<number> {
  const data = prepare(synthetic({ rows: 60 }), { seed: 1 });
  const sampler = (request: Parameters<typeof createSampler>[1]) => createSampler("uniform", request);
  const backend = await createBackend("js");
  for await (const event of train(configure(data, backend, { model, sampler, epochs: 1 }))) {
    if (event.kind === "end") return event.testScores.length;
  }
  return [fromPytorch, toOnnx, toPytorch, lawNames, samplerLaws].length;
}
`;

/** Reads every format, trains a model by a sampler of its own, and takes the weights to PyTorch's names and back. */
export const used = `
import { gzipSync } from "node:zlib";
import { configure, createBackend, createModel, createSampler, decodeSafetensors, encodeSafetensors, fromPytorch, prepare,
  Random, readDataset, synthetic, toPytorch, train } from "hardbatch";

const bytes = (text) => new TextEncoder().encode(text);
const arff = bytes("@relation r\\n@attribute x numeric\\n@attribute y {0,1}\\n@data\\n1,0\\n2,1\\n");
const xml = '<labels xmlns="http://mulan.sourceforge.net/labels"><label name="y"></label></labels>';
const read = [
  await readDataset(arff, "a.arff", { xml }),
  await readDataset(Uint8Array.from(gzipSync(arff)), "a.arff.gz", { labels: "1" }),
  await readDataset(bytes("x,y\\n1,0\\n2,1\\n"), "a.csv", { labels: "1" }),
  await readDataset(bytes("0 1:1\\n1 1:2\\n"), "a.svm", { labels: "2" }),
];

let requests = 0;
const sampler = (request) => {
  requests++;
  return createSampler("uniform", request);
};
const data = prepare(synthetic({ rows: 120 }), { seed: 1 });
let scores = 0;
for await (const event of train(configure(data, await createBackend("wasm"), { sampler, epochs: 2 }))) {
  if (event.kind === "end") scores = event.testScores.length;
}

const model = createModel("mlp", { features: 3, labels: 2, random: new Random(1) });
const values = Object.fromEntries([...model.parameters, ...model.buffers].map(({ name, initial }) => [name, initial]));
const file = encodeSafetensors(toPytorch(model, values), new Map());
const back = fromPytorch(model, decodeSafetensors(file, "m.safetensors").tensors, "m.safetensors");
const same = Object.entries(values).every(([name, own]) => own.every((value, i) => value === back[name][i]));
console.log(JSON.stringify({ rows: read.map(({ labels }) => labels.rows), requests, scores: scores > 0, same }));
`;
