/** Forty rows of four labels, one of them rare, and what it takes to make and drive a sampler of them. */
import { evidenceOf } from "../../src/laws/trial.ts";
import { Random } from "../../src/random.ts";
import type { Sampler } from "../../src/samplers/sampler.ts";

export const rows = 40;
export const columns = 4;
const random = new Random(11);
// Label 3 is rare.
export const values = Uint8Array.from({ length: rows * columns }, (_, e) =>
  random.uniform() < (e % columns === 3 ? 0.25 : 0.6) ? 1 : 0,
);
export const labels = { rows, columns, values };
export const features = {
  kind: "dense" as const,
  rows,
  columns: 3,
  values: Float32Array.from({ length: rows * 3 }, () => random.uniform()),
};
export const request = () => ({ labels, features, batchSize: 8, random: new Random(5), epochs: 20 });

export function drive(sampler: Sampler, batches: number): number[][] {
  return Array.from({ length: batches }, (_, t) => {
    const batch = sampler.next();
    sampler.observe(batch, evidenceOf(t, batch.length, columns, false));
    return [...batch];
  });
}
