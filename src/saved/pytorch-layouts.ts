/** How tensors of a PyTorch state dict hold the numbers of ours: for each of our entries, its place in theirs. */
import type { Shape } from "../engine/tensor.ts";

export interface Layout {
  /** Of their tensor, which holds tensors of ours of the given shapes. */
  shape(ours: readonly Shape[]): readonly number[];
  /** Where entry [row, column] of our tensor number `part` lies in theirs. */
  index(ours: readonly Shape[], part: number, row: number, column: number): number;
}

/** Rows of ours before a part. */
const before = (ours: readonly Shape[], part: number): number =>
  ours.slice(0, part).reduce((total, [rows]) => total + rows, 0);

/** `[outputs, inputs]`, the transpose of ours; ours may be the parts of a concatenated input. */
export const linear: Layout = {
  shape: (ours) => [ours[0][1], before(ours, ours.length)],
  index: (ours, part, row, column) => column * before(ours, ours.length) + before(ours, part) + row,
};

/** `[n]` for `[1, n]` or `[n, 1]`, or for several one after another. */
export const vector: Layout = {
  shape: (ours) => [ours.reduce((total, [rows, columns]) => total + rows * columns, 0)],
  index: (ours, part, row, column) => before(ours, part) * ours[0][1] + row * ours[0][1] + column,
};

/** The same, or several one below another. */
export const matrix: Layout = {
  shape: (ours) => [before(ours, ours.length), ours[0][1]],
  index: (ours, part, row, column) => (before(ours, part) + row) * ours[0][1] + column,
};

/** `[labels, 1, width]`: a grouped convolution with one output for each label. */
export const perLabel: Layout = {
  shape: ([[labels, width]]) => [labels, 1, width],
  index: matrix.index,
};

/** As another layout, with our columns, which are grouped by dimension, grouped by parameter there. */
export const byParameter = (dimensions: number, layout: Layout): Layout => ({
  shape: layout.shape,
  index(ours, part, row, column) {
    const outputs = ours[0][1] / dimensions;
    const [dimension, parameter] = [Math.floor(column / outputs), column % outputs];
    return layout.index(ours, part, row, parameter * dimensions + dimension);
  },
});
