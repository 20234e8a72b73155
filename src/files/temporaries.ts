/**
 * Files that are being written before they are renamed into place: their names say which process writes them, so that
 * those of a process that was killed can be removed later, and those of a living one never are.
 */
import { createHash, randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import type { FileSystem } from "./file-system.ts";
import { isRunning, type ProcessIdentity, thisProcess } from "./process-identity.ts";

/** A file of a writer that runs elsewhere counts as left behind after this many milliseconds. */
const patience = 24 * 3_600_000;

const pattern = /^\.(.+)\.([0-9a-f]{6})([0-9a-f]{6})([0-9a-f]{6})-(\d+)-(\d*)-[0-9a-f]{8}\.tmp$/;

/** A new name beside the target for what is to replace it. */
export function temporaryFor(target: string): string {
  const { host, boot, numbers, pid, started } = thisProcess();
  const where = [host, boot, numbers].map(short).join("");
  const name = `.${basename(target)}.${where}-${pid}-${started}-${randomBytes(4).toString("hex")}.tmp`;
  return join(dirname(target), name);
}

/**
 * Removes what processes that are gone have left in the folder of the files that `belongs` answers true for. What can't
 * be removed now can be later.
 */
export async function removeTemporaries(
  folder: string,
  belongs: (target: string) => boolean,
  files: FileSystem,
): Promise<void> {
  for (const name of await files.readdir(folder).catch(() => [])) {
    const found = pattern.exec(name);
    if (!found || !belongs(found[1])) continue;
    const path = join(folder, name);
    if (await isLeft(path, writerOf(found), files).catch(() => false)) await files.unlink(path).catch(() => {});
  }
}

async function isLeft(path: string, writer: ProcessIdentity, files: FileSystem): Promise<boolean> {
  const running = isRunning(writer);
  if (running !== undefined) return !running;
  return Date.now() - (await files.stat(path)).mtimeMs > patience;
}

/** Who wrote it; what is not as here has a name that is nobody's. */
function writerOf([, , host, boot, numbers, pid, started]: RegExpExecArray): ProcessIdentity {
  const own = thisProcess();
  const known = (text: string, digits: string): string => (short(text) === digits ? text : `not ${text}`);
  return {
    host: known(own.host, host),
    boot: known(own.boot, boot),
    numbers: known(own.numbers, numbers),
    pid: Number(pid),
    started,
  };
}

const short = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 6);
