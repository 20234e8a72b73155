/** The step in TensorFlow.js on its wasm backend, with its own Adam. */
import * as tf from "@tensorflow/tfjs";
import { getThreadsCount, setThreadsCount, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { readProblem, serve } from "./serve.mjs";

const problem = readProblem();
const { widths, batch, slope } = problem;
setThreadsCount(problem.threads);
if (!(await tf.setBackend("wasm"))) throw new Error("tfjs: no wasm backend here");
await tf.ready();
const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
const threads = (await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT")) ? getThreadsCount() : 1;

const layers = problem.layers.map(({ weight, bias }, i) => ({
  weight: tf.variable(tf.tensor2d(weight, [widths[i], widths[i + 1]])),
  bias: tf.variable(tf.tensor1d(bias)),
}));
const x = tf.tensor2d(problem.features, [batch, widths[0]]);
const y = tf.tensor2d(problem.labels, [batch, widths.at(-1)]);
const optimiser = tf.train.adam(problem.rate, 0.9, 0.999, 1e-8);

function lossOf() {
  let h = x;
  layers.forEach(({ weight, bias }, i) => {
    h = tf.add(tf.matMul(h, weight), bias);
    if (i < layers.length - 1) h = tf.leakyRelu(h, slope);
  });
  return tf.losses.sigmoidCrossEntropy(y, h);
}

await serve({
  problem,
  description: `tfjs ${version_wasm} ${tf.getBackend()}${simd ? " simd" : ""}, ${threads} thread${threads === 1 ? "" : "s"}`,
  async step() {
    const loss = optimiser.minimize(lossOf, true);
    const [value] = await loss.data();
    loss.dispose();
    return value;
  },
});
