/**
 * Our own step as a process, with the protocol of the others. Arguments: problem file, threads, js or a kind of SIMD.
 */
import { createBackend } from "../../src/backends/create.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { hardbatchStep } from "./problem.ts";
import { readProblem, serve } from "./serve.mjs";

const problem = readProblem();
const simd = process.argv[4];
const backend =
  simd === "plain" || simd === "relaxed" ? wasm({ threads: problem.threads, simd }) : await createBackend("js");
await serve({ ...(await hardbatchStep(backend, problem.widths)), problem });
