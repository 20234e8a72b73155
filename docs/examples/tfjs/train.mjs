/**
 * Trains a small network of TensorFlow.js on batches that hardbatch chooses: node train.mjs [FILE.arff FILE.xml], by
 * default on synthetic data. The sampler lives in the same process: `next` says the rows, `observe` is told their losses.
 */
import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import { createSampler, prepare, Random, readDataset, selectRows, synthetic } from "hardbatch";

const epochs = 8;

/** The training fold: features scaled to [0, 1], labels of 0 and 1. */
async function trainingFold([file, xml]) {
  const dataset =
    file === undefined
      ? synthetic({ rows: 600 })
      : await readDataset(new Uint8Array(await readFile(file)), file, { xml: await readFile(xml, "utf8") });
  const { features, labels, rows } = prepare(dataset, { seed: 1 });
  if (features.kind !== "dense") throw new Error("this example takes dense data");
  return { features: selectRows(features, rows.training), labels: selectRows(labels, rows.training) };
}

const dense = (inputs, outputs, seed) => ({
  weight: tf.variable(tf.randomNormal([inputs, outputs], 0, Math.sqrt(2 / inputs), "float32", seed)),
  bias: tf.variable(tf.zeros([outputs])),
});

/** Mean cross-entropy of each row, from logits. */
const rowLosses = (logits, targets) =>
  tf
    .relu(logits)
    .sub(logits.mul(targets))
    .add(tf.log1p(tf.exp(tf.neg(tf.abs(logits)))))
    .mean(1);

const { features, labels } = await trainingFold(process.argv.slice(2));
const x = tf.tensor2d(features.values, [features.rows, features.columns]);
const y = tf.tensor2d(Float32Array.from(labels.values), [labels.rows, labels.columns]);
const [hidden, output] = [dense(features.columns, 32, 1), dense(32, labels.columns, 2)];
const logitsOf = (rows) =>
  tf.leakyRelu(rows.matMul(hidden.weight).add(hidden.bias), 0.1).matMul(output.weight).add(output.bias);
const optimiser = tf.train.adam(0.01);
const options = { pressure: 4, warmUp: 2 };
const sampler = createSampler("adaptive", { labels, features, batchSize: 64, epochs, random: new Random(1), options });

for (let epoch = 0; epoch < epochs; epoch++) {
  for (let batch = 0; batch < sampler.batchesPerEpoch; batch++) {
    const rows = sampler.next();
    let losses;
    tf.tidy(() => {
      const index = tf.tensor1d(rows, "int32");
      optimiser.minimize(() => {
        losses = tf.keep(rowLosses(logitsOf(tf.gather(x, index)), tf.gather(y, index)));
        return losses.mean();
      });
    });
    sampler.observe(rows, { rowLosses: Float32Array.from(await losses.data()) });
    losses.dispose();
  }
  const loss = tf.tidy(() => rowLosses(logitsOf(x), y).mean().dataSync()[0]);
  const largest = Math.max(...sampler.probabilities()) * labels.rows;
  console.log(`epoch ${epoch}: loss over all rows ${loss.toFixed(4)}, largest n p ${largest.toFixed(2)}`);
}
