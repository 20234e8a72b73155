/** Our models against the published PyTorch modules, on every device that runs here. */
import { describe, expect, it } from "vitest";
import { js } from "../../src/backends/js.ts";
import { goldenFiles, readGolden } from "./golden.ts";
import { goldenCases, modelOf } from "./golden-cases.ts";
import { backendsHere, expectGolden, type Replay, replay } from "./golden-replay.ts";

const backends = await backendsHere();

for (const given of goldenCases) {
  const files = goldenFiles(given.file);
  if (files.length === 0) describe.skip(`${given.file} (skipped: no such file in the fixtures)`, () => {});
  describe.each(files.map((file, i) => ({ ...readGolden(file), first: i === 0 })))("$title", ({ first, ...golden }) => {
    // gpu.js takes a second to compile a program: one file of each model has to do.
    const devices = backends.filter(({ name }) => first || !name.startsWith("gpu"));
    it.each(devices.map((backend) => [backend.name, backend] as const))("on %s", async (_name, backend) => {
      const model = modelOf(golden, given);
      expectGolden(model, golden, await replay(model, golden, backend, given), given);
    });
  });
}

const [given] = goldenCases;
const [file] = goldenFiles(given.file);
describe.skipIf(!file)("planted errors are caught", () => {
  /** What the comparison says of a run that was tampered with. */
  async function verdict(change: (run: Replay) => Replay, options: Readonly<Record<string, unknown>> = {}) {
    const golden = readGolden(file);
    const changed = { ...given, options: () => ({ ...given.options(golden), ...options }) };
    const model = modelOf(golden, changed);
    const run = await replay(model, golden, js({ precision: 64 }), changed);
    return expect(() => expectGolden(model, golden, change(run), changed));
  }
  /** With one entry of one array off by a thousandth. */
  const nudged = (values: Replay["after1"], name: string) => ({
    ...values,
    [name]: values[name].map((value, i) => (i === 0 ? value + 1e-3 : value)),
  });

  it.each<[string, (run: Replay) => Replay, Readonly<Record<string, unknown>>, string]>([
    ["another slope", (run) => run, { slope: 0.11 }, "loss"],
    ["a gradient", (run) => ({ ...run, gradients: nudged(run.gradients, "head.weight") }), {}, "gradient head.weight"],
    ["a step", (run) => ({ ...run, after3: nudged(run.after3, "head.bias") }), {}, "after3/head.bias"],
    ["a prediction", (run) => ({ ...run, predictions: run.predictions.map((p) => p + 1e-3) }), {}, "predictions"],
    ["NaN", (run) => ({ ...run, losses: run.losses.map(() => Number.NaN) }), {}, "losses of three steps"],
  ])("%s", async (_title, change, options, message) => {
    (await verdict((run) => run)).not.toThrow();
    (await verdict(change, options)).toThrow(message);
  });
});
