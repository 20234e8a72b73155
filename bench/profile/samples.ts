/**
 * Where the time of a process went, by what V8's sampling profiler saw: the functions of the compiled kernels by name,
 * in groups, and everything else. The profiler samples the main thread, so it is for one thread.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** The groups, and what the names of their functions begin with; the first that fits counts. */
const kernelGroups = [
  ["tiles of products", /^generated\/tiles\//],
  ["packing", /^pack\//],
  ["products otherwise", /^(matmul|thin)\//],
  ["Adam", /^generated\/spans\/adam/],
  ["elementwise", /^(generated\/spans|map|flow|flow-units|likelihood)\//],
  ["sparse products", /^sparse\//],
  ["noise", /^noise\//],
  ["sums, rows, copies", /^(reduce|rows|staircase|chunk|program|finite)\//],
  ["threads", /^threads\//],
] as const;
const otherGroups = ["garbage collector", "waiting", "host"] as const;
export type Group = (typeof kernelGroups)[number][0] | (typeof otherGroups)[number];
export const groups: readonly Group[] = [...kernelGroups.map(([group]) => group), ...otherGroups];

/** Whether a group is code of the kernels. */
export const isKernels = (group: Group): boolean => kernelGroups.some(([each]) => each === group);

const generated = fileURLToPath(new URL("../../kernels/wasm/generated/", import.meta.url));

/** Names of the kernels' functions in the order of their numbers, as the build wrote them. */
function functionNames(simd: "plain" | "relaxed"): readonly string[] {
  return JSON.parse(readFileSync(`${generated}${simd}.names.json`, "utf8"));
}

function groupOf(functionName: string, names: readonly string[]): Group {
  const [, number] = /^wasm-function\[(\d+)\]$/.exec(functionName) ?? [];
  if (number !== undefined) {
    const name = names[Number(number)]?.replace("kernels/wasm/", "");
    // What runs once where a module is made.
    if (name === "~start") return "host";
    const found = name === undefined ? undefined : kernelGroups.find(([, pattern]) => pattern.test(name));
    if (!found) throw new Error(`profile: kernel function ${number}, ${name}, belongs to no group`);
    return found[0];
  }
  if (functionName === "(garbage collector)") return "garbage collector";
  return functionName === "(idle)" ? "waiting" : "host";
}

/** Milliseconds by group, and what the process wrote to stdout. */
export interface Sampled {
  readonly milliseconds: ReadonlyMap<Group, number>;
  readonly stdout: string;
}

const interval = 200;

/** Runs a script under the profiler. @throws Error where it fails */
export function sample(script: string, given: readonly string[], simd: "plain" | "relaxed"): Sampled {
  const flags = (folder: string) => ["--cpu-prof", "--cpu-prof-dir", folder, "--cpu-prof-interval", String(interval)];
  return sampled(flags, script, given, simd);
}

/** Runs a script that calls `startSampling` where what is to be sampled begins. @throws Error where it fails */
export function sampleItself(script: string, given: readonly string[], simd: "plain" | "relaxed"): Sampled {
  return sampled(() => [], script, given, simd);
}

/** Begins to sample this process, which `sampleItself` has started; what it gives back ends that. */
export async function startSampling(): Promise<() => Promise<void>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval });
  await session.post("Profiler.start");
  return async () => {
    const { profile } = await session.post("Profiler.stop");
    writeFileSync(join(process.env[folderVariable] ?? ".", "profile.cpuprofile"), JSON.stringify(profile));
  };
}

/** Where a process that samples itself is to write. */
const folderVariable = "HARDBATCH_PROFILE_FOLDER";

function sampled(
  flags: (folder: string) => readonly string[],
  script: string,
  given: readonly string[],
  simd: "plain" | "relaxed",
): Sampled {
  const folder = mkdtempSync(join(tmpdir(), "hardbatch-profile-"));
  try {
    const env = { ...process.env, [folderVariable]: folder };
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags(folder), script, ...given], {
      encoding: "utf8",
      env,
    });
    if (status !== 0) throw new Error(`profile: ${script} ended with ${status}: ${stderr}`);
    const [file] = readdirSync(folder);
    return { milliseconds: add(JSON.parse(readFileSync(join(folder, file), "utf8")), functionNames(simd)), stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function add({ nodes, samples, timeDeltas }: Profile, names: readonly string[]): Map<Group, number> {
  const groupOfNode = new Map(nodes.map(({ id, callFrame }) => [id, groupOf(callFrame.functionName, names)]));
  const totals = new Map(groups.map((group) => [group, 0]));
  samples.forEach((node, i) => {
    const group = groupOfNode.get(node) ?? "host";
    totals.set(group, (totals.get(group) ?? 0) + timeDeltas[i] / 1000);
  });
  return totals;
}
