/**
 * The few calls to the operating system that everything in this folder is built on, as one value: the disk's, or in
 * tests one that fails where it is asked to. Node's own names and meanings; nothing is added but that a write says how
 * much it wrote.
 */
import { chmod, mkdir, open, readdir, realpath, rename, rmdir, stat, unlink, utimes } from "node:fs/promises";

export interface FileFacts {
  readonly size: number;
  readonly mode: number;
  /** Together they say whether a name still means the same file. */
  readonly dev: number;
  readonly ino: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

export interface OpenFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  /** Writes at the end of what was written before, perhaps less than was asked. */
  write(buffer: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
  stat(): Promise<FileFacts>;
  truncate(size: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileSystem {
  /** Flags as Node has them: "r", "a+", "wx". */
  open(path: string, flags: string): Promise<OpenFile>;
  stat(path: string): Promise<FileFacts>;
  realpath(path: string): Promise<string>;
  mkdir(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  readdir(path: string): Promise<readonly string[]>;
  chmod(path: string, mode: number): Promise<void>;
  utimes(path: string, accessed: Date, modified: Date): Promise<void>;
}

/** The computer's own. */
export const disk: FileSystem = {
  open: (path, flags) => open(path, flags),
  stat: (path) => stat(path),
  realpath: (path) => realpath(path),
  mkdir: async (path) => void (await mkdir(path)),
  rename: (from, to) => rename(from, to),
  unlink: (path) => unlink(path),
  rmdir: (path) => rmdir(path),
  readdir: (path) => readdir(path),
  chmod: (path, mode) => chmod(path, mode),
  utimes: (path, accessed, modified) => utimes(path, accessed, modified),
};

/** The system's name of an error, such as ENOENT; "" for errors of other kinds. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Writes all of it; a write may take less than it was given. */
export async function writeAll(file: OpenFile, content: Uint8Array): Promise<void> {
  for (let done = 0; done < content.length; ) {
    const { bytesWritten } = await file.write(content, done, content.length - done);
    done += bytesWritten;
  }
}
