/**
 * Unpacks gzip by the web's DecompressionStream, which Node and browsers share. Goes by the first bytes of the data,
 * not by a file's name, and stops where far more comes out than went in.
 */

import { DataError } from "../../errors.ts";
import { bounds } from "./bounds.ts";

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Adds up what is unpacked from `packed` bytes. @throws DataError where it is beyond the bounds. */
export function unpackedMeter(file: string, packed: number, most: number): (bytes: number) => void {
  const allowed = Math.min(most, Math.max(bounds.unpackedAtLeast, bounds.unpackedRatio * packed));
  let unpacked = 0;
  return (bytes) => {
    unpacked += bytes;
    if (unpacked > allowed)
      throw new DataError(
        { file },
        `${packed} packed bytes unpack to more than ${allowed}: expected at most ${bounds.unpackedRatio} times as many and ${most} in all; unpack it yourself if you trust it`,
      );
  };
}

/**
 * The unpacked bytes piece by piece, of which no more are made than are asked for.
 * @param file for messages. @param packed number of bytes in `chunks`.
 * @throws DataError for data that are damaged, cut off, or unpack beyond the bounds.
 */
export async function* gunzipped(
  chunks: Iterable<Uint8Array<ArrayBuffer>> | AsyncIterable<Uint8Array<ArrayBuffer>>,
  file: string,
  packed: number,
  most: number = bounds.unpackedBytes,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  let unreadable: unknown;
  const write = async (): Promise<void> => {
    for await (const chunk of chunks) {
      await writer.ready;
      await writer.write(chunk);
    }
    await writer.close();
  };
  // A fault in the data rejects both ends; it is reported from the reading one.
  const written = write().catch(async (error: unknown) => {
    unreadable = error;
    await writer.abort(error).catch(() => undefined);
  });
  const reader = stream.readable.getReader();
  const count = unpackedMeter(file, packed, most);
  try {
    for (;;) {
      const { done, value } = await damaged(file, () => reader.read());
      if (done) break;
      count(value.length);
      yield value;
    }
    await written;
    if (unreadable !== undefined) throw unreadable;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function damaged<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError({ file }, `the gzip data are damaged or cut off (${reason}): expected a whole .gz file`);
  }
}

/** All of it at once. @param file for messages. @throws DataError as `gunzipped`. */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>, file: string): Promise<Uint8Array<ArrayBuffer>> {
  return joined(gunzipped([bytes], file, bytes.length, bounds.wholeBytes));
}

/** Pieces as one array. */
export async function joined(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    chunks.push(piece);
    length += piece.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
