/**
 * A disk in memory that fails where it is asked to: the n-th call of a kind answers with an error, writes take less
 * than they were given, and the power goes: then only what was synced is sure to be there, everything else survives or
 * not as it comes.
 */
import { dirname } from "node:path";
import type { FileFacts, FileSystem, OpenFile } from "../../src/files/file-system.ts";

interface File {
  readonly ino: number;
  data: Buffer;
  /** As of the last sync. */
  durable: Buffer;
  mtimeMs: number;
}

interface Folder {
  readonly ino: number;
  entries: Map<string, File | Folder>;
  durable: Map<string, File | Folder>;
}

const isFolder = (entry: File | Folder | undefined): entry is Folder => entry !== undefined && "entries" in entry;

export const calls = [
  "open",
  "read",
  "write",
  "sync",
  "truncate",
  "rename",
  "unlink",
  "mkdir",
  "rmdir",
  "readdir",
  "close",
  "chmod",
] as const;
export type Call = (typeof calls)[number];

export interface Fault {
  readonly call: Call;
  /** Which call of that kind, from 0. */
  readonly at: number;
  readonly code: string;
}

export class FakeDisk implements FileSystem {
  fault: Fault | undefined;
  /** From this call of any kind on the power is gone: nothing is done any more. */
  powerUntil = Number.POSITIVE_INFINITY;
  /** The most bytes that one write takes. */
  shortest = Number.POSITIVE_INFINITY;
  readonly calls = new Map<Call, number>();
  /** How many calls of any kind there were. */
  total = 0;
  #inodes = 0;
  #root: Folder = this.#folder();

  readonly open = async (path: string, flags: string): Promise<OpenFile> => {
    this.#count("open");
    const { folder, name, entry } = this.#find(path);
    if (isFolder(entry)) return this.#openFolder(entry);
    if (entry && flags.includes("x")) throw failure("EEXIST", "open");
    if (!entry && flags.startsWith("r")) throw failure("ENOENT", "open");
    const file = entry ?? this.#file();
    if (!entry) folder.entries.set(name, file);
    if (flags === "w") file.data = Buffer.alloc(0);
    return this.#openFile(file);
  };

  readonly stat = async (path: string): Promise<FileFacts> => {
    const { entry } = this.#find(path);
    if (!entry) throw failure("ENOENT", "stat");
    return facts(entry);
  };

  readonly realpath = async (path: string): Promise<string> => {
    await this.stat(path);
    return path;
  };

  readonly mkdir = async (path: string): Promise<void> => {
    this.#count("mkdir");
    const { folder, name, entry } = this.#find(path);
    if (entry) throw failure("EEXIST", "mkdir");
    folder.entries.set(name, this.#folder());
  };

  readonly rename = async (from: string, to: string): Promise<void> => {
    this.#count("rename");
    const source = this.#find(from);
    if (!source.entry) throw failure("ENOENT", "rename");
    const target = this.#find(to);
    target.folder.entries.set(target.name, source.entry);
    source.folder.entries.delete(source.name);
  };

  readonly unlink = async (path: string): Promise<void> => {
    this.#count("unlink");
    const { folder, name, entry } = this.#find(path);
    if (!entry) throw failure("ENOENT", "unlink");
    folder.entries.delete(name);
  };

  readonly rmdir = async (path: string): Promise<void> => {
    this.#count("rmdir");
    const { folder, name, entry } = this.#find(path);
    if (!isFolder(entry)) throw failure(entry ? "ENOTDIR" : "ENOENT", "rmdir");
    if (entry.entries.size > 0) throw failure("ENOTEMPTY", "rmdir");
    folder.entries.delete(name);
  };

  readonly readdir = async (path: string): Promise<readonly string[]> => {
    this.#count("readdir");
    const { entry } = this.#find(path);
    if (!isFolder(entry)) throw failure(entry ? "ENOTDIR" : "ENOENT", "readdir");
    return [...entry.entries.keys()];
  };

  readonly chmod = async (): Promise<void> => this.#count("chmod");

  readonly utimes = async (path: string, _accessed: Date, modified: Date): Promise<void> => {
    const { entry } = this.#find(path);
    if (entry && !isFolder(entry)) entry.mtimeMs = modified.getTime();
  };

  /** What a reader sees now; undefined where there is no such file. */
  text(path: string): string | undefined {
    try {
      const { entry } = this.#find(path);
      return entry && !isFolder(entry) ? entry.data.toString("utf8") : undefined;
    } catch {
      return undefined;
    }
  }

  /** Paths of all files, in order. */
  paths(): string[] {
    const below = (folder: Folder, path: string): string[] =>
      [...folder.entries].flatMap(([name, entry]) =>
        isFolder(entry) ? below(entry, `${path}/${name}`) : [`${path}/${name}`],
      );
    return below(this.#root, "").sort();
  }

  /** The power goes and comes back. @param random uniform on [0, 1) */
  losePower(random: () => number): void {
    this.powerUntil = Number.POSITIVE_INFINITY;
    const survive = (folder: Folder): void => {
      const names = new Set([...folder.entries.keys(), ...folder.durable.keys()]);
      const left = [...names].flatMap((name) => {
        const [now, then] = [folder.entries.get(name), folder.durable.get(name)];
        const kept = now === then || random() < 0.5 ? now : then;
        return kept ? [[name, kept] as const] : [];
      });
      folder.entries = new Map(left);
      folder.durable = new Map(left);
      for (const [, entry] of left) {
        if (isFolder(entry)) survive(entry);
        else entry.data = entry.durable = surviving(entry, random);
      }
    };
    survive(this.#root);
  }

  #openFile(file: File): OpenFile {
    return {
      read: async (buffer, offset, length, position) => {
        this.#count("read");
        const bytesRead = Math.max(0, Math.min(length, file.data.length - position));
        file.data.copy(buffer, offset, position, position + bytesRead);
        return { bytesRead };
      },
      write: async (buffer, offset, length) => {
        this.#count("write");
        const bytesWritten = Math.min(length, this.shortest);
        file.data = Buffer.concat([file.data, buffer.subarray(offset, offset + bytesWritten)]);
        file.mtimeMs = Date.now();
        return { bytesWritten };
      },
      stat: async () => facts(file),
      truncate: async (size) => {
        this.#count("truncate");
        file.data = file.data.subarray(0, size);
      },
      sync: async () => {
        this.#count("sync");
        file.durable = file.data;
      },
      close: async () => this.#count("close"),
    };
  }

  #openFolder(folder: Folder): OpenFile {
    const refuse = async (): Promise<never> => {
      throw failure("EISDIR", "read");
    };
    return {
      read: refuse,
      write: refuse,
      truncate: refuse,
      stat: async () => facts(folder),
      sync: async () => {
        this.#count("sync");
        folder.durable = new Map(folder.entries);
      },
      close: async () => this.#count("close"),
    };
  }

  #find(path: string): { readonly folder: Folder; readonly name: string; readonly entry: File | Folder | undefined } {
    if (path === dirname(path)) return { folder: this.#root, name: "", entry: this.#root };
    const { entry: folder } = this.#find(dirname(path));
    if (!isFolder(folder)) throw failure(folder ? "ENOTDIR" : "ENOENT", "open");
    const name = path.slice(path.lastIndexOf("/") + 1);
    return { folder, name, entry: folder.entries.get(name) };
  }

  #file(): File {
    return { ino: this.#nextInode(), data: Buffer.alloc(0), durable: Buffer.alloc(0), mtimeMs: Date.now() };
  }

  #folder(): Folder {
    return { ino: this.#nextInode(), entries: new Map(), durable: new Map() };
  }

  #nextInode(): number {
    this.#inodes++;
    return this.#inodes;
  }

  #count(call: Call): void {
    const at = this.calls.get(call) ?? 0;
    this.calls.set(call, at + 1);
    if (this.total++ >= this.powerUntil) throw failure("EIO", "no power");
    if (this.fault?.call === call && this.fault.at === at) throw failure(this.fault.code, call);
  }
}

/** Synced bytes for certain; of the others some blocks, the rest zeros, up to some length. */
function surviving({ data, durable }: File, random: () => number): Buffer {
  if (data.equals(durable)) return data;
  const common = Math.min(data.length, durable.length);
  const longest = Math.max(data.length, durable.length);
  const left = Buffer.from(data.subarray(0, common + Math.floor(random() * (longest - common + 1))));
  const block = 16;
  for (let from = common; from < left.length; from += block) {
    if (random() < 0.5) left.fill(0, from, Math.min(left.length, from + block));
  }
  return left;
}

function facts(entry: File | Folder): FileFacts {
  const folder = isFolder(entry);
  return {
    size: folder ? 0 : entry.data.length,
    mode: 0o644,
    dev: 1,
    ino: entry.ino,
    mtimeMs: folder ? 0 : entry.mtimeMs,
    isFile: () => !folder,
    isDirectory: () => folder,
  };
}

const failure = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });
