/**
 * What the JavaScript kernels share: arrays with their shape, and the form of a kernel. Each is made once for given
 * arrays and then called without arguments; float width is that of the arrays.
 */

export type Floats = Float32Array | Float64Array;

/** A row-major matrix in memory. */
export interface Block {
  readonly values: Floats;
  readonly rows: number;
  readonly columns: number;
  /**
   * Of compressed rows, whose `values` are the stored entries: `[rows + 1]` where each row begins, and the column of
   * each entry.
   */
  readonly compressed?: { readonly offsets: Uint32Array; readonly indices: Uint32Array };
}

/** One kernel call, made ready. `attributes` are the op's numbers (an axis, a count). */
export type MakeKernel = (
  op: string,
  inputs: readonly Block[],
  output: Block,
  attributes: Readonly<Record<string, number>>,
) => () => void;
