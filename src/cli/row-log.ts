/**
 * `train --row-log FILE`: how rows stand with the sampler after every epoch, one line an epoch and row: everything that
 * `selectionOf` says. Rows are numbered as in DATA, from 0.
 */
import { UsageError } from "../errors.ts";
import { GrowingFile } from "../files/growing.ts";
import type { Sampler } from "../samplers/sampler.ts";
import type { PreparedRun } from "./prepared-run.ts";
import type { TrainCommandOptions } from "./train-options.ts";

/** A row by its number in DATA and by the one that the sampler knows. */
interface LoggedRow {
  readonly row: number;
  readonly drawn: number;
}

export class RowLog {
  readonly #sampler: Sampler;
  readonly #rows: readonly LoggedRow[];
  readonly #terms: readonly string[];
  readonly #file: GrowingFile;

  /** @throws UsageError for a row that is not trained on */
  constructor(path: string, { setup, data }: PreparedRun, wanted: readonly number[] | undefined) {
    const { training, test, validation } = data.rows;
    const drawnAs = new Map(Array.from(training, (row, drawn) => [row, drawn]));
    this.#sampler = setup.sampler;
    this.#rows = (wanted ?? Array.from(training).sort((a, b) => a - b)).map((row) => {
      const drawn = drawnAs.get(row);
      if (drawn !== undefined) return { row, drawn };
      const all = training.length + test.length + validation.length;
      const why = test.includes(row)
        ? "is in the test fold"
        : validation.includes(row)
          ? "is a validation row"
          : `is none: DATA has rows 0 to ${all - 1}`;
      throw new UsageError(`--rows: row ${row} ${why}; expected rows that are trained on, such as ${training[0]}`);
    });
    this.#terms = Object.keys(this.#sampler.selectionOf(0));
    this.#file = new GrowingFile(path, `${["epoch", "row", ...this.#terms].join(",")}\n`);
  }

  get size(): number {
    return this.#file.size;
  }

  begin(): Promise<void> {
    return this.#file.begin();
  }

  /** @param size bytes of the file that belong to the epochs before, as the checkpoint has them */
  goOn(size: number | undefined): Promise<void> {
    return size === undefined ? this.#file.begin() : this.#file.goOn(size);
  }

  /** Writes how the rows stand now. */
  addEpoch(epoch: number): Promise<void> {
    const lines = this.#rows.map(({ row, drawn }) => {
      const selection = this.#sampler.selectionOf(drawn);
      return `${[epoch, row, ...this.#terms.map((term) => selection[term])].join(",")}\n`;
    });
    return this.#file.append(lines.join(""));
  }
}

/** @throws UsageError for --rows without a log, and rows that are not trained on */
export function rowLogOf(run: PreparedRun, options: Pick<TrainCommandOptions, "rowLog" | "rows">): RowLog | undefined {
  const { rowLog, rows } = options;
  if (rowLog !== undefined) return new RowLog(rowLog, run, rows);
  if (rows !== undefined) throw new UsageError("--rows says which rows --row-log writes: --row-log is missing");
  return undefined;
}
