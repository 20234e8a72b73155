/** The laws of every device, held on the WebAssembly device. */
import { wasm } from "../../src/backends/wasm.ts";
import { programLaw } from "../laws/programs.ts";
import { register } from "../laws/register.ts";
import { backendLaw } from "../laws.ts";

register("wasm", [...backendLaw(wasm()), ...programLaw(wasm())]);
