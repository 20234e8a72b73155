/**
 * A corpus of malformed files: for each the place where a reader must point, and words its one-line message must hold.
 * Lines and columns count from 1; without them the fault has no place but the file.
 */

export interface Malformed {
  readonly what: string;
  readonly text: string | Uint8Array;
  readonly line?: number;
  readonly column?: number;
  readonly says: readonly string[];
}
