/** The js device under the laws of every device, in both float widths. */
import { expect, test, vi } from "vitest";
import { js } from "../../src/backends/js.ts";
import { biasLeakyRelu, multiply, sigmoid } from "../../src/engine/ops/map.ts";
import { program } from "../../src/engine/program.ts";
import { constant, input } from "../../src/engine/tensor.ts";
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

test("where text may not be compiled, as under a content security policy, the numbers are the same", async () => {
  const x = input("x", [3, 5]);
  const built = program({
    y: sigmoid(biasLeakyRelu(multiply(x, x), constant([1, 5], Float32Array.of(1, -2, 3, -4, 5)), 0.1)),
  });
  const feeds = { x: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)) };
  const compiled = await (await js().compile({ built })).run("built", feeds);
  vi.resetModules();
  const refused = vi.fn(function refused() {
    throw new EvalError("Refused to evaluate a string as JavaScript");
  });
  vi.stubGlobal("Function", refused);
  try {
    const { js: strict } = await import("../../src/backends/js.ts");
    expect(await (await strict().compile({ built })).run("built", feeds)).toEqual(compiled);
    expect(refused).toHaveBeenCalled();
  } finally {
    vi.unstubAllGlobals();
  }
});
