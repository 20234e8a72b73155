/** The laws of a device, on the two modes of gpu.js that run everywhere; in a browser: test/browser. */
import { gpu } from "../../src/backends/gpu.ts";
import { runs } from "../arbitraries.ts";
import { programLaw } from "../laws/programs.ts";
import { register } from "../laws/register.ts";
import { backendLaw } from "../laws.ts";
import { holdsInSinglePrecision } from "./exceptions.ts";

const everyday = { runs: runs(3).numRuns };

const cpu = gpu("cpu");
register("gpu:cpu", [...backendLaw(cpu, everyday), ...programLaw(cpu, everyday)]);

const webasm = gpu("webasm");
register("gpu:webasm", [
  ...backendLaw(webasm, everyday).filter(holdsInSinglePrecision),
  ...programLaw(webasm, everyday),
]);
