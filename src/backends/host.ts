/**
 * What this code runs in: Node or a kin of it, a page or a worker of a page, and what the content security policy there
 * forbids.
 */

/** Whether Node's modules are here: in Node, Bun and Deno. */
export const inNode = (): boolean => typeof process !== "undefined" && process.versions?.node !== undefined;

/** "Node 20.20.2", "Bun 1.3.0"; a browser where it is none of these. */
export function hostName(): string {
  if (!inNode()) return "this browser";
  const { bun, deno, node } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node ${node}` : `Deno ${deno}`;
}

const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Why no WebAssembly can be compiled here; undefined where it can. */
export function whyNoWasm(): string | undefined {
  if (typeof WebAssembly === "undefined") return "this engine has no WebAssembly";
  try {
    new WebAssembly.Module(emptyModule);
    return undefined;
  } catch {
    return "the page's content security policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src";
  }
}

/** What is missing where a page may not make workers from text. */
export const noBlobWorkers =
  "the page's content security policy forbids workers from blobs: add blob: to its worker-src";

/**
 * Why no worker can be made from text here; undefined where one can, or where memory can't be shared with it anyway.
 */
export async function whyNoBlobWorkers(): Promise<string | undefined> {
  if (inNode() || typeof Worker === "undefined" || globalThis.crossOriginIsolated !== true) return undefined;
  const address = URL.createObjectURL(new Blob(["postMessage(0)"], { type: "text/javascript" }));
  try {
    const worker = new Worker(address);
    const runs = await new Promise<boolean>((resolve) => {
      worker.onmessage = () => resolve(true);
      worker.onerror = () => resolve(false);
    });
    worker.terminate();
    return runs ? undefined : noBlobWorkers;
  } catch {
    return noBlobWorkers;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Why no function can be made from text here; undefined where one can. */
export function whyNoFunctions(): string | undefined {
  try {
    new Function("");
    return undefined;
  } catch {
    return "the page's content security policy forbids functions made from text: add 'unsafe-eval' to its script-src";
  }
}
