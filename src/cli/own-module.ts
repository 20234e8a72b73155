/**
 * Samplers and models that somebody brought: `--samplers ./mine.js` loads a module that exports a function `sampler`
 * (or `model`). It is program text and runs as such. Its SHA-256, with all that it imports by a relative path, goes
 * into the cells.
 */
import { createHash } from "node:crypto";
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DataError, UsageError } from "../errors.ts";
import { mostTextBytes, readOrdinary } from "../files/ordinary.ts";

export interface OwnModule<Maker> {
  /** The file's name without its ending. */
  readonly name: string;
  readonly sha256: string;
  /** What the module exports, taken at its word: the first run says what is wrong with it. */
  readonly make: Maker;
}

/** Whether the word is a path of a module and no name of ours. */
export const isOwnModule = (text: string): boolean => /\.(js|mjs|ts|mts)$/.test(text);

/**
 * @param kind the name of the function that the module exports
 * @throws UsageError where there is no such module or function
 */
export async function loadOwn<Maker>(
  path: string,
  kind: "sampler" | "model",
  isMaker: (value: unknown) => value is Maker,
): Promise<OwnModule<Maker>> {
  const file = resolve(path);
  const texts = new Map<string, string>();
  await collect(file, path, texts);
  const hash = createHash("sha256");
  // By their contents in a fixed order: where the files lie does not matter.
  for (const text of [...texts.values()].sort()) hash.update(`${text.length}\n${text}`);
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new UsageError(`${path} can't be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  const make = module[kind];
  if (!isMaker(make)) throw new UsageError(`${path} exports no function ${kind}; see docs/studies.md`);
  return { name: basename(path).replace(/\.[^.]+$/, ""), sha256: hash.digest("hex"), make };
}

async function collect(file: string, named: string, texts: Map<string, string>): Promise<void> {
  if (texts.has(file)) return;
  let text: string;
  try {
    text = (await readOrdinary(file, mostTextBytes)).toString("utf8");
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new UsageError(`${named}: there is no such module`);
  }
  texts.set(file, text);
  for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g)) {
    await collect(resolve(dirname(file), specifier), specifier, texts);
  }
}
