/**
 * How the work of a record is cut into chunks for the threads. Cutting never changes a result, only who computes it;
 * work that is too small to share stays whole.
 */
import type { ValueId } from "../../engine/program.ts";
import type { Placement } from "./groups.ts";

/** The least work that is worth a thread's time: numbers moved, multiplications. */
export interface SharingThreshold {
  readonly numbers: number;
  readonly products: number;
}

/**
 * Handing work to a thread that is awake takes about a microsecond: it should find some two to five to do. Products of
 * few columns, which take longer for each multiplication, gain most.
 */
export const shareLargeSteps: SharingThreshold = { numbers: 2 ** 13, products: 2 ** 16 };
/** Everything is cut as finely as it can be: to test that cutting changes nothing. */
export const shareEverything: SharingThreshold = { numbers: 1, products: 1 };

/** Where values lie and products pack, how many threads there are, and from what size on they share among them. */
export interface Surroundings extends Placement {
  readonly threads: number;
  readonly threshold: SharingThreshold;
  readonly packed: number;
  /** How many entries a sparse table stores. */
  entries(id: ValueId): number;
}

/** Chunks a thread: enough that a slow one delays little. */
const chunksPerThread = 8;

/** Rounded-up quotient. */
export const parts = (total: number, each: number): number => Math.ceil(total / each);

/** How many chunks `work` is cut into, if `least` is the least that is worth sharing; 1 is no cut. */
export function chunkCount(work: number, least: number, threads: number): number {
  return threads === 1 ? 1 : Math.max(1, Math.min(threads * chunksPerThread, Math.floor(work / least)));
}

/** How many units of `total` a chunk has, in whole multiples but for the last. */
export function chunkUnits(total: number, chunks: number, multiple = 1): number {
  return chunks === 1 ? total : Math.min(total, parts(parts(total, chunks), multiple) * multiple);
}
