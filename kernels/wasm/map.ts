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
} from "./records";
import { loadPart, storePart } from "./vector";
import { min, word } from "./words";

/** Scratch, after the pairs: single numbers four times over, padded ends of operands and of the output. */
const foursAt = 64;
const paddedAt = 192;

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
      for (let row = start; row < end; row++) {
        readyOperands(operands, arity, row, columns, scratch);
        mapSpan(scalar, arity, output + ((row * columns) << 2), columns, scratch);
      }
    } else {
      readyOperands(operands, arity, start, columns, scratch);
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

/** Writes the (address, step) pairs of the operands from this row on; single numbers become four equal ones behind the pairs. */
function readyOperands(operands: usize, arity: i32, row: i32, columns: i32, scratch: usize): void {
  let pair = scratch;
  let four = scratch + foursAt;
  for (let i = 0; i < arity; i++) {
    const address = load<usize>(operands);
    const kind = load<i32>(operands, 4);
    if (kind === scalarOperand || kind === columnOperand) {
      const at = kind === scalarOperand ? address : address + (row << 2);
      v128.store(four, v128.load_splat<f32>(at));
      store<usize>(pair, four);
      store<usize>(pair, 0, 4);
      four += 16;
    } else {
      store<usize>(pair, kind === rowOperand ? address : address + ((row * columns) << 2));
      store<usize>(pair, 16, 4);
    }
    operands += 8;
    pair += 8;
  }
}
