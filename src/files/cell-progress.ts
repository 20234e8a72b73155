/** The progress of cells in a folder beside their results file, which goes with the last of them. */
import { DataError } from "../errors.ts";
import { type CellProgress, decodeProgress, encodeProgress, type ProgressStore } from "../experiment/cell-progress.ts";
import { CheckpointFiles } from "./checkpoints.ts";
import { disk, type FileSystem } from "./file-system.ts";

/**
 * @param results the results file
 * @param say is given a sentence about damaged files; their cells start anew
 */
export function cellProgressFiles(
  results: string,
  say: (note: string) => void,
  files: FileSystem = disk,
): ProgressStore {
  const folder = `${results}.progress`;
  const of = (id: string): CheckpointFiles => new CheckpointFiles(folder, id, files);
  return {
    async load(id): Promise<CellProgress | undefined> {
      try {
        return await of(id).newest(decodeProgress, say);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        say(`${error.message}; the cell starts anew`);
        return undefined;
      }
    },
    async save(id, progress) {
      await of(id).save(progress.history.length, encodeProgress(progress));
    },
    async clear(id) {
      await of(id).clear();
      await files.rmdir(folder).catch(() => {});
    },
  };
}
