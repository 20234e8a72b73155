/**
 * Results of several files as one: in any order, any file several times, the same outcome. A cell that two files have
 * with different results is an error: one of them was made by something else than the settings say.
 */
import { DataError } from "../errors.ts";
import { samplerNames } from "../samplers/create.ts";
import { arithmetic } from "../training/numerics.ts";
import { type Cell, type CellRecord, canonicalJson, type FailedCell, idOf } from "./cell.ts";
import type { ParsedCells } from "./lines.ts";

/** A results file that is merged with others. */
export interface ResultsSource {
  /** The file, for messages. */
  readonly file: string;
  readonly parsed: ParsedCells;
}

/** What decides whether two records are the same result: all but how it was made. */
function outcome(record: CellRecord): string {
  const { arm: _arm, run: _run, backend, ...rest } = record;
  const { seconds: _, ...result } = { seconds: undefined, ...rest };
  const history = "history" in record && { history: record.history.map((epoch) => ({ ...epoch, seconds: undefined })) };
  return json({ ...result, ...history, backend: arithmetic(backend) });
}

const json = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify(value)));

/** For equal results: by how they were made, so that the choice does not depend on the order of the files. */
const origin = ({ arm, run, backend }: CellRecord): string => json([run, arm, backend]);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Files of before there were arms have no places: there `uniform` is the baseline. */
function rank(sampler: string): number {
  const place = samplerNames.map(String).indexOf(sampler);
  return place < 0 ? samplerNames.length : place;
}

/** By data set, model, place among the arms, seed and fold. */
function inOrder<R extends CellRecord>(records: Iterable<readonly [string, R]>): R[] {
  return [...records]
    .sort(
      ([idA, a], [idB, b]) =>
        byText(a.key.data, b.key.data) ||
        byText(a.key.model, b.key.model) ||
        (a.arm?.place ?? 0) - (b.arm?.place ?? 0) ||
        rank(a.key.sampler) - rank(b.key.sampler) ||
        byText(a.key.sampler, b.key.sampler) ||
        a.key.seed - b.key.seed ||
        a.key.fold - b.key.fold ||
        byText(idA, idB),
    )
    .map(([, record]) => record);
}

/**
 * All cells of the sources in an order that does not depend on theirs, and the failures without a result.
 * @throws DataError for a cell with two different results, naming both files
 */
export function mergeResults(sources: readonly ResultsSource[]): ParsedCells {
  const cells = new Map<string, { readonly file: string; readonly cell: Cell; readonly outcome: string }>();
  const failed = new Map<string, FailedCell>();
  for (const { file, parsed } of sources) {
    for (const cell of parsed.cells) {
      const id = idOf(cell);
      const known = cells.get(id);
      const found = { file, cell, outcome: outcome(cell) };
      if (known && known.outcome !== found.outcome) {
        const { data, model, sampler, fold, seed } = cell.key;
        throw new DataError(
          { file },
          `${data}, ${model}, ${sampler}, fold ${fold}, seed ${seed}: another result than in ${known.file}; were they made by ` +
            "different versions or machines? Leave one of the files out",
        );
      }
      if (!known || byText(origin(cell), origin(known.cell)) > 0) cells.set(id, found);
    }
    for (const record of parsed.failed) {
      const id = idOf(record);
      const known = failed.get(id);
      if (!known || byText(json(record), json(known)) > 0) failed.set(id, record);
    }
  }
  for (const id of cells.keys()) failed.delete(id);
  return {
    cells: inOrder([...cells].map(([id, { cell }]) => [id, cell] as const)),
    failed: inOrder(failed),
    warnings: sources.flatMap(({ parsed }) => parsed.warnings),
  };
}
