/** A short name for the content of a data set, so that results of one are never taken for those of another. */
import type { Dataset } from "./dataset.ts";

/**
 * 16 hexadecimal digits that depend on every feature value and label, and on the split that comes with the data: two
 * 32-bit FNV-1a sums over the words of the arrays.
 */
export function fingerprint({ features, labels, split }: Dataset): string {
  const bytes = [
    features.values,
    labels.values,
    ...(features.kind === "sparse" ? [features.indices, features.offsets] : []),
    ...(split ? split.tests.flatMap((test) => [test, Int32Array.of(-1)]) : []),
  ].map((values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  let [a, b] = [0x811c9dc5, features.columns ^ Math.imul(labels.columns, 0x9e3779b1)];
  for (const part of bytes) {
    for (let i = 0; i < part.length; i++) {
      a = Math.imul(a ^ part[i], 0x01000193);
      b = Math.imul(b ^ part[i] ^ (i & 0xff), 0x01000193) + 1;
    }
  }
  return [a, b].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
