/** Folders that are there, and whose entries are on the disk. */
import { dirname } from "node:path";
import type { FileSystem } from "./file-system.ts";

/**
 * Makes the folder and those above it, and waits until the disk has each new entry. Node's own way never ends where a
 * system's folder, such as /proc, takes no new ones.
 */
export async function makeFolder(path: string, files: FileSystem): Promise<void> {
  const found = await files.stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (found === undefined && dirname(path) !== path) await makeFolder(dirname(path), files);
  try {
    await files.mkdir(path);
    await syncFolder(dirname(path), files);
  } catch (error) {
    // Another process may have been faster.
    if (!(await files.stat(path).catch(() => undefined))?.isDirectory()) throw error;
  }
}

/** Names in the folder reach the disk; where folders can't be opened (Windows) the file system sees to it. */
export async function syncFolder(path: string, files: FileSystem): Promise<void> {
  try {
    const folder = await files.open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    return;
  }
}
