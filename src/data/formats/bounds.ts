/**
 * How much of anything a data file may hold. A file is data from strangers: what asks for more than this is refused
 * with the number that was found and the one that is allowed, before memory is taken for it. The tables of numbers have
 * an allowance of their own (allowance.ts).
 */

export const bounds = {
  /** Unpacked bytes for each packed byte of a gzip file or a zip entry; `unpackedAtLeast` are always allowed. */
  unpackedRatio: 200,
  unpackedAtLeast: 64 * 2 ** 20,
  /** Unpacked bytes of one file. */
  unpackedBytes: 2 ** 36,
  /** Bytes of a file that is read as a whole: no array of bytes is longer. */
  wholeBytes: 2 ** 32 - 1,
  /** Files in a zip archive. */
  zipEntries: 10_000,
  /** Bytes of one line. */
  lineBytes: 2 ** 28,
  /** Bytes of the header of an ARFF file. */
  headerBytes: 2 ** 29,
  /** Bytes of a Mulan XML file. */
  xmlBytes: 2 ** 26,
  /** Bytes of the header of a .npy file. */
  npyHeaderBytes: 2 ** 16,
  /** Columns of a file, also those that it knows by number alone. */
  columns: 2 ** 24,
  labels: 2 ** 22,
  /** Bytes of the name of a column, a label or a value. */
  nameBytes: 2 ** 16,
} as const;
