/**
 * How far a cell in progress has come, and going on from there: a cell that is stopped and run again, by this process
 * or another, ends with the result of one that was not. Where its progress is kept is for others
 * (src/files/cell-progress.ts).
 */
import type { Backend } from "../backends/backend.ts";
import type { PreparedData } from "../data/preparation/prepare.ts";
import { UsageError } from "../errors.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../training/checkpoint.ts";
import type { CheckpointInterval } from "../training/checkpoint-schedule.ts";
import { configure } from "../training/configure.ts";
import type { TrainingEvent } from "../training/events.ts";
import { arithmetic, numerics } from "../training/numerics.ts";
import type { RunState } from "../training/state.ts";
import { train } from "../training/train.ts";
import { type EpochRecord, parseHistory } from "./cell.ts";
import type { PlannedCell } from "./grid.ts";
import { epochRecord } from "./record.ts";

/** How far a cell has come. */
export interface CellProgress {
  readonly state: RunState;
  /** The epochs that are finished. */
  readonly history: readonly EpochRecord[];
  /** What ran, and the arithmetic of the program. */
  readonly backend: string;
  readonly numerics: number;
}

/** Keeps the progress of cells by their ids. */
export interface ProgressStore {
  /** The progress of the cell, if there is any. */
  load(id: string): Promise<CellProgress | undefined>;
  /** Keeps it in the place of what was kept before. */
  save(id: string, progress: CellProgress): Promise<void>;
  /** For a cell that has its result. */
  clear(id: string): Promise<void>;
}

/** Long enough that it costs a short cell nothing; a signal to stop keeps the progress besides. */
const interval: CheckpointInterval = { minutes: 1 };

export function encodeProgress({ state, ...about }: CellProgress): Uint8Array<ArrayBuffer> {
  return encodeCheckpoint({ state, about: { ...about } });
}

/** @throws DataError for bytes that `encodeProgress` has not made, or damaged ones */
export function decodeProgress(bytes: Uint8Array, file: string): CellProgress {
  const { state, about } = decodeCheckpoint(bytes, file);
  const { history, backend, numerics } = about;
  return {
    state,
    history: parseHistory(history, file),
    backend: typeof backend === "string" ? backend : "",
    numerics: typeof numerics === "number" ? numerics : 0,
  };
}

/**
 * What happens in a cell, with the history so far, from its progress if there is any that leads to the same bits.
 * @param clock milliseconds; with it each epoch is recorded with the seconds that training took until then
 */
export async function* trainCell(
  backend: Backend,
  { id, settings }: PlannedCell,
  data: PreparedData,
  store: ProgressStore | undefined,
  signal: AbortSignal | undefined,
  clock?: () => number,
): AsyncGenerator<{ readonly event: TrainingEvent; readonly history: readonly EpochRecord[] }, void> {
  const known = await store?.load(id);
  let from = known?.numerics === numerics ? known : undefined;
  for (;;) {
    const history = [...(from?.history ?? [])];
    const spent = history.at(-1)?.seconds ?? 0;
    const since = clock?.() ?? 0;
    let description = backend.name;
    let begun = false;
    try {
      for await (const event of train({
        ...configure(data, backend, settings),
        epochWeights: false,
        ...(signal && { signal }),
        // A cell that is at its beginning begins anew as well without a record.
        ...(store && { checkpointEvery: interval, checkpointAtStart: false }),
        ...(from && { checkpoint: from.state }),
      })) {
        if (event.kind === "start") {
          description = event.backend;
          if (from && arithmetic(from.backend) !== arithmetic(description)) break;
        }
        if (event.kind === "step") begun = true;
        if (event.kind === "epoch") {
          const seconds = clock && { seconds: Math.round(1000 * spent + Math.max(0, clock() - since)) / 1000 };
          history.push({ ...epochRecord(event), ...seconds });
        }
        if (event.kind === "checkpoint") {
          await store?.save(id, { state: event.state, history, backend: description, numerics });
        }
        yield { event, history };
        if (event.kind === "end") return;
      }
    } catch (error) {
      // The state of another version of a sampler or a model: the cell starts anew.
      if (!from || begun || !(error instanceof UsageError)) throw error;
    }
    from = undefined;
  }
}
