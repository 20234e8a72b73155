/** What the encoder is told of a fusion; fusions.mjs lists them and says what they are. */

export interface Fusion {
  readonly name: string;
  /** In their order; operands and outputs by names that stand for one value throughout. */
  readonly steps: readonly {
    readonly op: string;
    readonly operands: readonly string[];
    readonly output: string;
  }[];
  readonly singles: readonly string[];
}
