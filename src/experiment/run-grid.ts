/**
 * Runs the cells of a grid that a store does not have yet, and puts each there as soon as it is finished. Whatever goes
 * wrong in a cell is recorded as its failure, and the grid goes on. Several processes may work on one store: see
 * `CellStore.claim`.
 */
import type { Backend } from "../backends/backend.ts";
import { DeviceLostError } from "../backends/lost.ts";
import type { NeighbourSearch } from "../data/imbalance/neighbours.ts";
import { type PreparedData, prepare } from "../data/preparation/prepare.ts";
import { DivergenceError } from "../training/divergence.ts";
import type { TrainingEvent } from "../training/events.ts";
import type { Cell, CellRecord, FailedCell, Failure, RunRecord } from "./cell.ts";
import { type ProgressStore, trainCell } from "./cell-progress.ts";
import type { Grid, PlannedCell } from "./grid.ts";
import { labelRecords, testMetrics } from "./record.ts";
import type { CellStore } from "./store.ts";

/** What happens while a grid runs. */
export type GridEvent =
  | { readonly kind: "begin"; readonly cell: PlannedCell }
  | { readonly kind: "training"; readonly cell: PlannedCell; readonly event: TrainingEvent }
  | { readonly kind: "finish"; readonly cell: PlannedCell; readonly result: Cell }
  | { readonly kind: "fail"; readonly cell: PlannedCell; readonly result: FailedCell }
  /** Another process has run it. */
  | { readonly kind: "elsewhere"; readonly cell: PlannedCell }
  /** All that is left is being run by other processes. */
  | { readonly kind: "wait"; readonly cells: number; readonly owner: string };

/** Options of `runGrid`. */
export interface RunGridOptions {
  /** When it fires, the cell in progress is dropped (or kept, see `progress`) and the generator ends. */
  readonly signal?: AbortSignal;
  /** Keeps how far cells have come, so that one that is stopped goes on from there when it runs again. */
  readonly progress?: ProgressStore;
  /** How the cells are made; absent where nothing of it is to be recorded. */
  readonly run?: Pick<RunRecord, "version" | "numerics">;
  /** Milliseconds since 1970; with it, date and seconds of each cell are recorded. */
  readonly clock?: () => number;
  /** What finds neighbours for samplers; default `nearestNeighbours`. */
  readonly search?: NeighbourSearch;
  /** Why a cell must not be tried, such as the memory that it would take; default: nothing is refused. */
  readonly refuse?: (cell: PlannedCell, data: PreparedData) => Failure | undefined;
}

/** Between looks at what other processes have done, in milliseconds. */
const pause = 500;

/** @throws what the store throws, and DeviceLostError: then no other cell can run either */
export async function* runGrid(
  grid: Grid,
  cells: readonly PlannedCell[],
  store: CellStore,
  options: RunGridOptions = {},
): AsyncGenerator<GridEvent, void> {
  const { signal } = options;
  const preparation = new Preparation(options.search);
  let left = cells.filter(({ id }) => !store.cell(id) && !store.failed(id));
  while (left.length > 0) {
    const busy: PlannedCell[] = [];
    let owner = "";
    for (const cell of left) {
      if (signal?.aborted) return;
      const claim = await store.claim(cell.id);
      if (claim.kind === "done") yield { kind: "elsewhere", cell };
      if (claim.kind === "busy") {
        busy.push(cell);
        owner = claim.owner;
      }
      if (claim.kind !== "claimed") continue;
      try {
        yield { kind: "begin", cell };
        const result = yield* attempt(grid.backend, cell, preparation, options);
        if (!result) return;
        await store.append(result);
        await options.progress?.clear(cell.id);
        yield "failure" in result ? { kind: "fail", cell, result } : { kind: "finish", cell, result };
      } finally {
        await claim.release();
      }
    }
    if (busy.length === left.length) {
      yield { kind: "wait", cells: busy.length, owner };
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    left = busy;
  }
}

/** The last prepared fold, as neighbouring cells share it. */
class Preparation {
  readonly #search: NeighbourSearch | undefined;
  #last: { readonly of: string; readonly dataset: unknown; readonly data: PreparedData } | undefined;

  constructor(search: NeighbourSearch | undefined) {
    this.#search = search;
  }

  of({ dataset, prepare: options }: PlannedCell): PreparedData {
    const of = JSON.stringify(options);
    if (this.#last?.dataset !== dataset || this.#last.of !== of) {
      this.#last = undefined; // its memory is needed for the next one
      this.#last = {
        of,
        dataset,
        data: { ...prepare(dataset, options), ...(this.#search && { search: this.#search }) },
      };
    }
    return this.#last.data;
  }
}

/** The cell with its result or its failure; undefined where it was interrupted. */
async function* attempt(
  backend: Backend,
  cell: PlannedCell,
  preparation: Preparation,
  { signal, run, clock, refuse, progress }: RunGridOptions,
): AsyncGenerator<GridEvent, CellRecord | undefined> {
  const { key, stored: settings, arm } = cell;
  const begun = clock?.();
  let description = backend.name;
  const origin = (): Pick<Cell, "arm" | "run"> => ({
    arm,
    ...(run && {
      run: {
        ...run,
        ...(clock &&
          begun !== undefined && {
            date: new Date(clock()).toISOString(),
            seconds: Math.round(Math.max(0, clock() - begun)) / 1000,
          }),
      },
    }),
  });
  const failed = (failure: Failure): FailedCell => ({ key, settings, backend: description, failure, ...origin() });
  try {
    const data = preparation.of(cell);
    const refused = refuse?.(cell, data);
    if (refused) return failed(refused);
    for await (const { event, history } of trainCell(backend, cell, data, progress, signal, clock)) {
      yield { kind: "training", cell, event };
      if (event.kind === "start") description = event.backend;
      if (event.kind !== "end" || event.interrupted) continue;
      const { training, validation, test } = data.rows;
      const rows = { train: training.length, validation: validation.length, test: test.length };
      const metrics = testMetrics(data, event, cell.settings.threshold);
      const labels = cell.settings.track?.includes("labels") && { labels: labelRecords(data, event) };
      return { key, settings, backend: description, metrics, history, rows, ...labels, ...origin() };
    }
    return undefined;
  } catch (error) {
    if (error instanceof DeviceLostError) throw error;
    return failed(failureOf(error));
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof DivergenceError) return { kind: "divergence", message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  // An array longer than there can be or than there is memory for.
  const memory = error instanceof RangeError && /array (buffer )?(length|allocation)/i.test(message);
  return { kind: memory ? "memory" : "error", message: memory ? `out of memory (${message})` : message };
}
