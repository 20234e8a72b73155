/** The memory that a run was estimated to take, beside what its process really took at most. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { estimateRun, type RunSizes } from "../../src/training/estimate.ts";
import { defaultSettings } from "../../src/training/settings.ts";
import { folder, program } from "./run.ts";

/** Prints the most bytes that the process had, as it ends. */
const watch = 'data:text/javascript,process.on("exit",()=>console.log("peak",1024*process.resourceUsage().maxRSS))';

/** Most bytes of one epoch on these data, by the default settings. */
function peakOf(data: string, out: string): number {
  const words = ["train", data, "--sampler", "uniform", "--epochs", "1", "--threads", "1", "--quiet", "--out", out];
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", watch, program, ...words], { encoding: "utf8" });
  const peak = Number(/peak (\d+)/.exec(stdout)?.[1]);
  if (!(peak > 0)) throw new Error(`${data}: ${stderr}`);
  return peak;
}

function estimated(sizes: RunSizes): number {
  const { model, modelOptions = {}, optimiser, epochs, batchSize } = defaultSettings;
  return estimateRun(sizes, { model, modelOptions, optimiser, epochs, batchSize }).bytes;
}

describe("the estimate of a run is within a factor of two of its peak", () => {
  const near = (ratio: number): void => {
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  };

  test("for a dense table", () => {
    const sizes = { rows: 20_000, trainingRows: 12_800, features: 300, labels: 10 };
    const data = `synthetic:rows=${sizes.rows},features=${sizes.features},labels=${sizes.labels}`;
    near(peakOf(data, join(folder(), "run")) / estimated(sizes));
  });

  test("for a sparse one, far below the same table with its zeros", () => {
    const [rows, features, labels, ofRow] = [4000, 12_000, 5, 40];
    const random = new Random(1);
    const lines = Array.from({ length: rows }, (_, i) => {
      const columns = new Set(Array.from({ length: ofRow }, () => 1 + random.integer(features)));
      const entries = [...columns].sort((a, b) => a - b).map((column) => `${column}:1`);
      return `${i % labels} ${entries.join(" ")}`;
    });
    const home = folder();
    writeFileSync(join(home, "words.libsvm"), `${lines.join("\n")}\n`);
    const sizes = { rows, trainingRows: Math.round(0.64 * rows), features, labels };
    const peak = peakOf(join(home, "words.libsvm"), join(home, "run"));
    near(peak / estimated({ ...sizes, entries: rows * ofRow }));
    expect(peak).toBeLessThan(estimated(sizes) / 2);
  });
});
