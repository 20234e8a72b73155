/**
 * The self-test of a mode of gpu.js, as `hardbatch doctor` runs it: whether it runs here, and then what could be
 * silently wrong with it: long loops cut short, numbers that are not float32, cells at wrong places, large arrays, NaN
 * taken for a number.
 */
import { add, copy } from "../../engine/ops/map.ts";
import { matmul } from "../../engine/ops/matmul.ts";
import { sum } from "../../engine/ops/reduce.ts";
import { gather, repeat, reshape } from "../../engine/ops/rows.ts";
import { program } from "../../engine/program.ts";
import { data, input, type Tensor } from "../../engine/tensor.ts";
import { gpu } from "../gpu.ts";
import { limitsOf } from "./limits.ts";
import { type GpuMode, missingFor } from "./modes.ts";

export interface SelfTestResult {
  readonly ok: boolean;
  /** Why not, in words for a person; empty where all is well. */
  readonly reason: string;
  /** What was found out, by name. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** Turns of a loop, rows beyond what 16 bits count, and a matrix as wide as the textures of small devices. */
const ofProcessors = { turns: 5000, many: 70_000, large: 2048 };
/** Where gpu.js is JavaScript or WebAssembly there are no textures, and each row is an object. */
const ofMemory = { turns: 2000, many: 1400, large: 512 };

/**
 * Numbers that less than float32 would change: neighbours of 1, 24 bits, the largest and the smallest normal number.
 */
const awkward = Float32Array.of(1 + 2 ** -23, 1 - 2 ** -24, 16_777_215, -16_777_213, 3.4028235e38, 2 ** -126, 1 / 3, 0);

/** Runs the self-test; never throws. */
export async function probeGpu(mode: GpuMode): Promise<SelfTestResult> {
  const facts: Record<string, string | number | boolean> = {};
  const failed = (reason: string): SelfTestResult => ({ ok: false, reason, facts });
  try {
    const missing = await missingFor(mode);
    if (missing) return failed(missing);
    const { cells, side } = await limitsOf(mode);
    facts["largest matrix, numbers"] = cells;
    if (Number.isFinite(side)) facts["rows without folding"] = side;
    const wrong = await selfTest(mode, facts);
    return wrong.length > 0 ? failed(`computes wrong numbers: ${wrong.join("; ")}`) : { ok: true, reason: "", facts };
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** The checks that fail. */
async function selfTest(mode: GpuMode, facts: Record<string, string | number | boolean>): Promise<string[]> {
  const { turns, many, large } = mode === "webasm" || mode === "cpu" ? ofMemory : ofProcessors;
  const numbers = input("numbers", [2, 4]);
  const ones = input("ones", [1, turns]);
  const count = input("count", [many, 1]);
  const rows = input("rows", [4, 1]);
  const square = data("square", [large, large], new Uint8Array(large * large).fill(1));
  const outputs: Readonly<Record<string, Tensor>> = {
    same: copy(numbers),
    sum: sum(ones, "columns"),
    product: matmul(ones, reshape(ones, [turns, 1])),
    picked: gather(count, rows),
    reshaped: reshape(copy(count), [many / 7, 7]),
    repeated: sum(repeat(gather(count, rows), 3), "rows"),
    total: sum(sum(square, "rows"), "columns"),
    missing: add(gather(count, input("nowhere", [1, 1])), 1),
  };
  const executable = await gpu(mode).compile({ test: program(outputs) });
  facts.runs = executable.description;
  try {
    const chosen = [0, 1, many - 2, many - 1];
    const counted = Float32Array.from({ length: many }, (_, i) => i);
    const { same, sum, product, picked, reshaped, repeated, total, missing } = await executable.run("test", {
      numbers: awkward,
      ones: new Float32Array(turns).fill(1),
      count: counted,
      rows: Float32Array.from(chosen),
      nowhere: Float32Array.of(-1),
    });
    facts["NaN of arithmetic kept"] = Number.isNaN(missing[0]);
    const checks: Readonly<Record<string, boolean>> = {
      "numbers change on their way to the device and back": awkward.every((value, i) => Object.is(value, same[i])),
      [`loops end before ${turns} turns`]: sum[0] === turns && product[0] === turns,
      "rows are picked wrongly": chosen.every((row, i) => picked[i] === row),
      "cells of a reshaped matrix are misplaced": counted.every((value, i) => reshaped[i] === value),
      "rows are repeated wrongly": repeated[0] === 3 * chosen.reduce((total, row) => total + row, 0),
      [`a matrix of ${large} x ${large} is wrong`]: total[0] === large * large,
    };
    return Object.keys(checks).filter((name) => !checks[name]);
  } finally {
    executable.dispose();
  }
}
