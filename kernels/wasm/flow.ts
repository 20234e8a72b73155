/**
 * Sigmoidal flows and their gradient, a block of rows at a time: the units' parameters of a block are made from its
 * rows, used and forgotten, so that nothing of [rows, units] ever is in memory. The gradient makes them again.
 * Sums over rows run segment by segment; segments are cut by the number of rows alone, so threads never change a bit.
 */

import { flowUnits, flowUnitsGradient } from "./flow-units";
import { panelProducts, panelWidth, tileHeight } from "./matmul";
import { packPanel, packTransposed } from "./pack";
import {
  controlEnd,
  flowBlockRows,
  flowFirstWeight,
  flowGradientOperation,
  flowOperation,
  flowOutput,
  flowOutputAdjoint,
  flowOutputs,
  flowParameters,
  flowRows,
  flowSegmentRows,
  flowSegments,
  flowSums,
  flowUnitCount,
  flowWork,
  flowWorkBytes,
  flowX,
  threadBytes,
} from "./records";
import { min, word } from "./words";

/** Numbers of a block: x, the adjoints of its two results, and its results or the adjoint of x. */
const columnsOfBlock = 5;

/** A record's second phase adds the segments' sums up. */
export function flowPhases(record: usize): i32 {
  return word(record, flowOperation) === flowGradientOperation ? 2 : 1;
}

export function flowChunks(record: usize, phase: i32): i32 {
  return phase === 0 ? word(record, flowSegments) : 1;
}

export function flowChunk(record: usize, phase: i32, chunk: i32, scratch: usize): void {
  if (phase > 0) {
    addSegments(record);
    return;
  }
  const thread = (scratch - controlEnd) / threadBytes;
  const work = <usize>word(record, flowWork) + thread * word(record, flowWorkBytes);
  const size = word(record, flowSegmentRows);
  segment(record, chunk, chunk * size, min(word(record, flowRows), (chunk + 1) * size), work, scratch);
}

/** Bytes of so many numbers, up to a whole vector. */
function room(numbers: i32): usize {
  return <usize>(((numbers + 3) & ~3) << 2);
}

function segment(record: usize, number: i32, start: i32, end: i32, work: usize, edge: usize): void {
  const outputs = word(record, flowOutputs);
  const units = word(record, flowUnitCount);
  const isGradient = word(record, flowOperation) === flowGradientOperation;
  const all = 3 * units;
  const rowBytes = <usize>(outputs << 2);
  const blockBytes = <usize>(flowBlockRows << 2);
  // What the units' weights are: as they lie, as left sides of tiles, and as panels.
  const weights = work;
  const biases = weights + room(all * outputs);
  const lefts = biases + room(all);
  const panels = lefts + room(8 * outputs * units);
  // Of a block: its rows in two orders, its units, a tile's rows, and what flow-units.ts keeps.
  const transposed = panels + room(all * (outputs + 3));
  const rowPanels = transposed + room(flowBlockRows * outputs);
  const made = rowPanels + room(flowBlockRows * (outputs + 3));
  const packed = made + room(flowBlockRows * all);
  const vectors = packed + room(flowBlockRows * 8);
  const columns = vectors + room(28 * units + 20);
  readyWeights(record, units, outputs, weights, biases);
  packLefts(weights, all, outputs, lefts);
  if (isGradient) packColumns(panels, weights, rowBytes, all, outputs);
  const sums = <usize>word(record, flowSums) + number * room(all * (outputs + 1));
  if (isGradient) memory.fill(sums, 0, room(all * (outputs + 1)));
  for (let row = start; row < end; row += flowBlockRows) {
    const count = min(flowBlockRows, end - row);
    const from = <usize>word(record, flowParameters) + row * rowBytes;
    readyColumns(record, row, count, columns);
    for (let column = 0; column < count; column += 8) {
      packTransposed(
        transposed + ((column * outputs) << 2),
        32,
        from + column * rowBytes,
        rowBytes,
        outputs,
        min(8, count - column),
      );
    }
    unitsOf(lefts, transposed, all, outputs, made, (count + 7) & ~7);
    if (!isGradient) {
      for (let at: usize = 0; at < <usize>(count << 2); at += 16) {
        flowUnits(made + at, blockBytes, units, biases, columns + at, vectors);
      }
      writeColumn(record, 0, row, columns + 3 * blockBytes, count);
      writeColumn(record, 1, row, columns + 4 * blockBytes, count);
      continue;
    }
    for (let at: usize = 0; at < <usize>(count << 2); at += 16) {
      flowUnitsGradient(made + at, blockBytes, units, biases, columns + at, vectors);
    }
    const output = <usize>word(record, flowOutput);
    memory.copy(output + ((word(record, flowRows) * outputs + row) << 2), columns + 3 * blockBytes, count << 2);
    for (let r = 0; r < count; ) {
      const rows = tileHeight(count - r);
      const to = output + (row + r) * rowBytes;
      panelProducts(rows, made + (r << 2), blockBytes, panels, all, to, rowBytes, outputs, edge, false);
      r += rows;
    }
    const depth = (count + 3) & ~3;
    packRows(rowPanels, from, rowBytes, count, depth, outputs);
    for (let unit = 0; unit < all; ) {
      const rows = tileHeight(all - unit);
      const step = <usize>(panelWidth(rows) << 2);
      packTransposed(packed, step, made + unit * blockBytes, blockBytes, depth, rows);
      panelProducts(rows, packed, step, rowPanels, depth, sums + unit * rowBytes, rowBytes, outputs, edge, true);
      unit += rows;
    }
    addBiases(sums + all * rowBytes, made, all, depth);
  }
}

/** The three layers' weights one behind the other, and their biases. */
function readyWeights(record: usize, units: i32, outputs: i32, weights: usize, biases: usize): void {
  for (let layer = 0; layer < 3; layer++) {
    const weight = <usize>word(record, flowFirstWeight + 2 * layer);
    const bias = <usize>word(record, flowFirstWeight + 2 * layer + 1);
    memory.copy(weights + ((layer * units * outputs) << 2), weight, (units * outputs) << 2);
    memory.copy(biases + ((layer * units) << 2), bias, units << 2);
  }
}

function packLefts(weights: usize, all: i32, outputs: i32, to: usize): void {
  for (let unit = 0; unit < all; ) {
    const rows = tileHeight(all - unit);
    const step = <usize>(panelWidth(rows) << 2);
    packTransposed(to, step, weights + ((unit * outputs) << 2), outputs << 2, outputs, rows);
    to += outputs * step;
    unit += rows;
  }
}

/** Panels of eight (the last maybe four) of `columns` columns, `inner` rows deep. */
function packColumns(to: usize, from: usize, stride: usize, inner: i32, columns: i32): void {
  for (let column = 0; column < columns; column += 8) {
    const count = min(8, columns - column);
    packPanel(to + ((column * inner) << 2), from + (column << 2), stride, inner, count, panelWidth(count));
  }
}

/** Likewise of the block's rows, with zeros for those up to `depth` that it lacks. */
function packRows(to: usize, from: usize, stride: usize, count: i32, depth: i32, columns: i32): void {
  for (let column = 0; column < columns; column += 8) {
    const part = min(8, columns - column);
    const width = panelWidth(part);
    const panel = to + ((column * depth) << 2);
    packPanel(panel, from + (column << 2), stride, count, part, width);
    memory.fill(panel + ((count * width) << 2), 0, ((depth - count) * width) << 2);
  }
}

/** x and, of a gradient, the two adjoints of the block's rows; those that it lacks are 0. */
function readyColumns(record: usize, row: i32, count: i32, columns: usize): void {
  const bytes = <usize>(count << 2);
  memory.fill(columns, 0, (columnsOfBlock * flowBlockRows) << 2);
  memory.copy(columns, <usize>word(record, flowX) + (row << 2), bytes);
  if (word(record, flowOperation) !== flowGradientOperation) return;
  const adjoint = <usize>word(record, flowOutputAdjoint) + (row << 2);
  memory.copy(columns + (flowBlockRows << 2), adjoint, bytes);
  memory.copy(columns + ((2 * flowBlockRows) << 2), adjoint + (word(record, flowRows) << 2), bytes);
}

/** The units' parameters of the block but for their biases: [3 units, block rows]. */
function unitsOf(lefts: usize, transposed: usize, all: i32, outputs: i32, to: usize, columns: i32): void {
  const stride = <usize>(flowBlockRows << 2);
  for (let unit = 0; unit < all; ) {
    const rows = tileHeight(all - unit);
    const step = <usize>(panelWidth(rows) << 2);
    panelProducts(rows, lefts, step, transposed, outputs, to + unit * stride, stride, columns, 0, false);
    lefts += outputs * step;
    unit += rows;
  }
}

function writeColumn(record: usize, number: i32, row: i32, from: usize, count: i32): void {
  const to = <usize>word(record, flowOutput) + ((number * word(record, flowRows) + row) << 2);
  memory.copy(to, from, count << 2);
}

/** Sums of the block's rows of each unit, added to those of its segment. */
function addBiases(sums: usize, made: usize, all: i32, depth: i32): void {
  for (let unit = 0; unit < all; unit++) {
    let sum = f32x4.splat(0.0);
    const row = made + ((unit * flowBlockRows) << 2);
    for (let at: usize = 0; at < <usize>(depth << 2); at += 16) sum = f32x4.add(sum, v128.load(row + at));
    const low = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
    const high = f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
    store<f32>(sums + (unit << 2), load<f32>(sums + (unit << 2)) + (low + high));
  }
}

/**
 * The segments' sums in their order, in double precision, behind the rest of the output: each layer's weights and
 * biases.
 */
function addSegments(record: usize): void {
  const outputs = word(record, flowOutputs);
  const units = word(record, flowUnitCount);
  const segments = word(record, flowSegments);
  const stride = room(3 * units * (outputs + 1));
  const sums = <usize>word(record, flowSums);
  const weights = units * outputs;
  let to = <usize>word(record, flowOutput) + ((word(record, flowRows) * (outputs + 1)) << 2);
  for (let layer = 0; layer < 3; layer++) {
    addSegmentsOf(sums + ((layer * weights) << 2), stride, segments, to, weights);
    to += weights << 2;
    addSegmentsOf(sums + ((3 * weights + layer * units) << 2), stride, segments, to, units);
    to += units << 2;
  }
}

function addSegmentsOf(from: usize, stride: usize, segments: i32, to: usize, numbers: i32): void {
  for (const end = to + (numbers << 2); to < end; to += 4) {
    let sum: f64 = 0.0;
    for (let s = 0; s < segments; s++) sum += <f64>load<f32>(from + s * stride);
    store<f32>(to, <f32>sum);
    from += 4;
  }
}
