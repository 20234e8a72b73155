/**
 * Moving whole rows: gather, repeat, tile, and the sums that are their adjoints; a run of rows, and its way back. A row
 * index that is no row of its matrix gives a row of NaN when reading, and NaN everywhere when writing.
 */
import {
  gatherOperation,
  repeatOperation,
  rowsChunkRows,
  rowsColumns,
  rowsIndices,
  rowsInput,
  rowsInputRows,
  rowsOperation,
  rowsOutput,
  rowsOutputRows,
  rowsTimes,
  scatterOperation,
  sliceOperation,
  sumRepeatedOperation,
  tileOperation,
} from "./records";
import { min, word } from "./words";

/** Output rows [chunk n, (chunk + 1) n). */
export function rowsChunk(record: usize, chunk: i32): void {
  const operation = word(record, rowsOperation);
  if (operation === scatterOperation) {
    scatter(record);
    return;
  }
  const size = word(record, rowsChunkRows);
  const start = chunk * size;
  const end = min(word(record, rowsOutputRows), start + size);
  if (operation <= tileOperation) spread(record, operation, start, end);
  else if (operation < sliceOperation) collect(record, operation, start, end);
  else if (operation === sliceOperation) sliceRows(record, start, end);
  else placeRows(record, start, end);
}

/** The whole number in 0..rows-1 that the value is, or -1. */
export function rowOf(value: f32, rows: i32): i32 {
  if (!(value >= 0.0 && value < <f32>rows)) return -1;
  const row = <i32>value;
  return <f32>row === value && row < rows ? row : -1;
}

/** Row i of the output is one row of the input. */
function spread(record: usize, operation: i32, start: i32, end: i32): void {
  const inputRows = word(record, rowsInputRows);
  const times = word(record, rowsTimes);
  const bytes = <usize>(word(record, rowsColumns) << 2);
  const input = <usize>word(record, rowsInput);
  const indices = <usize>word(record, rowsIndices);
  let to = <usize>word(record, rowsOutput) + start * bytes;
  for (let row = start; row < end; row++) {
    let source = 0;
    if (operation === gatherOperation) source = rowOf(load<f32>(indices + (row << 2)), inputRows);
    else source = operation === repeatOperation ? row / times : row % inputRows;
    if (source >= 0) copyRow(to, input + source * bytes, bytes);
    else fillWithNaN(to, bytes);
    to += bytes;
  }
}

/** Row i of the output is the sum of `times` rows of the input, added in their order. */
function collect(record: usize, operation: i32, start: i32, end: i32): void {
  const outputRows = word(record, rowsOutputRows);
  const times = word(record, rowsTimes);
  const bytes = <usize>(word(record, rowsColumns) << 2);
  const input = <usize>word(record, rowsInput);
  const repeated = operation === sumRepeatedOperation;
  let to = <usize>word(record, rowsOutput) + start * bytes;
  for (let row = start; row < end; row++) {
    let from = input + (repeated ? row * times : row) * bytes;
    const step = repeated ? bytes : outputRows * bytes;
    copyRow(to, from, bytes);
    for (let i = 1; i < times; i++) {
      from += step;
      addRow(to, from, bytes);
    }
    to += bytes;
  }
}

/** Row i of the output is row first + i of the input. */
function sliceRows(record: usize, start: i32, end: i32): void {
  const bytes = <usize>(word(record, rowsColumns) << 2);
  const from = <usize>word(record, rowsInput) + (word(record, rowsTimes) + start) * bytes;
  memory.copy(<usize>word(record, rowsOutput) + start * bytes, from, (end - start) * bytes);
}

/** Row first + i of the output is row i of the input, the others are zeros. */
function placeRows(record: usize, start: i32, end: i32): void {
  const bytes = <usize>(word(record, rowsColumns) << 2);
  const output = <usize>word(record, rowsOutput);
  const first = word(record, rowsTimes);
  memory.fill(output + start * bytes, 0, (end - start) * bytes);
  const from = start > first ? start : first;
  const to = min(end, first + word(record, rowsInputRows));
  if (from >= to) return;
  memory.copy(output + from * bytes, <usize>word(record, rowsInput) + (from - first) * bytes, (to - from) * bytes);
}

/** Row i of the input is added to row indices[i] of zeros; all is NaN where an index is no row. */
function scatter(record: usize): void {
  const inputRows = word(record, rowsInputRows);
  const outputRows = word(record, rowsOutputRows);
  const bytes = <usize>(word(record, rowsColumns) << 2);
  const output = <usize>word(record, rowsOutput);
  const indices = <usize>word(record, rowsIndices);
  let from = <usize>word(record, rowsInput);
  memory.fill(output, 0, outputRows * bytes);
  for (let row = 0; row < inputRows; row++) {
    const target = rowOf(load<f32>(indices + (row << 2)), outputRows);
    if (target < 0) {
      fillWithNaN(output, outputRows * bytes);
      return;
    }
    addRow(output + target * bytes, from, bytes);
    from += bytes;
  }
}

function copyRow(to: usize, from: usize, bytes: usize): void {
  const end = to + (bytes & ~15);
  for (; to < end; to += 16, from += 16) v128.store(to, v128.load(from));
  for (let rest = bytes & 15; rest > 0; rest -= 4, to += 4, from += 4) store<f32>(to, load<f32>(from));
}

function addRow(to: usize, from: usize, bytes: usize): void {
  const end = to + (bytes & ~15);
  for (; to < end; to += 16, from += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  for (let rest = bytes & 15; rest > 0; rest -= 4, to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}

export function fillWithNaN(to: usize, bytes: usize): void {
  for (const end = to + bytes; to < end; to += 4) store<f32>(to, <f32>NaN);
}
