/**
 * A study in parts on engines that exist: a Slurm of one node, one of whose tasks is requeued in its midst, and GNU
 * parallel. The merged results are those of one process. Starts daemons, so it runs only where HARDBATCH_CLUSTER=1 says
 * so (.ci/run does).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCells } from "../../src/experiment/lines.ts";
import { mergeResults } from "../../src/experiment/merge.ts";
import { buildReport } from "../../src/experiment/report/report.ts";
import { program } from "../cli/run.ts";

const wanted = process.env.HARDBATCH_CLUSTER === "1";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const study = {
  data: ["synthetic:rows=80,features=6,labels=4,imbalance=4"],
  models: [{ model: "mlp", options: { hidden: [8] } }],
  arms: ["uniform", "adaptive"],
  seeds: [1, 2],
  settings: { epochs: 400, batchSize: 16, folds: 2, dropLabelsAtMost: 1 },
};

describe.skipIf(!wanted)("a study in parts (HARDBATCH_CLUSTER=1)", () => {
  let place = "";
  let whole = "";
  const environment = (): NodeJS.ProcessEnv => ({
    ...process.env,
    HARDBATCH: `${process.execPath} ${program}`,
    STUDY: "study.json",
    MORE: "--backend wasm --no-times",
  });
  const merged = (parts: readonly string[]) => {
    const read = (file: string) => ({ file, parsed: parseCells(readFileSync(join(place, file), "utf8"), file) });
    const { cells, failed, warnings } = mergeResults(parts.map(read));
    expect([failed, warnings]).toEqual([[], []]);
    return JSON.stringify([cells, buildReport(cells)]);
  };

  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), "hardbatch-cluster-"));
    writeFileSync(join(place, "study.json"), JSON.stringify(study));
    const words = ["compare", "--study", "study.json", "--backend", "wasm", "--threads", "1", "--no-times", "--quiet"];
    execFileSync(process.execPath, [program, ...words, "--out", "whole.jsonl"], { cwd: place, stdio: "ignore" });
    whole = merged(["whole.jsonl"]);
  }, 600_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  test("Slurm: an array of four, one task requeued", () => {
    const script = `
      set -e
      job=$(sbatch --parsable --array=1-4 ${here("../../docs/examples/cluster/slurm.sbatch")})
      until [ -s slurm/part-1.jsonl ]; do sleep 0.05; done
      scontrol requeue "\${job}_1"
      while [ -n "$(squeue -h -j "$job")" ]; do sleep 0.2; done
      scontrol show job "\${job}_1" | grep -o 'Restarts=[0-9]*'
    `;
    const env = { ...environment(), RESULTS: "slurm" };
    const words = [here("slurm.sh"), join(place, "slurm-state"), "timeout", "600", "bash", "-c", script];
    const ran = spawnSync("bash", words, { cwd: place, env, encoding: "utf8" });
    expect(ran.stderr).not.toContain("error:");
    expect(ran.stdout).toContain("Restarts=1");
    expect(merged([3, 1, 4, 2].map((part) => `slurm/part-${part}.jsonl`))).toBe(whole);
  }, 900_000);

  test("GNU parallel", () => {
    const env = { ...environment(), RESULTS: "parallel", PARTS: "3" };
    const ran = spawnSync("bash", [here("../../docs/examples/cluster/parallel.sh")], {
      cwd: place,
      env,
      encoding: "utf8",
    });
    expect(ran.status).toBe(0);
    expect(merged([1, 2, 3].map((part) => `parallel/part-${part}.jsonl`))).toBe(whole);
  }, 600_000);
});
