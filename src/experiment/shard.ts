/**
 * A part of a grid for one of several machines. Which cells it has follows from the grid alone, never from a machine's
 * speed: ordered by estimated work, ties by id, every n-th cell. So all parts have about the same work, and together
 * they are the grid.
 */
import { UsageError } from "../errors.ts";
import type { PlannedCell } from "./grid.ts";

/** Part `index` of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The cells of the shard, in the order of the plan. @param work of a cell, in any unit */
export function shardCells(
  cells: readonly PlannedCell[],
  { index, count }: Shard,
  work: (cell: PlannedCell) => number,
): PlannedCell[] {
  const weighed = cells.map((cell) => ({ id: cell.id, work: work(cell) }));
  weighed.sort((a, b) => b.work - a.work || (a.id < b.id ? -1 : 1));
  const own = new Set(weighed.filter((_, place) => place % count === index - 1).map(({ id }) => id));
  return cells.filter(({ id }) => own.has(id));
}

/**
 * `i/n`, `auto` or `auto/n`: auto takes the index from Slurm's array, a Kubernetes indexed job or GNU parallel.
 * @param environment such as `process.env`
 * @throws UsageError for other text, an index that is not among the parts, or where no such engine says which part this
 * is
 */
export function parseShard(text: string, environment: Readonly<Record<string, string | undefined>>): Shard {
  const found = /^(?:(\d+)\/|auto(?:\/|$))(\d+)?$/.exec(text);
  if (!found || (found[1] !== undefined && found[2] === undefined)) {
    throw new UsageError(`--shard ${JSON.stringify(text)}: expected i/n such as 2/8, auto, or auto/n`);
  }
  const [, given, told] = found;
  const shard = given === undefined ? engineShard(told, environment) : { index: Number(given), count: Number(told) };
  const { index, count } = shard;
  if (Number.isSafeInteger(count) && index >= 1 && index <= count) return shard;
  throw new UsageError(`--shard ${text}: part ${index} of ${count}; parts count from 1 to n`);
}

function engineShard(told: string | undefined, environment: Readonly<Record<string, string | undefined>>): Shard {
  const number = (name: string): number | undefined => {
    const value = environment[name];
    return value === undefined || !/^\d+$/.test(value) ? undefined : Number(value);
  };
  const task = number("SLURM_ARRAY_TASK_ID");
  if (task !== undefined) {
    const size = number("SLURM_ARRAY_TASK_COUNT");
    const count = told === undefined ? size : Number(told);
    if (count === undefined)
      throw new UsageError("--shard auto: Slurm does not say how many tasks there are: use auto/n");
    // An array that runs a part of the shards again says nothing of where the whole began.
    const whole = size === count;
    const step = number("SLURM_ARRAY_TASK_STEP") ?? 1;
    const first = number("SLURM_ARRAY_TASK_MIN") ?? 1;
    return { index: whole ? (task - first) / step + 1 : task, count };
  }
  const engines = [
    { name: "JOB_COMPLETION_INDEX", words: "a Kubernetes job", from: 0 },
    { name: "PARALLEL_SEQ", words: "GNU parallel", from: 1 },
  ];
  for (const { name, words, from } of engines) {
    const index = number(name);
    if (index === undefined) continue;
    if (told === undefined)
      throw new UsageError(`--shard auto: ${words} does not say how many parts there are: use auto/n`);
    return { index: index - from + 1, count: Number(told) };
  }
  throw new UsageError(
    "--shard auto: no SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or PARALLEL_SEQ says which part this is: use i/n",
  );
}
