/** The lines of a file, one after another, in bounded memory; where a file has grown, from where reading ended. */
import { DataError, UsageError } from "../errors.ts";
import { errorCode, type FileSystem } from "./file-system.ts";

/** Bytes of the longest line that is read: a cell of 10,000 epochs has about 5 MiB. */
export const longestLine = 2 ** 27;

const block = 2 ** 18;

export interface TextLine {
  readonly text: string;
  /** False for what stands after the last line end. */
  readonly ended: boolean;
  /** Bytes up to the end of this line, its line end included. */
  readonly end: number;
}

/**
 * From byte `from` on. Nothing where there is no such file.
 * @throws UsageError for a folder or a device, DataError for a line that is too long
 */
export async function* readLines(path: string, from: number, files: FileSystem): AsyncGenerator<TextLine, void> {
  const facts = await files.stat(path).catch((error) => {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    throw error;
  });
  if (!facts) return;
  if (facts.isDirectory()) throw new UsageError(`${path} is a folder: expected the name of a file`);
  if (!facts.isFile()) throw new UsageError(`${path} is no ordinary file: expected a results file`);
  const file = await files.open(path, "r");
  try {
    let pieces: Uint8Array[] = [];
    let held = 0;
    let position = from;
    let lines = 0;
    const text = (last: Uint8Array): string => Buffer.concat([...pieces, last]).toString("utf8");
    for (;;) {
      const buffer = new Uint8Array(block);
      const { bytesRead } = await file.read(buffer, 0, block, position);
      if (bytesRead === 0) break;
      let begin = 0;
      for (;;) {
        const lineEnd = buffer.indexOf(10, begin);
        if (lineEnd < 0 || lineEnd >= bytesRead) break;
        yield { text: text(buffer.subarray(begin, lineEnd)), ended: true, end: position + lineEnd + 1 };
        [pieces, held, begin] = [[], 0, lineEnd + 1];
        lines++;
      }
      pieces.push(buffer.subarray(begin, bytesRead));
      held += bytesRead - begin;
      position += bytesRead;
      if (held > longestLine) {
        throw new DataError(
          { file: path, line: lines + 1 },
          `a line of more than ${longestLine} bytes; expected a results file`,
        );
      }
    }
    if (held > 0) yield { text: text(new Uint8Array(0)), ended: false, end: position };
  } finally {
    await file.close();
  }
}
