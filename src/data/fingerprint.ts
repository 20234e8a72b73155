/**
 * Short names for the content of data, so that results of one data set are never taken for those of another, and rows
 * that a model has seen are known again.
 */
import type { Dataset, LabelMatrix, Matrix } from "./dataset.ts";

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

/** MurmurHash3's step for one 32-bit word (Appleby 2011, public domain). */
function mixed(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = state ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/**
 * A name for rows with their labels, in their order, however they are stored: zeros of a matrix don't count. Rows may
 * come in blocks.
 */
export class RowDigest {
  #a = 0x811c9dc5;
  #b = 0x9e3779b1;

  add(features: Matrix, labels: LabelMatrix): void {
    const bits = new Uint32Array(features.values.buffer, features.values.byteOffset, features.values.length);
    const { columns } = features;
    for (let row = 0; row < features.rows; row++) {
      const [from, to] =
        features.kind === "sparse"
          ? [features.offsets[row], features.offsets[row + 1]]
          : [row * columns, (row + 1) * columns];
      for (let e = from; e < to; e++) {
        if (features.values[e] !== 0) this.#word(features.kind === "sparse" ? features.indices[e] : e - from, bits[e]);
      }
      for (let j = 0; j < labels.columns; j++) if (labels.values[row * labels.columns + j] === 1) this.#word(~j, 1);
      this.#word(columns, labels.columns);
    }
  }

  #word(first: number, second: number): void {
    this.#a = mixed(mixed(this.#a, first), second);
    this.#b = mixed(mixed(this.#b, second), first);
  }

  /** 16 hexadecimal digits. */
  get digits(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/** Of all rows of the matrices. */
export function rowDigest(features: Matrix, labels: LabelMatrix): string {
  const digest = new RowDigest();
  digest.add(features, labels);
  return digest.digits;
}
