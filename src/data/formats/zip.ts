/**
 * Zip archives: the list of files at the end of the archive, and one file of it, unpacked by fflate within the bounds
 * and checked against its length and CRC. No encryption, no Zip64, nothing is written anywhere.
 */

import { Inflate } from "fflate";
import { DataError } from "../../errors.ts";
import { bounds } from "./bounds.ts";
import { joined, unpackedMeter } from "./gunzip.ts";

export interface ZipEntry {
  /** With `/` between folders, as the archive says. */
  readonly name: string;
  readonly packed: number;
  readonly unpacked: number;
  readonly crc: number;
  /** 0 as it is, 8 deflated. */
  readonly method: number;
  readonly at: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_LENGTH = 22;
const CENTRAL_LENGTH = 46;
const LOCAL_LENGTH = 30;
/** An input of one `push` of fflate: what comes out of it stays below 1032 times as much. */
const CHUNK = 2 ** 14;

export function isZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * The files of an archive, without folders.
 * @throws DataError for what is no whole archive, too many files, a name twice, or one that leads out of the folder
 * that it is unpacked in.
 */
export function listZip(bytes: Uint8Array, file: string): ZipEntry[] {
  const fault = (message: string): DataError => new DataError({ file }, `${message}: expected a whole .zip file`);
  const data = view(bytes);
  let end = bytes.length - END_LENGTH;
  // A comment of at most 65,535 bytes may follow.
  const first = Math.max(0, end - 0xffff);
  while (end >= first && data.getUint32(end, true) !== END) end--;
  if (end < first) throw fault("the zip archive has no list of files; it may be cut off");
  const count = data.getUint16(end + 10, true);
  let at = data.getUint32(end + 16, true);
  if (count > bounds.zipEntries) throw new DataError({ file }, `${count} files: expected at most ${bounds.zipEntries}`);
  if (at === 0xffffffff) throw new DataError({ file }, "a Zip64 archive: expected one below 4 GiB; unpack it yourself");
  const entries = new Map<string, ZipEntry>();
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_LENGTH > end || data.getUint32(at, true) !== CENTRAL) throw fault("the list of files is damaged");
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => data.getUint16(at + offset, true));
    const next = at + CENTRAL_LENGTH + nameLength + extra + comment;
    if (next > end) throw fault("the list of files is damaged");
    const name = new TextDecoder().decode(bytes.subarray(at + CENTRAL_LENGTH, at + CENTRAL_LENGTH + nameLength));
    checkName(name, file);
    if (entries.has(name)) throw new DataError({ file }, `${shown(name)} is there twice: expected each file once`);
    if ((data.getUint16(at + 8, true) & 1) === 1)
      throw new DataError({ file }, `${shown(name)} is encrypted: expected files without a password`);
    entries.set(name, {
      name,
      method: data.getUint16(at + 10, true),
      crc: data.getUint32(at + 16, true),
      packed: data.getUint32(at + 20, true),
      unpacked: data.getUint32(at + 24, true),
      at: data.getUint32(at + 42, true),
    });
    at = next;
  }
  return [...entries.values()].filter(({ name }) => !name.endsWith("/"));
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 100));

function checkName(name: string, file: string): void {
  const parts = name.replaceAll("\\", "/").split("/");
  if (name === "" || name.includes("\0") || parts[0] === "" || /^[A-Za-z]:/.test(name) || parts.includes(".."))
    throw new DataError({ file }, `a file named ${shown(name)}: expected names that stay inside the archive's folder`);
}

/** @throws DataError for an entry that is damaged, of an unknown method, or unpacks beyond the bounds. */
export async function unzip(bytes: Uint8Array, entry: ZipEntry, file: string): Promise<Uint8Array<ArrayBuffer>> {
  const { name, method, packed, at, crc, unpacked } = entry;
  const place = { file: `${file}/${name}` };
  const data = view(bytes);
  const fault = (): DataError =>
    new DataError(place, "the zip data are damaged or cut off: expected a whole .zip file");
  if (at + LOCAL_LENGTH > bytes.length || data.getUint32(at, true) !== LOCAL) throw fault();
  const start = at + LOCAL_LENGTH + data.getUint16(at + 26, true) + data.getUint16(at + 28, true);
  if (start + packed > bytes.length) throw fault();
  if (method !== 0 && method !== 8)
    throw new DataError(place, `packed by method ${method}: expected 0 or 8 (deflate); unpack it yourself`);
  const content = bytes.subarray(start, start + packed);
  const count = unpackedMeter(place.file, packed, bounds.wholeBytes);
  const whole = method === 0 ? content.slice() : await joined(inflated(content, count, fault));
  if (whole.length !== unpacked || crc32(whole) !== crc) throw fault();
  return whole;
}

function inflated(content: Uint8Array, count: (bytes: number) => void, fault: () => DataError): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const inflate = new Inflate((piece) => {
    count(piece.length);
    pieces.push(piece);
  });
  for (let at = 0; at < content.length; at += CHUNK) {
    try {
      inflate.push(content.subarray(at, at + CHUNK), at + CHUNK >= content.length);
    } catch (error) {
      throw error instanceof DataError ? error : fault();
    }
  }
  return pieces;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The check sum of zip (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crcTable[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
