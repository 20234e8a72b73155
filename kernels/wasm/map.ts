/**
 * The elementwise family: a run of steps of one shape, done block by block so that what one step writes is still in the cache
 * when the next reads it. An operand of one number, row or column is read again and again instead of being spread out.
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
  memberArity,
  memberByRows,
  memberFirstOperand,
  memberOutput,
  memberScalar,
  rowOperand,
  scalarOperand,
  wholeOperand,
} from "./records";
import { loadPart, storePart } from "./vector";
import { min, word } from "./words";

/** Scratch, after the pairs: single numbers four times over, padded ends of operands and of the output. */
const foursAt = 64;
const paddedAt = 192;
/** Then, for matrices of few columns, rows and columns spread out over as many rows as fill a strip. */
const stripsAt = 512;
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
    const arity = word(member, memberArity);
    const operands = member + (memberFirstOperand << 2);
    const scalar = word(member, memberScalar);
    const output = <usize>word(member, memberOutput);
    if (word(member, memberByRows)) {
      const height = columns < fewColumns ? stripNumbers / columns : 1;
      for (let row = start; row < end; row += height) {
        const rows = min(height, end - row);
        readyOperands(operands, arity, row, rows, columns, scratch);
        mapSpan(scalar, arity, output + ((row * columns) << 2), rows * columns, scratch);
      }
    } else {
      readyOperands(operands, arity, start, 1, columns, scratch);
      mapSpan(scalar, arity, output + ((start * columns) << 2), (end - start) * columns, scratch);
    }
    member = operands + (arity << 3);
  }
}

/** Fours while they last; the rest in four places of their own, so that nothing beyond the arrays is touched. */
function mapSpan(scalar: i32, arity: i32, output: usize, count: i32, pairs: usize): void {
  const rest = count & 3;
  const whole = count - rest;
  if (whole > 0) span(scalar, output, whole, pairs);
  if (rest === 0) return;
  let padded = pairs + paddedAt;
  for (let pair = pairs; pair < pairs + (arity << 3); pair += 8) {
    if (load<usize>(pair, 4) === 0) continue;
    v128.store(padded, loadPart(load<usize>(pair) + (whole << 2), rest));
    store<usize>(pair, padded);
    padded += 16;
  }
  span(scalar, padded, 4, pairs);
  storePart(output + (whole << 2), v128.load(padded), rest);
}

/** Writes the (address, step) pairs of the operands for so many rows; single numbers become four equal ones behind the pairs. */
function readyOperands(operands: usize, arity: i32, row: i32, rows: i32, columns: i32, scratch: usize): void {
  let pair = scratch;
  let four = scratch + foursAt;
  let strip = scratch + stripsAt;
  for (let i = 0; i < arity; i++) {
    const address = load<usize>(operands);
    const kind = load<i32>(operands, 4);
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
    operands += 8;
    pair += 8;
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
function repeatNumbers(to: usize, from: usize, rows: i32, columns: i32): void {
  const bytes = <usize>(columns << 2);
  for (; rows > 0; rows--) {
    const x = v128.load_splat<f32>(from);
    for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, x);
    to += bytes;
    from += 4;
  }
}
