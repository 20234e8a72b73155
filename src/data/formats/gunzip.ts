/**
 * Unpacks gzip by the web's DecompressionStream, which Node and browsers share. Goes by the first bytes of the data, not by
 * a file's name.
 */

import { DataError } from "../../errors.ts";

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @param file for messages. @throws DataError for data that are damaged or cut off. */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>, file: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  // A fault in the data rejects both ends; it is reported from the reading one.
  const written = writer.write(bytes).then(() => writer.close());
  written.catch(() => undefined);
  const reader = stream.readable.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
    }
    await written;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError({ file }, `the gzip data are damaged or cut off (${reason}): expected a whole .gz file`);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
