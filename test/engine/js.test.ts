/** The js device under the laws of every device, in both float widths. */
import { js } from "../../src/backends/js.ts";
import { runs } from "../arbitraries.ts";
import { double } from "../laws/arithmetic.ts";
import { programLaw } from "../laws/programs.ts";
import { register } from "../laws/register.ts";
import { backendLaw } from "../laws.ts";

register("js", backendLaw(js(), { runs: runs(20).numRuns }));
register("js:float64", backendLaw(js({ precision: 64 }), { accuracy: double, runs: runs(20).numRuns }));
register("js, random programs", programLaw(js(), { runs: runs(60).numRuns }));
register(
  "js:float64, random programs",
  programLaw(js({ precision: 64 }), { accuracy: double, runs: runs(60).numRuns }),
);
