/** The laws of every device, held on the WebAssembly device, with each kind of SIMD that the engine has. */
import { wasm } from "../../src/backends/wasm.ts";
import { programLaw } from "../laws/programs.ts";
import { register } from "../laws/register.ts";
import { backendLaw } from "../laws.ts";
import { simdHere } from "./engine.ts";

for (const simd of simdHere) {
  const backend = wasm({ simd, threads: 1 });
  register(`wasm, ${simd} SIMD`, [...backendLaw(backend), ...programLaw(backend)]);
}
