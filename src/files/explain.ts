/** The system's error codes as sentences that name the file. */
import { UsageError } from "../errors.ts";
import { errorCode } from "./file-system.ts";

/** A file could not be written or read, and not because its name was wrong: the work fails, the command was right. */
export class FileError extends Error {
  override readonly name = "FileError";
}

const places: Readonly<Record<string, string>> = {
  EACCES: "writing there isn't allowed",
  EPERM: "writing there isn't allowed",
  EISDIR: "it is a folder; expected the name of a file",
  ENOENT: "no folder can be made there",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a part of the path is a file, not a folder",
};

const refusals: Readonly<Record<string, string>> = {
  EACCES: "reading it isn't allowed",
  EPERM: "reading it isn't allowed",
  ENOTDIR: "a part of the path is a file, not a folder",
};

const failures: Readonly<Record<string, string>> = {
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EIO: "the disk answered with an error",
  EFBIG: "the file would be larger than the system allows",
  ELOOP: "links there lead in a circle",
  ENAMETOOLONG: "the name is too long",
  ENXIO: "nothing reads at the other end of it",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open on this machine",
  ENOMEM: "the system has no memory left",
};

/**
 * Does `action`, which reads `path`. That there is no such file, or a folder, is for the caller to explain.
 * @throws FileError where reading failed; other errors pass through
 */
export async function explainReading<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = errorCode(error);
    if (Object.hasOwn(refusals, code)) throw new FileError(`can't read ${path}: ${refusals[code]}`);
    if (Object.hasOwn(failures, code)) throw new FileError(`can't read ${path}: ${failures[code]}`);
    throw error;
  }
}

/**
 * Does `action`, which writes `path`.
 * @throws UsageError where the place is wrong, FileError where writing failed; other errors pass through
 */
export async function explainWriting<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = errorCode(error);
    if (Object.hasOwn(places, code)) throw new UsageError(`can't write ${path}: ${places[code]}`);
    if (Object.hasOwn(failures, code)) throw new FileError(`can't write ${path}: ${failures[code]}`);
    throw error;
  }
}
