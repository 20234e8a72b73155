/**
 * Addresses for the values of several programs in one linear memory: control block and threads' scratch first, then
 * leaves, shared slots and working space, then the programs' records. Sizes are known before memory is asked for, so it
 * never grows.
 */
import { controlEnd, threadBytes } from "../../../kernels/wasm/records.ts";
import type { Program, ValueId } from "../../engine/program.ts";
import { type Leaf, size } from "../../engine/tensor.ts";
import { UsageError } from "../../errors.ts";
import { type MemoryPlan, planMemory } from "../memory.ts";
import { tableBytes } from "./sparse.ts";

const pageBytes = 65536;
const largestPages = 65536;
/** Everything begins on a cache line of its own. */
const alignment = 64;

/** Hands out addresses, each after the other. */
export class Layout {
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  allocate(bytes: number): number {
    const address = Math.ceil(this.#end / alignment) * alignment;
    this.#end = address + bytes;
    return address;
  }

  /** Everything handed out so far, in bytes. */
  get bytes(): number {
    return this.#end;
  }
}

/** A program with the place of each of its values. */
export interface PlacedProgram {
  readonly program: Program;
  readonly plan: MemoryPlan;
  address(id: ValueId): number;
}

/** The scratch of thread number `thread`; the thread that runs programs is number 0. */
export const threadScratch = (thread: number): number => controlEnd + thread * threadBytes;

/**
 * Places for all values. State and data leaves are shared by name and slots by number, as no two programs run at once;
 * what is sent at each run and constants are each program's own.
 */
export function placePrograms(programs: readonly Program[], layout: Layout): PlacedProgram[] {
  const plans = programs.map(planMemory);
  const bytesOf = (leaf: Leaf): number => (leaf.kind === "sparse" ? tableBytes(leaf) : size(leaf.shape) * 4);
  const kept = new Map<string, number>();
  const keptAddress = (leaf: Leaf & { readonly name: string }): number => {
    const known = kept.get(leaf.name);
    if (known !== undefined) return known;
    const address = layout.allocate(bytesOf(leaf));
    kept.set(leaf.name, address);
    return address;
  };
  const leaves = programs.map((program) =>
    program.values.map((value) => {
      if (value.kind === "step") return undefined;
      if (value.kind === "state" || value.kind === "data" || value.kind === "sparse") return keptAddress(value);
      return layout.allocate(bytesOf(value));
    }),
  );
  const largest: number[] = [];
  for (const { slots } of plans) {
    slots.forEach((numbers, slot) => {
      largest[slot] = Math.max(largest[slot] ?? 0, numbers);
    });
  }
  const slots = largest.map((numbers) => layout.allocate(numbers * 4));
  return programs.map((program, p) => ({
    program,
    plan: plans[p],
    address(id) {
      const place = plans[p].places[id];
      const address = place.kind === "slot" ? slots[place.slot] : leaves[p][place.leaf];
      if (address === undefined) throw new Error(`wasm: value ${id} has no address`);
      return address;
    },
  }));
}

/** Memory of at least so many bytes. @throws UsageError where it is refused or more than an address can name */
export function createMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes);
  const wanted = `wasm: the programs need ${Math.ceil(bytes / 2 ** 20)} MiB of memory`;
  const remedy = "take smaller batches, fewer rows of data or fewer hidden units";
  if (pages > largestPages) throw new UsageError(`${wanted}, more than the 4096 MiB that WebAssembly has: ${remedy}`);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${wanted} and this process can't have them (${error.message}): ${remedy}`);
  }
}
