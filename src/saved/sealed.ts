/**
 * Safetensors files that say whether they are whole: their metadata hold the SHA-256 of the whole file, taken with
 * zeros in the place of the digest itself. Any changed byte is noticed, of numbers, names and settings alike; every
 * other reader of safetensors reads them as ever.
 */
import { DataError } from "../errors.ts";
import { decodeSafetensors, encodeSafetensors, type Safetensors, type StoredTensor } from "./safetensors.ts";
import { sha256 } from "./sha256.ts";

const digestKey = "sha256";
const digits = 64;
const encoder = new TextEncoder();
const zeros = encoder.encode("0".repeat(digits));
const opening = encoder.encode(`"${digestKey}":"`);

/** As `encodeSafetensors`, sealed. */
export function encodeSealed(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const file = encodeSafetensors(tensors, new Map([...metadata, [digestKey, "0".repeat(digits)]]));
  file.set(encoder.encode(sha256(file)), digestPlace(file));
  return file;
}

export interface Sealed extends Safetensors {
  /** False for a file without a digest, of which nothing is known. */
  readonly sealed: boolean;
}

/**
 * As `decodeSafetensors`.
 * @throws DataError, besides, for a file that has a digest and is not what it was made from
 */
export function decodeSealed(bytes: Uint8Array, file: string): Sealed {
  const decoded = decodeSafetensors(bytes, file);
  const stored = decoded.metadata.get(digestKey);
  if (stored === undefined) return { ...decoded, sealed: false };
  const at = digestPlace(bytes);
  const found = at < 0 ? "" : sha256(bytes.subarray(0, at), zeros, bytes.subarray(at + digits));
  if (found === stored) return { ...decoded, sealed: true };
  throw new DataError({ file }, "the checksum in the file is not that of its content: it is damaged");
}

/** Where the digest begins; -1 if it is not there as this program writes it. */
function digestPlace(bytes: Uint8Array): number {
  const end = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  for (let at = 8; at + opening.length + digits <= end; at++) {
    if (opening.every((byte, i) => bytes[at + i] === byte)) return at + opening.length;
  }
  return -1;
}
