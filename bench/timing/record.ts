/**
 * What a benchmark leaves behind: its figures with the machine they were taken on, as JSON for `npm run bench -- docs`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { dirname } from "node:path";

export interface Machine {
  /** Of the sources: HARDBATCH_REVISION, else what git says, with "changed" where files differ from it. */
  readonly revision: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly v8: string;
  /**
   * Running processes, averaged over a minute, before and after: more than the cores means that timings are disturbed.
   */
  readonly load: readonly [before: number, after: number];
}

const loadBefore = loadavg()[0];

function revision(): string {
  const git = spawnSync("git", ["describe", "--always", "--dirty= changed"], { encoding: "utf8" });
  return process.env.HARDBATCH_REVISION ?? (git.status === 0 ? git.stdout.trim() : "unknown");
}

export function machine(): Machine {
  return {
    revision: revision(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: [loadBefore, loadavg()[0]],
  };
}

export function describeMachine({ revision, processor, cores, node, load }: Machine): string {
  return `${processor}, ${cores} cores, Node ${node}, revision ${revision}, load ${load.map((each) => each.toFixed(1)).join(" to ")}`;
}

/** Writes figures where `--out` says, if it was given. */
export function record(file: string | undefined, figures: object): void {
  if (file === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ machine: machine(), ...figures }, null, 1)}\n`);
  console.log(`written to ${file}`);
}
