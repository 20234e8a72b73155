/**
 * Sums over labels of what a likelihood comes to, and their adjoint, a block of rows at a time: logarithms and
 * exponentials of a block are made, summed up and forgotten. A row is one draw of one instance; blocks lie within a
 * draw, as the labels begin anew with each. Numbers are those of the ops that it stands for, to the bit.
 */
import { repeatNumbers } from "./map";
import {
  controlEnd,
  likelihoodAdjoint,
  likelihoodBatch,
  likelihoodBlockRows,
  likelihoodChunkRows,
  likelihoodColumns,
  likelihoodGradientOperation,
  likelihoodInput,
  likelihoodLabels,
  likelihoodOperation,
  likelihoodOutput,
  likelihoodRows,
  likelihoodWork,
  likelihoodWorkBytes,
  threadBytes,
} from "./records";
import { sumRow } from "./reduce";
import { exp, loadPart, log, storePart } from "./vector";
import { min, word } from "./words";

const one = memory.data<f32>([1.0]);
const minusFactor = memory.data<f32>([-5.0]);

/** Rows [chunk n, (chunk + 1) n). */
export function likelihoodChunk(record: usize, chunk: i32, scratch: usize): void {
  const thread = (scratch - controlEnd) / threadBytes;
  const bytes = <usize>word(record, likelihoodWorkBytes);
  const work = <usize>word(record, likelihoodWork) + 3 * thread * bytes;
  const batch = word(record, likelihoodBatch);
  const blockRows = word(record, likelihoodBlockRows);
  const size = word(record, likelihoodChunkRows);
  const end = min(word(record, likelihoodRows), (chunk + 1) * size);
  for (let row = chunk * size; row < end; ) {
    const instance = row % batch;
    const rows = min(min(blockRows, end - row), batch - instance);
    if (word(record, likelihoodOperation) === likelihoodGradientOperation) {
      adjointsOfRows(record, row, instance, rows, work, bytes);
    } else {
      sumsOfRows(record, row, instance, rows, work, bytes);
    }
    row += rows;
  }
}

function sumsOfRows(record: usize, row: i32, instance: i32, rows: i32, work: usize, bytes: usize): void {
  const columns = word(record, likelihoodColumns);
  const from = <usize>word(record, likelihoodInput) + ((row * columns) << 2);
  const labels = <usize>word(record, likelihoodLabels) + ((instance * columns) << 2);
  likelihoodTerms(from, labels, rows * columns, work, bytes);
  let to = <usize>word(record, likelihoodOutput) + (row << 2);
  for (let kind = 0; kind < 3; kind++) {
    for (let r = 0; r < rows; r++) store<f32>(to + (r << 2), sumRow(work + ((r * columns) << 2), columns));
    work += bytes;
    to += word(record, likelihoodRows) << 2;
  }
}

function adjointsOfRows(record: usize, row: i32, instance: i32, rows: i32, work: usize, bytes: usize): void {
  const columns = word(record, likelihoodColumns);
  const from = <usize>word(record, likelihoodInput) + ((row * columns) << 2);
  const labels = <usize>word(record, likelihoodLabels) + ((instance * columns) << 2);
  const to = <usize>word(record, likelihoodOutput) + ((row * columns) << 2);
  let adjoint = <usize>word(record, likelihoodAdjoint) + (row << 2);
  for (let kind: usize = 0; kind < 3; kind++) {
    repeatNumbers(work + kind * bytes, adjoint, rows, columns);
    adjoint += word(record, likelihoodRows) << 2;
  }
  likelihoodAdjoints(from, labels, rows * columns, work, bytes, to);
}

/** ln r to `work`, and behind it, `bytes` apart, e^(-5 r) where labels are 1 and where they are 0. */
export function likelihoodTerms(from: usize, labels: usize, count: i32, work: usize, bytes: usize): void {
  const rest = count & 3;
  for (const end = from + ((count - rest) << 2); from < end; from += 16) {
    storeTerms(v128.load(from), v128.load(labels), work, bytes);
    labels += 16;
    work += 16;
  }
  // Places for whole vectors are there.
  if (rest > 0) storeTerms(loadPart(from, rest), loadPart(labels, rest), work, bytes);
}

function storeTerms(r: v128, y: v128, work: usize, bytes: usize): void {
  const fault = exp(f32x4.mul(v128.load_splat<f32>(minusFactor), r));
  v128.store(work, log(r));
  v128.store(work + bytes, f32x4.mul(fault, y));
  v128.store(work + 2 * bytes, f32x4.mul(fault, f32x4.sub(v128.load_splat<f32>(one), y)));
}

/** From the adjoints of a row's three sums, repeated for its labels, to those of its likelihoods. */
export function likelihoodAdjoints(from: usize, labels: usize, count: i32, work: usize, bytes: usize, to: usize): void {
  const rest = count & 3;
  for (const end = from + ((count - rest) << 2); from < end; from += 16) {
    v128.store(to, adjointOf(v128.load(from), v128.load(labels), work, bytes));
    labels += 16;
    work += 16;
    to += 16;
  }
  if (rest > 0) storePart(to, adjointOf(loadPart(from, rest), loadPart(labels, rest), work, bytes), rest);
}

function adjointOf(r: v128, y: v128, work: usize, bytes: usize): v128 {
  const factor = v128.load_splat<f32>(minusFactor);
  const fault = exp(f32x4.mul(factor, r));
  const absent = f32x4.mul(v128.load(work + 2 * bytes), f32x4.sub(v128.load_splat<f32>(one), y));
  const ofFault = f32x4.add(absent, f32x4.mul(v128.load(work + bytes), y));
  return f32x4.add(f32x4.mul(f32x4.mul(ofFault, fault), factor), f32x4.div(v128.load(work), r));
}
