/** What a command writes must not be what it reads: the one would be lost with the other. */
import { stat } from "node:fs/promises";
import { UsageError } from "../errors.ts";

/**
 * @param out what is written, by its option; undefined where the option is not given
 * @param inputs paths that are read; what is no file is none
 * @throws UsageError where an output is an input, by whatever name
 */
export async function requireOthers(
  out: Readonly<Record<string, string | undefined>>,
  inputs: readonly (string | undefined)[],
): Promise<void> {
  const read = new Set(await Promise.all(inputs.map(identityOf)));
  for (const [option, path] of Object.entries(out)) {
    const identity = await identityOf(path);
    if (identity !== undefined && read.has(identity))
      throw new UsageError(`${option} ${path}: this file is read, too: expected another name`);
  }
}

/** The same for all names of one file; undefined for what is not there, or no file. */
async function identityOf(path: string | undefined): Promise<string | undefined> {
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return found?.isFile() ? `${found.dev} ${found.ino}` : undefined;
}
