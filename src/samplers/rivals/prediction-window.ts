/**
 * The last five sigmoid outputs of each row and label, and the uncertainty u that two of the rivals compute from them.
 */

import { readInto } from "../frame/snapshot.ts";
import type { SamplerState } from "../sampler.ts";

/** Outputs that the window holds. */
const length = 5;

/** -p log2 p - (1 - p) log2 (1 - p), in bits; 0 at 0 and 1. */
export function binaryEntropy(p: number): number {
  if (p <= 0 || p >= 1) return 0;
  return -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}

/**
 * u_ij = (d + e) / 2, at most 1: e the entropy in bits of the newest output, d the mean |difference| of neighbouring
 * outputs in the window (0 while there is only one). Rows never seen have u = 0. Source: arXiv 2412.16521 and its
 * authors' code.
 */
export class PredictionWindow {
  /** `[rows, labels]` u, kept up to date. */
  readonly uncertainty: Float64Array;
  readonly #labels: number;
  readonly #outputs: Float32Array; // [rows, 5, labels], each row a ring
  readonly #counts: Uint32Array; // [rows] outputs seen; the newest is at (count - 1) mod 5

  constructor(rows: number, labels: number) {
    this.#labels = labels;
    this.uncertainty = new Float64Array(rows * labels);
    this.#outputs = new Float32Array(rows * length * labels);
    this.#counts = new Uint32Array(rows);
  }

  /** The newest output of a row and label, before the next `add`; undefined for a row never seen. */
  newest(row: number, label: number): number | undefined {
    const count = this.#counts[row];
    return count === 0 ? undefined : this.#outputs[this.#place(row, count - 1) + label];
  }

  /** Adds the outputs of one row, `scores[from]` to `scores[from + labels - 1]`. */
  add(row: number, scores: Float32Array, from: number): void {
    const labels = this.#labels;
    const outputs = this.#outputs;
    const count = this.#counts[row] + 1;
    this.#counts[row] = count;
    const newest = this.#place(row, count - 1);
    for (let j = 0; j < labels; j++) outputs[newest + j] = scores[from + j];
    const held = Math.min(count, length);
    for (let j = 0; j < labels; j++) {
      let change = 0;
      for (let visit = count - held + 1; visit < count; visit++) {
        const now = outputs[this.#place(row, visit) + j];
        change += Math.abs(now - outputs[this.#place(row, visit - 1) + j]);
      }
      const d = held > 1 ? change / (held - 1) : 0;
      const e = binaryEntropy(scores[from + j]);
      this.uncertainty[row * labels + j] = Math.min(1, (d + e) / 2);
    }
  }

  #place(row: number, visit: number): number {
    return (row * length + (visit % length)) * this.#labels;
  }

  state(): SamplerState {
    return { uncertainty: this.uncertainty.slice(), outputs: this.#outputs.slice(), counts: this.#counts.slice() };
  }

  restore(state: SamplerState): void {
    readInto(state, "uncertainty", this.uncertainty, 0, 1);
    readInto(state, "outputs", this.#outputs, 0, 1);
    readInto(state, "counts", this.#counts, 0, 2 ** 32 - 1);
  }
}
