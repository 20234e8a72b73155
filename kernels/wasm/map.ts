/**
 * The elementwise family: a run of steps of one shape, done block by block so that what one step writes is still in the
 * cache when the next reads it. An operand of one number, row or column is read again and again instead of being spread
 * out.
 */
import { span } from "./generated/spans";
import {
  columnOperand,
  mapBlockRows,
  mapChunkRows,
  mapColumns,
  mapFirstMember,
  mapMembers,
  mapRows,
  memberByRows,
  memberEntries,
  memberFirstEntry,
  memberLoop,
  memberOutputs,
  rowOperand,
  scalarOperand,
  wholeOperand,
} from "./records";
import { loadPart, storePart } from "./vector";
import { min, word } from "./words";

/** Scratch, after the list of pairs: single numbers four times over, the padded ends of operands and outputs. */
const foursAt = 128;
const paddedAt = 384;
/** Then, for matrices of few columns, rows and columns spread out over as many rows as fill a strip. */
const stripsAt = 640;
const stripNumbers = 256;
const stripBytes = (stripNumbers + 4) << 2;
const fewColumns = 64;

/** Rows [chunk n, (chunk + 1) n) of every member. */
export function mapChunk(record: usize, chunk: i32, scratch: usize): void {
  const chunkRows = word(record, mapChunkRows);
  const blockRows = word(record, mapBlockRows);
  const end = min(word(record, mapRows), (chunk + 1) * chunkRows);
  for (let row = chunk * chunkRows; row < end; row += blockRows) {
    mapBlock(record, row, min(end, row + blockRows), scratch);
  }
}

function mapBlock(record: usize, start: i32, end: i32, scratch: usize): void {
  const columns = word(record, mapColumns);
  let member = record + (mapFirstMember << 2);
  for (let m = word(record, mapMembers); m > 0; m--) {
    const few = columns < fewColumns ? stripNumbers / columns : 1;
    const height = word(member, memberByRows) ? few : end - start;
    for (let row = start; row < end; row += height) {
      const rows = min(height, end - row);
      readyList(member, row, rows, columns, scratch);
      mapSpan(member, rows * columns, scratch);
    }
    member += (memberFirstEntry << 2) + (word(member, memberEntries) << 3);
  }
}

/** Fours while they last; the rest in four places of their own, so that nothing beyond the arrays is touched. */
function mapSpan(member: usize, count: i32, list: usize): void {
  const loop = word(member, memberLoop);
  const rest = count & 3;
  const whole = count - rest;
  if (whole > 0) span(loop, whole, list);
  if (rest === 0) return;
  const entries = list + (word(member, memberEntries) << 3);
  const firstOutput = entries - (word(member, memberOutputs) << 3);
  let padded = list + paddedAt;
  for (let pair = list; pair < entries; pair += 8) {
    if (load<usize>(pair, 4) === 0) continue;
    const end = load<usize>(pair) + (whole << 2);
    if (pair < firstOutput) v128.store(padded, loadPart(end, rest));
    // The step is not needed any more where an output is to go.
    else store<usize>(pair, end, 4);
    store<usize>(pair, padded);
    padded += 16;
  }
  span(loop, 4, list);
  for (let pair = firstOutput; pair < entries; pair += 8) {
    storePart(load<usize>(pair, 4), v128.load(load<usize>(pair)), rest);
  }
}

/** Writes the (address, step) pairs for so many rows; single numbers become four equal ones behind the pairs. */
function readyList(member: usize, row: i32, rows: i32, columns: i32, scratch: usize): void {
  let entry = member + (memberFirstEntry << 2);
  let four = scratch + foursAt;
  let strip = scratch + stripsAt;
  const end = scratch + (word(member, memberEntries) << 3);
  for (let pair = scratch; pair < end; pair += 8) {
    const address = load<usize>(entry);
    const kind = load<i32>(entry, 4);
    const fromRow = address + (row << 2);
    let at = address;
    let step = 16;
    if (kind === wholeOperand) {
      at = address + ((row * columns) << 2);
    } else if (kind === scalarOperand || (kind === columnOperand && rows === 1)) {
      v128.store(four, v128.load_splat<f32>(kind === scalarOperand ? address : fromRow));
      at = four;
      step = 0;
      four += 16;
    } else if (rows > 1) {
      if (kind === rowOperand) repeatRow(strip, address, rows, columns);
      else repeatNumbers(strip, fromRow, rows, columns);
      at = strip;
      strip += stripBytes;
    }
    store<usize>(pair, at);
    store<usize>(pair, step, 4);
    entry += 8;
  }
}

/** The row again and again; each copy may run up to three numbers into the next one's place. */
function repeatRow(to: usize, from: usize, rows: i32, columns: i32): void {
  const rest = columns & 3;
  const whole = (columns - rest) << 2;
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < <usize>whole; at += 16) v128.store(to + at, v128.load(from + at));
    if (rest > 0) v128.store(to + whole, loadPart(from + whole, rest));
    to += columns << 2;
  }
}

/** Each number as a row of its own, likewise. */
export function repeatNumbers(to: usize, from: usize, rows: i32, columns: i32): void {
  const bytes = <usize>(columns << 2);
  for (; rows > 0; rows--) {
    const x = v128.load_splat<f32>(from);
    for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, x);
    to += bytes;
    from += 4;
  }
}
