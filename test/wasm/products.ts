/** What process.test.ts runs in processes of their own: a large product on two threads. */
import { wasm } from "../../src/backends/wasm.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";

const product = program({ product: matmul(input("a", [256, 256]), input("b", [256, 256])) });

export const executable = await wasm({ threads: 2 }).compile({ product });
export const feeds = { a: new Float32Array(256 * 256), b: new Float32Array(256 * 256) };
