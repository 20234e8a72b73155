/** How tensors of a PyTorch state dict hold the numbers of ours: for each of our entries, its place in theirs. */
import type { Shape } from "../tensor.ts";

export interface Layout {
  /** Of their tensor, which holds tensors of ours of the given shapes. */
  shape(ours: readonly Shape[]): readonly number[];
  /** Where entry [row, column] of our tensor number `part` lies in theirs. */
  index(ours: readonly Shape[], part: number, row: number, column: number): number;
}

const before = (ours: readonly Shape[], part: number, axis: 0 | 1): number =>
  ours.slice(0, part).reduce((total, shape) => total + shape[axis], 0);

/** `[outputs, inputs]`, the transpose of ours; ours may be the parts of a concatenated input. */
export const linear: Layout = {
  shape: (ours) => [ours[0][1], before(ours, ours.length, 0)],
  index: (ours, part, row, column) => column * before(ours, ours.length, 0) + before(ours, part, 0) + row,
};

/** As `linear`, where ours are the parts of the output. */
export const linearOutputs: Layout = {
  shape: (ours) => [before(ours, ours.length, 1), ours[0][0]],
  index: (ours, part, row, column) => (before(ours, part, 1) + column) * ours[0][0] + row,
};

/** `[n]` for `[1, n]`, or for several one after another. */
export const vector: Layout = {
  shape: (ours) => [before(ours, ours.length, 1)],
  index: (ours, part, _row, column) => before(ours, part, 1) + column,
};

/** The same. */
export const matrix: Layout = {
  shape: ([ours]) => ours,
  index: ([[, columns]], _part, row, column) => row * columns + column,
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
