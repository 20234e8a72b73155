/**
 * The search for neighbours as commands do it: one that takes long shows how long, and is kept in the data folder
 * (docs/folds-and-weights.md), so that the same rows are searched once.
 */
import { join } from "node:path";
import type { Matrix } from "../data/dataset.ts";
import {
  type NeighbourOptions,
  type NeighbourSearch,
  type Neighbours,
  nearestNeighbours,
} from "../data/imbalance/neighbours.ts";
import { dataFolder } from "../files/data-folder.ts";
import { neighboursName, readNeighbours, writeNeighbours } from "../files/neighbours.ts";
import { startProgress } from "./progress.ts";

/** Multiplications of some seconds. What takes less is searched again. */
const longSearch = 4e9;

export interface SearchOptions {
  readonly quiet?: true;
}

/** @param least multiplications from which on a search is kept; for tests */
export function neighbourSearch(options: SearchOptions, least = longSearch): NeighbourSearch {
  return (features, wanted) => {
    const queries = Int32Array.from(wanted.queries ?? Array.from({ length: features.rows }, (_, row) => row));
    if (queries.length * features.values.length < least) return nearestNeighbours(features, wanted);
    return kept(features, { ...wanted, queries }, queries, options);
  };
}

function kept(features: Matrix, wanted: NeighbourOptions, queries: Int32Array, options: SearchOptions): Neighbours {
  const folder = join(dataFolder(), "neighbours");
  const k = Math.min(wanted.k, features.rows - 1);
  const name = neighboursName(features, queries, k);
  const progress = startProgress(options);
  try {
    const known = readNeighbours(folder, name, queries, k);
    if (known) {
      progress.note(`neighbours of ${queries.length} rows: as found before (${join(folder, name)})`);
      return known;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    progress.note(`${join(folder, name)}: ${why}; the neighbours are searched again`);
  }
  progress.begin(`neighbours of ${queries.length} rows among ${features.rows}`, queries.length);
  let before = 0;
  const found = nearestNeighbours(features, {
    ...wanted,
    progress(done) {
      progress.advance(done - before);
      before = done;
    },
  });
  progress.end();
  writeNeighbours(folder, name, found).catch((error: unknown) => {
    progress.note(`the neighbours are not kept: ${error instanceof Error ? error.message : String(error)}`);
  });
  return found;
}
