/**
 * The lines of a file, one after another, in bounded memory; where a file has grown, from where reading ended; of a
 * file that is packed by gzip, those of its content.
 */
import { DataError, UsageError } from "../errors.ts";
import { explainReading } from "./explain.ts";
import { errorCode, type FileSystem, type OpenFile } from "./file-system.ts";
import { readBeginning } from "./ordinary.ts";

/** Bytes of the longest line that is read: a cell of 10,000 epochs has about 5 MiB. */
export const longestLine = 2 ** 27;

const block = 2 ** 18;

/** Bytes that a packed file may unpack to. */
export const mostUnpacked = 2 ** 32;

export interface TextLine {
  readonly text: string;
  /** False for what stands after the last line end. */
  readonly ended: boolean;
  /** Bytes up to the end of this line, its line end included. */
  readonly end: number;
}

/**
 * From byte `from` on, as they stand there. Nothing where there is no such file.
 * @throws UsageError for a folder or a device, DataError for a line that is too long
 */
export async function* readLines(path: string, from: number, files: FileSystem): AsyncGenerator<TextLine, void> {
  const file = await openForLines(path, files);
  if (!file) return;
  try {
    yield* linesOf(path, blocksOf(path, file, from), from);
  } finally {
    await file.close();
  }
}

/**
 * All lines, of a file that is packed by gzip those of its content.
 * @throws as `readLines`, and DataError for a packed file that is damaged or unpacks to more than `mostUnpacked` bytes
 */
export async function* readAllLines(path: string, files: FileSystem): AsyncGenerator<TextLine, void> {
  const file = await openForLines(path, files);
  if (!file) return;
  try {
    const blocks = blocksOf(path, file, 0);
    yield* linesOf(path, (await isPacked(path, files)) ? unpacked(path, blocks) : blocks, 0);
  } finally {
    await file.close();
  }
}

/** Whether the file begins as one of gzip does. */
export async function isPacked(path: string, files: FileSystem): Promise<boolean> {
  const [first, second] = await readBeginning(path, 2, files);
  return first === 0x1f && second === 0x8b;
}

/** Undefined where there is no such file. */
async function openForLines(path: string, files: FileSystem): Promise<OpenFile | undefined> {
  const facts = await files.stat(path).catch((error) => {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    throw error;
  });
  if (!facts) return undefined;
  if (facts.isDirectory()) throw new UsageError(`${path} is a folder: expected the name of a file`);
  if (!facts.isFile()) throw new UsageError(`${path} is no ordinary file: expected a results file`);
  return explainReading(path, () => files.open(path, "r"));
}

async function* blocksOf(path: string, file: OpenFile, from: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (let position = from; ; ) {
    const buffer = new Uint8Array(block);
    const { bytesRead } = await explainReading(path, () => file.read(buffer, 0, block, position));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

async function* unpacked(
  path: string,
  blocks: AsyncGenerator<Uint8Array<ArrayBuffer>, void>,
): AsyncGenerator<Uint8Array, void> {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const { done, value } = await blocks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = source.pipeThrough(new DecompressionStream("gzip")).getReader();
  for (let total = 0; ; ) {
    const { done, value } = await reader.read().catch(() => {
      throw new DataError({ file: path }, "the packed file is damaged or cut off");
    });
    if (done) return;
    total += value.length;
    if (total > mostUnpacked) {
      throw new DataError({ file: path }, `it unpacks to more than ${mostUnpacked} bytes; expected a results file`);
    }
    yield value;
  }
}

/** @param from bytes before the first block */
async function* linesOf(path: string, blocks: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<TextLine, void> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let position = from;
  let lines = 0;
  const text = (last: Uint8Array): string => Buffer.concat([...pieces, last]).toString("utf8");
  for await (const buffer of blocks) {
    let begin = 0;
    for (;;) {
      const lineEnd = buffer.indexOf(10, begin);
      if (lineEnd < 0) break;
      yield { text: text(buffer.subarray(begin, lineEnd)), ended: true, end: position + lineEnd + 1 };
      [pieces, held, begin] = [[], 0, lineEnd + 1];
      lines++;
    }
    pieces.push(buffer.subarray(begin));
    held += buffer.length - begin;
    position += buffer.length;
    if (held > longestLine) {
      throw new DataError(
        { file: path, line: lines + 1 },
        `a line of more than ${longestLine} bytes; expected a results file`,
      );
    }
  }
  if (held > 0) yield { text: text(new Uint8Array(0)), ended: false, end: position };
}
