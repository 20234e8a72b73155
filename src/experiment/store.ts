/** Where finished and failed cells are kept, by their ids: a results file (src/files/results.ts) or, here, memory. */
import { type Cell, type CellRecord, type FailedCell, idOf, isFailed } from "./cell.ts";

/** The right to run a cell: "done" if somebody has run it meanwhile, "busy" while another process runs it. */
export type Claim =
  | {
      readonly kind: "claimed";
      /** Gives the right back. */
      release(): Promise<void>;
    }
  | { readonly kind: "done" }
  | { readonly kind: "busy"; readonly owner: string };

/** Where finished cells are kept. */
export interface CellStore {
  /** The finished cell, if there is one. */
  cell(id: string): Cell | undefined;
  /** A cell that failed and has not been finished since. */
  failed(id: string): FailedCell | undefined;
  /** Asks for the right to run the cell. */
  claim(id: string): Promise<Claim>;
  /** Keeps a finished or failed cell. */
  append(record: CellRecord): Promise<void>;
}

/** The records that one process knows, in the order in which they came. */
export class MemoryStore implements CellStore {
  readonly #cells = new Map<string, Cell>();
  readonly #failed = new Map<string, FailedCell>();

  constructor(records: Iterable<CellRecord> = []) {
    for (const record of records) this.add(record);
  }

  get cells(): readonly Cell[] {
    return [...this.#cells.values()];
  }

  get failures(): readonly FailedCell[] {
    return [...this.#failed.values()];
  }

  /** The finished cell, if there is one. */
  cell(id: string): Cell | undefined {
    return this.#cells.get(id);
  }

  failed(id: string): FailedCell | undefined {
    return this.#failed.get(id);
  }

  /** A later record of a cell counts, but no failure beside a result. */
  add(record: CellRecord): void {
    const id = idOf(record);
    if (!isFailed(record)) {
      this.#cells.delete(id);
      this.#cells.set(id, record);
      this.#failed.delete(id);
    } else if (!this.#cells.has(id)) this.#failed.set(id, record);
  }

  /** So that it runs again. */
  forget(id: string): void {
    this.#cells.delete(id);
    this.#failed.delete(id);
  }

  /** Every cell may be run: nobody else is there. */
  async claim(id: string): Promise<Claim> {
    if (this.#cells.has(id) || this.#failed.has(id)) return { kind: "done" };
    return { kind: "claimed", release: async () => {} };
  }

  /** Keeps a finished or failed cell. */
  async append(record: CellRecord): Promise<void> {
    this.add(record);
  }
}
