/**
 * The gpu device, mode by mode: `npm run bench -- gpu`; on a machine with a graphics processor the same with
 * `--chromium hardware --largest 2048 --budget 5000 --laws 20`. Node's modes run where their packages are (`npm install
 * webgpu`), a browser's where there is a Chromium, PyTorch beside them where Python has it with CUDA. A mode that is not
 * there says why, and one that gpu.js leaves for another is refused.
 *
 * Flags: --modes webgpu,wasm,...   which of webgpu, webgl2, headlessgl, webasm, cpu, wasm, js (default all)
 *        --chromium hardware       a browser's own graphics processor instead of a software renderer; or none
 *        --budget 2000             milliseconds a figure may take
 *        --largest 2048            largest matrix product
 *        --laws 20                 first try the laws of a device, each on so many random inputs (default 0: not)
 *        --out FILE                also as JSON
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createBackend } from "../src/backends/create.ts";
import { gpuModes } from "../src/backends/gpu/modes.ts";
import { chromiumPath, openPage } from "../test/browser/chromium.ts";
import { type Measurement, type MeasureOptions, measure } from "./gpu/measure.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const { values: flags } = parseArgs({
  options: {
    modes: { type: "string", default: [...gpuModes, "wasm", "js"].join(",") },
    chromium: { type: "string", default: "software" },
    budget: { type: "string", default: "500" },
    largest: { type: "string", default: "512" },
    laws: { type: "string", default: "0" },
    out: { type: "string" },
  },
});
const options: MeasureOptions = {
  budget: Number(flags.budget),
  largest: Number(flags.largest),
  laws: Number(flags.laws),
};
const results: Record<string, Measurement> = {};
const skipped: Record<string, string> = {};
const source = (path: string): string => fileURLToPath(new URL(`../../bench/${path}`, import.meta.url));
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

for (const mode of flags.modes.split(",")) {
  const isMode = gpuModes.some((gpuMode) => gpuMode === mode);
  try {
    results[`Node, ${isMode ? "gpu:" : ""}${mode}`] = await measure(
      await createBackend(isMode ? `gpu:${mode}` : mode),
      options,
    );
  } catch (error) {
    skipped[`Node, ${mode}`] = reason(error);
  }
  if ((mode !== "webgpu" && mode !== "webgl2") || flags.chromium === "none") continue;
  const title = `Chromium (${flags.chromium}), gpu:${mode}`;
  if (!chromiumPath) {
    skipped[title] = "no Chromium here";
    continue;
  }
  const opened = await openPage(source("gpu/page.ts"), flags.chromium === "hardware" ? "hardware" : "software");
  try {
    results[title] = await opened.page.evaluate(
      `hardbatch.measure(${JSON.stringify(mode)}, ${JSON.stringify(options)})`,
    );
  } catch (error) {
    skipped[title] = reason(error).split("\n")[0];
  } finally {
    await opened.close();
  }
}

const torch = spawnSync("python3", [source("gpu/pytorch.py"), flags.largest], { encoding: "utf8" });
if (torch.status === 0) results["PyTorch, CUDA"] = JSON.parse(torch.stdout);
else skipped["PyTorch, CUDA"] = torch.error?.message ?? torch.stderr.trim().split("\n").pop() ?? "failed";

printTable();
record(flags.out, { results, skipped });

function printTable(): void {
  console.log(describeMachine(machine()));
  const columns = Object.keys(results);
  const names = [...new Set(Object.values(results).flatMap(({ figures }) => figures.map(({ name }) => name)))];
  for (const [i, column] of columns.entries()) {
    const { description, laws } = results[column];
    const kept = laws ? `; ${laws.tried - laws.broken.length} of ${laws.tried} laws hold` : "";
    console.log(`[${i + 1}] ${column}: ${description}${kept}`);
    for (const law of laws?.broken ?? []) console.log(`    broken: ${law}`);
  }
  const cells = names.map((name) => [name, ...columns.map((column) => cell(results[column], name))]);
  const rows = [["", ...columns.map((_, i) => `[${i + 1}]`)], ...cells];
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  for (const row of rows)
    console.log(row.map((text, c) => (c === 0 ? text.padEnd(widths[c]) : text.padStart(widths[c]))).join("  "));
  for (const [title, why] of Object.entries(skipped)) console.log(`${title}: not measured: ${why}`);
}

function cell({ figures }: Measurement, name: string): string {
  const figure = figures.find((figure) => figure.name === name);
  return figure ? `${Number(figure.value.toPrecision(3))} ${figure.unit}`.trim() : "-";
}
