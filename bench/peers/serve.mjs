/**
 * What every peer does for `bench/peers.ts`: read the problem, make some steps and say their losses, then make as many steps
 * as each line of the input says and answer with the milliseconds of wall and of processor time that they took.
 */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";

const floats = (base64) => {
  const bytes = Buffer.from(base64, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};

/** Widths, data and weights: `layers[i].weight` is [inputs, outputs], row-major. */
export function readProblem() {
  const problem = JSON.parse(readFileSync(process.argv[2], "utf8"));
  return {
    ...problem,
    threads: Number(process.argv[3]),
    features: floats(problem.features),
    labels: floats(problem.labels),
    layers: problem.layers.map(({ weight, bias }) => ({ weight: floats(weight), bias: floats(bias) })),
  };
}

/** @param step one training step, from its number (counted from 1) to its loss before the update */
export async function serve({ description, step, checked, problem }) {
  let count = 0;
  const losses = [];
  for (let i = 0; i < problem.steps; i++) losses.push(await step(++count));
  console.log(JSON.stringify({ description, losses, ...(checked && { checked }) }));
  for await (const line of createInterface({ input: process.stdin })) {
    const steps = Number(line);
    const before = process.cpuUsage();
    const start = performance.now();
    for (let i = 0; i < steps; i++) await step(++count);
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    console.log(`${wall} ${(user + system) / 1000}`);
  }
  process.exit(0);
}
