/**
 * The nearest that brain.js 1.6 has: the same widths and the same 128 rows, but it learns from one row at a time (128 updates
 * instead of one), with squared errors, sigmoids in every layer and momentum. Its losses can't be those of the others, so its
 * outputs after some rows are held against the same rule written out here.
 */
import { createRequire } from "node:module";
import { readProblem, serve } from "./serve.mjs";

const require = createRequire(import.meta.url);
const brain = require("brain.js");
const problem = readProblem();
const { widths, batch } = problem;

const net = new brain.NeuralNetwork({ hiddenLayers: widths.slice(1, -1), activation: "sigmoid" });
net.sizes = widths;
net.initialize();
problem.layers.forEach(({ weight, bias }, i) => {
  net.biases[i + 1] = Float32Array.from(bias);
  net.weights[i + 1] = Array.from({ length: widths[i + 1] }, (_, node) =>
    Float32Array.from({ length: widths[i] }, (_, k) => weight[k * widths[i + 1] + node]),
  );
});

const rowsOf = (values, width) =>
  Array.from({ length: batch }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)));
const inputs = rowsOf(problem.features, widths[0]);
const outputs = rowsOf(problem.labels, widths.at(-1));
const data = inputs.map((input, i) => ({ input, output: outputs[i] }));

/** The output for row `shown` after learning from the first rows: momentum on weights only, as there. */
function byTheRule(learned, shown) {
  const [rate, momentum] = [0.3, 0.1];
  const weights = net.weights.map((layer) => layer?.map((row) => Float64Array.from(row)));
  const biases = net.biases.map((layer) => layer && Float64Array.from(layer));
  const changes = weights.map((layer) => layer?.map((row) => new Float64Array(row.length)));
  const forward = (input) => {
    const values = [Float64Array.from(input)];
    for (let layer = 1; layer < widths.length; layer++) {
      const before = values[layer - 1];
      values.push(
        Float64Array.from(weights[layer], (row, node) => {
          const sum = row.reduce((total, w, k) => total + w * before[k], biases[layer][node]);
          return 1 / (1 + Math.exp(-sum));
        }),
      );
    }
    return values;
  };
  for (let i = 0; i < learned; i++) {
    const values = forward(inputs[i]);
    let deltas = values.at(-1).map((o, node) => (outputs[i][node] - o) * o * (1 - o));
    for (let layer = widths.length - 1; layer > 0; layer--) {
      const before = values[layer - 1];
      const errors = new Float64Array(before.length);
      weights[layer].forEach((row, node) => {
        for (let k = 0; k < row.length; k++) errors[k] += deltas[node] * row[k];
      });
      weights[layer].forEach((row, node) => {
        for (let k = 0; k < row.length; k++) {
          changes[layer][node][k] = rate * deltas[node] * before[k] + momentum * changes[layer][node][k];
          row[k] += changes[layer][node][k];
        }
        biases[layer][node] += rate * deltas[node];
      });
      deltas = errors.map((error, k) => error * before[k] * (1 - before[k]));
    }
  }
  return forward(inputs[shown]).at(-1);
}

const learned = 3;
const expected = byTheRule(learned, learned);
for (let i = 0; i < learned; i++) net.trainPattern(data[i]);
const difference = Math.max(...net.runInput(inputs[learned]).map((value, k) => Math.abs(value - expected[k])));
if (!(difference < 1e-5)) throw new Error(`brain.js: outputs differ from its rule by ${difference}`);

const { version } = require("brain.js/package.json");
await serve({
  problem: { ...problem, steps: 0 },
  description: `brain.js ${version} js, 128 rows one by one`,
  checked: `outputs after ${learned} rows within ${difference.toExponential(0)} of its rule in float64`,
  step() {
    for (const each of data) net.trainPattern(each);
  },
});
