/**
 * Packages with binaries that a user may install beside this one to reach a graphics processor from Node: `webgpu` and
 * `gl`. They are no dependencies, so each is there, missing, or there and broken; a broken one says why.
 */
import { inNode } from "../host.ts";

export interface NativePackage {
  /** What the package exports; undefined where it is not installed or does not load. */
  readonly exports?: unknown;
  /** Why an installed package does not load; undefined where it is not installed, or loads. */
  readonly fault?: string;
}

const loading = new Map<string, Promise<NativePackage>>();

/** The package, loaded once. Never throws. */
export function nativePackage(name: "webgpu" | "gl"): Promise<NativePackage> {
  const known = loading.get(name) ?? (inNode() ? packageAt(name, name) : Promise.resolve({}));
  loading.set(name, known);
  return known;
}

/** The package at a specifier or path, by the name that messages call it. */
export async function packageAt(specifier: string, name: string): Promise<NativePackage> {
  try {
    // The specifier is a variable so that bundlers and the compiler need not find the package.
    return { exports: await import(/* @vite-ignore */ specifier) };
  } catch (error) {
    if (isMissing(error, name)) return {};
    return { fault: `the package ${name} is installed but does not load: ${reasonOf(error)}` };
  }
}

/**
 * Whether it is the package itself that was not found, or that has nothing in it, and not a part of it or a library.
 */
function isMissing(error: unknown, name: string): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const found = error instanceof Error ? error.message : "";
  return (
    code === "ERR_MODULE_NOT_FOUND" && new RegExp(`Cannot find package '([^']*[\\\\/])?${name}(['\\\\/])`).test(found)
  );
}

/** The first line of an error: loaders list all that they tried below it. */
export function reasonOf(error: unknown): string {
  const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.trim();
}
