/**
 * What a report reads of a cell. Much of it is there only where it was measured (`--track`, times): the readers here
 * answer with nothing where a cell lacks it, and never make up a value.
 */
import type { Cell } from "../cell.ts";
import { lateMeanOf } from "../thin.ts";

/** Wall-clock time of the cell. */
export const secondsOf = ({ run, seconds }: Cell): number | undefined => run?.seconds ?? seconds;

/** The mean of a metric over the late epochs; undefined where one of them lacks it. */
export function lateMean({ late, history }: Cell, of: "test" | "validation", metric: string): number | undefined {
  return late ? (late[of]?.[metric] ?? undefined) : lateMeanOf(history, of, metric);
}
