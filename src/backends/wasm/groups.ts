/**
 * Runs of elementwise steps that may be done block by block, all of them on one block before any of them on the next.
 * Allowed where no step touches memory that another one writes, except at the very same position.
 */
import type { Step, ValueId } from "../../engine/program.ts";
import { type Shape, sameShape, size } from "../../engine/tensor.ts";

/** What grouping needs to know of a program. */
export interface Placement {
  shape(id: ValueId): Shape;
  address(id: ValueId): number;
}

interface Region {
  readonly start: number;
  readonly end: number;
  /** Whether position i of the region belongs to position i of the group. */
  readonly whole: boolean;
}

/** The steps in their order, elementwise ones of equal shape together where that changes nothing. */
export function groupSteps(steps: readonly Step[], placement: Placement): (readonly Step[])[] {
  const groups: Step[][] = [];
  let reads: Region[] = [];
  let writes: Region[] = [];
  for (const step of steps) {
    const region = (id: ValueId): Region => {
      const start = placement.address(id);
      const shape = placement.shape(id);
      return { start, end: start + 4 * size(shape), whole: sameShape(shape, step.shape) };
    };
    const read = step.inputs.map(region);
    const write = region(step.output);
    const group = groups.at(-1);
    const joins =
      group &&
      step.family === "map" &&
      group[0].family === "map" &&
      sameShape(group[0].shape, step.shape) &&
      read.every((range) => writes.every((other) => independent(range, other))) &&
      [...reads, ...writes].every((other) => independent(other, write));
    if (joins) {
      group.push(step);
    } else {
      groups.push([step]);
      reads = [];
      writes = [];
    }
    reads.push(...read);
    writes.push(write);
  }
  return groups;
}

const independent = (a: Region, b: Region): boolean =>
  a.end <= b.start || b.end <= a.start || (a.whole && b.whole && a.start === b.start);
