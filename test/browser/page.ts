/**
 * What runs inside the browser, as functions on `globalThis.hardbatch` that the test calls by name. What the page asks
 * of the graphics processor is counted at the browser's own interfaces, whatever the library says of itself.
 */
import type { Backend, Values } from "../../src/backends/backend.ts";
import type { GpuMode } from "../../src/backends/gpu/modes.ts";
import { probeGpu } from "../../src/backends/gpu/self-test.ts";
import { gpu } from "../../src/backends/gpu.ts";
import { js } from "../../src/backends/js.ts";
import { copy, multiply } from "../../src/engine/ops/map.ts";
import { max, mean, sum } from "../../src/engine/ops/reduce.ts";
import { gather, repeat, reshape } from "../../src/engine/ops/rows.ts";
import { program } from "../../src/engine/program.ts";
import { input, type Tensor } from "../../src/engine/tensor.ts";
import { failing, shaderLaws } from "../gpu/shaders.ts";
import { smallStep, trainingStep } from "../gpu/step.ts";
import { difference, trainingRun } from "../gpu/training.ts";
import { shader } from "../laws/arithmetic.ts";
import { backendLaw } from "../laws.ts";
import { work } from "./counting.ts";
import { losing, losingAhead, refusing } from "./losing.ts";

/** One device a mode for the runs that compile the same programs: WebGL2 takes seconds for each of them. */
const devices = new Map<GpuMode, Backend>();
const device = (mode: GpuMode): Backend => {
  const found = devices.get(mode) ?? gpu(mode);
  devices.set(mode, found);
  return found;
};

/** The laws that the mode breaks, how many there are, and what the page really did for them. */
async function laws(mode: GpuMode, runs: number, nonFinite: boolean) {
  const checks = shaderLaws(gpu(mode), runs, nonFinite);
  const before = work();
  const failures = await failing(checks);
  const after = work();
  return {
    failures,
    count: checks.length,
    dispatches: after.dispatches - before.dispatches,
    draws: after.draws - before.draws,
  };
}

/** Titles of the laws that a device breaks whose every answer is a little off in its last entry. */
async function lawsOfSpoilt(mode: GpuMode): Promise<string[]> {
  const sound = gpu(mode);
  const spoilt: Backend = {
    name: "spoilt",
    async compile(programs) {
      const executable = await sound.compile(programs);
      return {
        ...executable,
        async run(name, feeds) {
          const values = await executable.run(name, feeds);
          for (const value of Object.values(values))
            value[value.length - 1] += 1e-3 * (1 + Math.abs(value[value.length - 1]));
          return values;
        },
      };
    },
  };
  const some = ["add", "matmul", "sum over rows", "gather"].map((op) => `${op} agrees with its definition`);
  const checks = backendLaw(spoilt, { accuracy: shader, runs: 2 }).filter(({ title }) => some.includes(title));
  return (await failing(checks)).map((failure) => failure.slice(0, failure.indexOf(":")));
}

/** A whole training run, and how it differs from that of js in the same browser. */
async function training(mode: GpuMode) {
  const run = await trainingRun(device(mode));
  return {
    description: run.description,
    difference: difference(run, await trainingRun(js({ precision: 64 }))) ?? "none",
  };
}

/**
 * What is alive: after a first step, after `steps` more, and after each of several rounds of compile, run, read,
 * dispose.
 */
async function memory(mode: GpuMode, steps: number) {
  const backend = gpu(mode);
  const { programs, feeds } = smallStep(mode);
  const executable = await backend.compile(programs);
  const several = async (first: number, count: number): Promise<number> => {
    // A few at a time, as nothing of the answer is needed for the next.
    const answers = Array.from({ length: count }, (_, i) => executable.run("train", feeds(first + i)));
    return (await Promise.all(answers))[count - 1].loss[0];
  };
  await several(1, 3);
  const afterFirst = work().alive;
  let loss = 0;
  for (let step = 4; step <= steps; step += 3) loss = await several(step, 3);
  const afterAll = work().alive;
  executable.dispose();
  const rounds: number[] = [];
  for (let i = 0; i < 5; i++) {
    const again = await backend.compile(programs);
    await again.run("train", feeds(1));
    await again.write(await again.read());
    await again.run("predict", { rows: feeds(1).rows });
    again.dispose();
    rounds.push(work().alive);
  }
  const two = [await backend.compile(programs), await backend.compile(programs)];
  const ofTwo = work().alive;
  for (const each of two) each.dispose();
  return { loss, afterFirst, afterAll, rounds, ofTwo };
}

/** Whether steps sent ahead answer as steps that are awaited one by one do, and in how many submissions. */
async function ahead(mode: GpuMode, widths: readonly number[], batch: number) {
  const backend = gpu(mode);
  const { programs, feeds } = trainingStep(widths, batch, 10);
  const given = Array.from({ length: 12 }, (_, i) =>
    Object.fromEntries(Object.entries(feeds(i + 1)).map(([name, values]) => [name, values.slice()])),
  );
  const [one, other] = [await backend.compile(programs), await backend.compile(programs)];
  const awaited: Values[] = [];
  const atFirst = work().submissions;
  for (const each of given) awaited.push(await one.run("train", each));
  const between = work().submissions;
  const together = await other.runMany?.("train", given);
  const atLast = work().submissions;
  const same = JSON.stringify(together) === JSON.stringify(awaited);
  const states = JSON.stringify(await one.read()) === JSON.stringify(await other.read());
  one.dispose();
  other.dispose();
  const submissions = [between - atFirst, atLast - between];
  return { answer: together ? `${same && states ? "the same" : "different"}` : "one by one", submissions };
}

/** Whether a whole run is the same to the bit where its steps are never sent ahead, and how many were sent together. */
async function trainingAhead(mode: GpuMode, refresh: string) {
  const backend = device(mode);
  const sent: number[] = [];
  const counted: Backend = {
    ...backend,
    async compile(programs) {
      const executable = await backend.compile(programs);
      const { runMany } = executable;
      if (!runMany) return executable;
      return {
        ...executable,
        runMany(name, feeds) {
          sent.push(feeds.length);
          return runMany(name, feeds);
        },
      };
    },
  };
  const single: Backend = {
    ...backend,
    async compile(programs) {
      const { runMany: _, ...rest } = await backend.compile(programs);
      return rest;
    },
  };
  const options = { refresh, warmUp: 2 };
  const [one, other] = [await trainingRun(counted, options), await trainingRun(single, options)];
  return { same: JSON.stringify(one) === JSON.stringify(other), sent };
}

/** Matrices larger than a texture's side or a dispatch, on the mode and on js: the entries that differ. */
async function large(mode: GpuMode): Promise<string[]> {
  const tall = input("tall", [600_000, 3]);
  const broad = input("broad", [3, 40_000]);
  const rows = input("rows", [5, 1]);
  const outputs: Readonly<Record<string, Tensor>> = {
    "tall rows": gather(multiply(tall, 2), rows),
    "tall columns": sum(max(multiply(tall, 2), "columns"), "rows"),
    "tall folded": gather(reshape(copy(tall), [450_000, 4]), rows),
    "broad rows": mean(multiply(broad, 3), "columns"),
    "broad columns": gather(reshape(max(copy(broad), "rows"), [40_000, 1]), rows),
    "broad repeated": sum(repeat(copy(broad), 2), "columns"),
  };
  const feeds = {
    tall: Float32Array.from({ length: 1_800_000 }, (_, i) => (i * 7) % 1000),
    broad: Float32Array.from({ length: 120_000 }, (_, i) => (i * 13) % 500),
    rows: Float32Array.of(0, 1, 8191, 39_998, 39_999),
  };
  const answers = [];
  for (const backend of [gpu(mode), js({ precision: 64 })]) {
    const executable = await backend.compile({ all: program(outputs) });
    answers.push(await executable.run("all", feeds));
    executable.dispose();
  }
  const [actual, expected] = answers;
  return Object.keys(outputs).flatMap((name) => {
    const at = expected[name].findIndex((value, i) => Math.abs(actual[name][i] - value) > 1e-4 * Math.abs(value));
    return at < 0 ? [] : [`${name}[${at}] is ${actual[name][at]}, expected ${expected[name][at]}`];
  });
}

const hardbatch = {
  laws,
  lawsOfSpoilt,
  training,
  memory,
  ahead,
  trainingAhead,
  refusing,
  losing,
  losingAhead,
  large,
  probe: probeGpu,
};
export type PageFunctions = typeof hardbatch;

Object.assign(globalThis, { hardbatch });
