/**
 * Matrix products in three forms: the right side packed into panels that fit the tiles, the left side packed a tile's
 * rows at a time, sums kept in registers over a block of the inner size and added into place.
 * Every output element is summed in one order, however the work is cut up, so threads never change a bit.
 */
import { narrow, row as rowOfTiles, tileRows } from "./generated/tiles";
import { packPanel, packTransposed } from "./pack";
import {
  matmulBandChunks,
  matmulBandRows,
  matmulBlockChunks,
  matmulChunkColumns,
  matmulChunkRows,
  matmulColumnBlock,
  matmulColumns,
  matmulDownChunks,
  matmulForm,
  matmulInner,
  matmulInnerBlock,
  matmulLeft,
  matmulLeftStride,
  matmulOutput,
  matmulOutputStride,
  matmulPackChunks,
  matmulPacked,
  matmulPackRows,
  matmulRight,
  matmulRightStride,
  matmulRows,
  transposeLeftForm,
  transposeRightForm,
} from "./records";
import { ceilingDivide, min, word } from "./words";

const panelColumns = 8;
/** Room for an edge tile, before the packed rows of the left side. */
const edgeBytes = 256;

/** Two phases a block of columns: packing its right side, multiplying by it. */
export function matmulPhases(record: usize): i32 {
  return 2 * ceilingDivide(word(record, matmulColumns), word(record, matmulColumnBlock));
}

export function matmulChunks(record: usize, phase: i32): i32 {
  return word(record, phase & 1 ? matmulBlockChunks : matmulPackChunks);
}

/**
 * Chunks follow each other as rows do in memory, so that a thread finds in its own cache what it wrote in the step
 * before. Only within a band blocks of columns come first, as their packed panels are read again for each row. Where
 * the last block of columns is narrower, some chunks have nothing to do.
 */
export function matmulChunk(record: usize, phase: i32, chunk: i32, scratch: usize): void {
  const block = phase >> 1;
  const first = block * word(record, matmulColumnBlock);
  const columns = min(word(record, matmulColumnBlock), word(record, matmulColumns) - first);
  if (phase & 1) multiply(record, first, columns, chunk, scratch);
  else pack(record, first, columns, chunk);
}

export function panelWidth(columns: i32): i32 {
  return columns <= 4 ? 4 : panelColumns;
}

/** Columns of a block once its last panel is 4 or 8 wide. */
function paddedColumns(columns: i32): i32 {
  return (columns + 3) & ~3;
}

/**
 * Packs some rows of the right side, as it lies in memory, of the block of columns that begins at `first`: panels
 * [inner, 8], one block of the inner size after another.
 */
function pack(record: usize, first: i32, columns: i32, chunk: i32): void {
  const transposed = word(record, matmulForm) === transposeRightForm;
  const inner = word(record, matmulInner);
  const start = chunk * word(record, matmulPackRows);
  const end = min(start + word(record, matmulPackRows), transposed ? columns : inner);
  const innerBlock = word(record, matmulInnerBlock);
  const packed = <usize>word(record, matmulPacked);
  const stride = <usize>word(record, matmulRightStride);
  const along = transposed ? 4 : stride;
  const across = transposed ? stride : 4;
  const right = <usize>word(record, matmulRight) + first * across;
  const padded = paddedColumns(columns);
  const innerEnd = transposed ? inner : end;
  const columnStart = transposed ? start : 0;
  const columnEnd = transposed ? end : columns;
  for (let k = transposed ? 0 : start; k < innerEnd; ) {
    const block = k - (k % innerBlock);
    const depth = min(innerBlock, inner - block);
    const count = min(innerEnd, block + depth) - k;
    for (let column = columnStart; column < columnEnd; column += panelColumns) {
      const width = min(panelColumns, columns - column);
      const wide = panelWidth(width);
      const to = packed + ((block * padded + column * depth + (k - block) * wide) << 2);
      const from = right + k * along + column * across;
      if (transposed) packTransposed(to, wide << 2, from, stride, count, width);
      else packPanel(to, from, stride, count, width, wide);
    }
    k += count;
  }
}

/** Multiplies a chunk of the block of columns that begins at `first`. */
function multiply(record: usize, first: i32, columns: i32, chunk: i32, scratch: usize): void {
  const bandChunks = word(record, matmulBandChunks);
  const downChunks = word(record, matmulDownChunks);
  const chunkRows = word(record, matmulChunkRows);
  const top = (chunk / bandChunks) * word(record, matmulBandRows);
  const fromTop = (chunk % downChunks) * chunkRows;
  let count = min(word(record, matmulBandRows), word(record, matmulRows) - top) - fromTop;
  const column = ((chunk % bandChunks) / downChunks) * word(record, matmulChunkColumns);
  const columnEnd = min(columns, column + word(record, matmulChunkColumns));
  // Less than a tile goes with the chunk before.
  if (column >= columnEnd || (fromTop > 0 && count < tileRows)) return;
  if (count - chunkRows >= tileRows) count = chunkRows;
  const row = top + fromTop;
  const inner = word(record, matmulInner);
  const innerBlock = word(record, matmulInnerBlock);
  const packed = <usize>word(record, matmulPacked);
  const output = <usize>word(record, matmulOutput);
  const outputStride = <usize>word(record, matmulOutputStride);
  const left = <usize>word(record, matmulLeft);
  const transposed = word(record, matmulForm) === transposeLeftForm;
  const padded = paddedColumns(columns);
  const edge = scratch;
  const packedLeft = scratch + edgeBytes;
  // A single panel goes along the left side only once: not worth packing where that is in order already.
  const inPlace = transposed && columnEnd - column <= panelColumns;
  for (let k = 0; k < inner; k += innerBlock) {
    const depth = min(innerBlock, inner - k);
    const panels = packed + ((k * padded) << 2);
    for (let r = row; r < row + count; ) {
      const rows = tileHeight(row + count - r);
      let from = packedLeft;
      let fromStep = <usize>(panelWidth(rows) << 2);
      if (inPlace) {
        fromStep = word(record, matmulLeftStride);
        from = left + k * fromStep + (r << 2);
      } else {
        packLeft(record, k, depth, r, rows, packedLeft);
      }
      const to = output + r * outputStride + ((first + column) << 2);
      const panel = panels + ((column * depth) << 2);
      panelProducts(rows, from, fromStep, panel, depth, to, outputStride, columnEnd - column, edge, k > 0);
      r += rows;
    }
  }
}

/**
 * A tile's rows, as they are packed, times packed panels of `columns` columns: written to, or added to, rows of the
 * output. The last panel goes by way of an edge tile where it is not whole.
 */
export function panelProducts(
  rows: i32,
  from: usize,
  fromStep: usize,
  panels: usize,
  depth: i32,
  to: usize,
  stride: usize,
  columns: i32,
  edge: usize,
  add: bool,
): void {
  const whole = columns >> 3;
  const rest = columns & 7;
  if (whole > 0) rowOfTiles(rows, from, fromStep, panels, depth, to, stride, whole, add);
  if (rest === 0) return;
  const last = panels + ((whole * 8 * depth) << 2);
  const lastTo = to + (whole << 5);
  if (rest === 4) {
    narrow(rows, from, fromStep, last, depth, lastTo, stride, add);
    return;
  }
  const width = panelWidth(rest);
  if (width === 4) narrow(rows, from, fromStep, last, depth, edge, 16, 0);
  else rowOfTiles(rows, from, fromStep, last, depth, edge, 32, 1, 0);
  copyEdge(lastTo, stride, edge, width << 2, rows, rest, add);
}

/** The highest tile while rows last; the last two in halves, so that none is left with a row or two. */
export function tileHeight(rest: i32): i32 {
  if (rest >= tileRows * 2 || rest <= tileRows) return min(rest, tileRows);
  return (rest + 1) >> 1;
}

/** Rows [row, row + rows) of the left side, columns [k, k + depth), as a panel [depth, 4 or 8]. */
function packLeft(record: usize, k: i32, depth: i32, row: i32, rows: i32, to: usize): void {
  const left = <usize>word(record, matmulLeft);
  const width = panelWidth(rows);
  const stride = <usize>word(record, matmulLeftStride);
  if (word(record, matmulForm) === transposeLeftForm) {
    packPanel(to, left + k * stride + (row << 2), stride, depth, rows, width);
  } else {
    packTransposed(to, width << 2, left + row * stride + (k << 2), stride, depth, rows);
  }
}

/** The columns of an edge tile that are part of the output. */
function copyEdge(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  rows: i32,
  columns: i32,
  add: bool,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns << 2; c += 4) {
      const value = load<f32>(from + c);
      store<f32>(to + c, add ? load<f32>(to + c) + value : value);
    }
    to += toStride;
    from += fromStride;
  }
}
