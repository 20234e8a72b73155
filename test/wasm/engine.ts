/** What the engine that runs the tests has, and a look at every memory that it hands out. */
import { vi } from "vitest";
import type { Simd } from "../../src/backends/wasm/module.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { UsageError } from "../../src/errors.ts";

const has = (simd: Simd): boolean => {
  try {
    wasm({ simd });
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
};

/** "plain", and "relaxed" where the engine has it, which `HARDBATCH_SIMD=relaxed` demands. */
export const simdHere: readonly Simd[] = (["plain", "relaxed"] as const).filter(has);
if (process.env.HARDBATCH_SIMD === "relaxed" && !simdHere.includes("relaxed")) {
  throw new Error(`HARDBATCH_SIMD=relaxed: Node ${process.version} has no relaxed SIMD`);
}

/** Calls `seen` with each new memory until all stubs of globals are taken back. */
export function watchMemories(seen: (memory: WebAssembly.Memory) => void): void {
  class Watched extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      seen(this);
    }
  }
  vi.stubGlobal("WebAssembly", Object.create(WebAssembly, { Memory: { value: Watched } }));
}
