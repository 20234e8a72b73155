/**
 * A file read twice from beginning to end, in pieces of whole lines: the first pass counts, then the matrices are made
 * in their final size, and the second pass fills them. So a file of any size takes the memory of its matrices and of
 * one piece. A file that is in memory anyway is one piece.
 */

import { DataError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { bounds } from "./bounds.ts";
import { isLineEnd, NEWLINE, RETURN, Scanner } from "./scanner.ts";

/** A byte of a file and the number of its line. */
export interface Start {
  readonly at: number;
  readonly line: number;
}

/** What a format knows of reading its files in two passes. */
export interface FileReader {
  /** What such a file holds, for the message about an empty one. */
  readonly expected: string;
  /**
   * Bytes at the beginning that are whole rows (and the whole header, where it comes first); 0 where more are needed.
   */
  cut(bytes: Uint8Array): number;
  /** The most bytes that `cut` may need. */
  longest(): number;
  /** First pass: counts what a piece holds. */
  survey(piece: Scanner): void;
  /**
   * Between the passes. @param last the last piece, for messages. @param bytes of the file, unpacked.
   * @returns where the rows begin.
   */
  begin(last: Scanner, bytes: number): Start;
  /** Second pass: reads the rows of a piece. */
  read(piece: Scanner): void;
  finish(): Dataset;
}

/** Reads a file that is in memory. */
export function readWhole(bytes: Uint8Array, file: string, reader: FileReader): Dataset {
  const scanner = new Scanner(bytes, file, reader.expected);
  reader.survey(scanner);
  scanner.position = reader.begin(scanner, bytes.length).at;
  reader.read(scanner);
  return reader.finish();
}

/** An unpacked file that can be read from its beginning more than once. */
export interface Source {
  /** For messages. */
  readonly file: string;
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

export interface StreamOptions {
  /** Is called with the unpacked bytes of every piece that was read, of both passes. */
  readonly progress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Bytes that a piece has at least, where the file has more; default 4 MiB. */
  readonly piece?: number;
}

/**
 * Reads a file in pieces. @throws DataError as the format does, and for a line or header that is too long.
 * @throws the signal's reason when it fires.
 */
export async function readPieces(source: Source, reader: FileReader, options: StreamOptions = {}): Promise<Dataset> {
  const { progress, signal, piece = 2 ** 22 } = options;
  let last: Scanner | undefined;
  let total = 0;
  for await (const { bytes, line } of pieces(source, reader, { at: 0, line: 1 }, piece)) {
    signal?.throwIfAborted();
    last = new Scanner(bytes, source.file, reader.expected, line);
    reader.survey(last);
    total += bytes.length;
    progress?.(bytes.length);
  }
  const start = reader.begin(last ?? new Scanner(new Uint8Array(0), source.file, reader.expected), total);
  for await (const { bytes, line } of pieces(source, reader, start, piece)) {
    signal?.throwIfAborted();
    reader.read(new Scanner(bytes, source.file, reader.expected, line));
    progress?.(bytes.length);
  }
  return reader.finish();
}

interface Piece {
  readonly bytes: Uint8Array;
  /** Number of its first line. */
  readonly line: number;
}

/** The file from `start` on. */
async function* pieces(source: Source, reader: FileReader, start: Start, least: number): AsyncGenerator<Piece, void> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  let line = start.line;
  let ahead = start.at;
  let wanted = least;
  const take = (): Uint8Array => {
    const whole = new Uint8Array(length);
    let at = 0;
    for (const chunk of waiting) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  };
  for await (const chunk of source.chunks()) {
    const rest = chunk.subarray(Math.min(ahead, chunk.length));
    ahead -= chunk.length - rest.length;
    if (rest.length === 0) continue;
    waiting.push(rest);
    length += rest.length;
    if (length < wanted) continue;
    const whole = take();
    const end = reader.cut(whole);
    waiting = [whole.subarray(end)];
    length -= end;
    if (end === 0 && length > reader.longest())
      throw new DataError(
        { file: source.file, line },
        `a line (or header) of more than ${length} bytes: expected at most ${reader.longest()}`,
      );
    wanted = end === 0 ? 2 * length : length + least;
    if (end === 0) continue;
    yield { bytes: whole.subarray(0, end), line };
    line += countLines(whole.subarray(0, end));
  }
  if (length > bounds.wholeBytes) throw new DataError({ file: source.file, line }, "a line that does not end");
  if (length > 0) yield { bytes: take(), line };
}

/** Line ends: LF, CRLF or CR. A piece ends behind a line end, so a CRLF stays together. */
function countLines(bytes: Uint8Array): number {
  let lines = 0;
  if (bytes.indexOf(RETURN) < 0) {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
    return lines;
  }
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === NEWLINE || (bytes[i] === RETURN && bytes[i + 1] !== NEWLINE)) lines++;
  }
  return lines;
}

/** The bytes up to and with the last line end; 0 where there is none. A CR at the very end may be half of a CRLF. */
export function lastLineEnd(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  if (bytes[at] === RETURN) at--;
  while (at >= 0 && !isLineEnd(bytes[at] as number)) at--;
  return at + 1;
}
