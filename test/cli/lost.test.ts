/** train on a device that is lost on the way: what is left of the run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { Executable } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { DeviceLostError } from "../../src/backends/lost.ts";
import { decodeModel } from "../../src/saved/model.ts";
import { folder, hardbatch, quick, small } from "./run.ts";

/** How often the device answers a step before it is lost; what its state is filled with then. */
const device = vi.hoisted(() => ({ steps: Number.POSITIVE_INFINITY, filling: 7 }));

vi.mock("../../src/backends/create.ts", async (original) => ({
  ...(await original<typeof import("../../src/backends/create.ts")>()),
  createBackend: async () => {
    const backend = js();
    return {
      ...backend,
      async compile<Name extends string>(programs: Parameters<typeof backend.compile<Name>>[0]) {
        const executable = await backend.compile(programs);
        const losing: Executable<Name> = {
          ...executable,
          async run(name, feeds, noise) {
            if (name.includes("step") && device.steps-- <= 0) {
              const state = Object.entries(await executable.read());
              const filled = state.map(([leaf, values]) => [leaf, values.map(() => device.filling)]);
              throw new DeviceLostError("a card", Object.fromEntries(filled));
            }
            return executable.run(name, feeds, noise);
          },
        };
        return losing;
      },
    };
  },
}));

async function trainLosing(steps: number) {
  const out = join(folder(), "run");
  device.steps = steps;
  const ran = await hardbatch("train", small, "--out", out, ...quick, "--quiet");
  const weights = decodeModel(readFileSync(join(out, "weights.safetensors")), "weights").values;
  return { ran, weights, names: readdirSync(out).sort(), epochs: readFileSync(join(out, "history.jsonl"), "utf8") };
}

describe("a lost device", () => {
  test.each([
    ["in the first epoch leaves what was last read from it", 0, true, 0],
    ["later leaves the best epoch's weights", 1, false, 1],
  ] as const)("%s", async (_title, finished, last, epochs) => {
    const enough = 10_000;
    const whole = await trainLosing(enough);
    expect(whole.ran.code).toBe(0);
    const stepsPerEpoch = (enough - device.steps) / 2;
    const lost = await trainLosing(finished * stepsPerEpoch);
    expect(lost.ran.code).toBe(1);
    expect(lost.ran.err).toMatch(/^hardbatch: a card: the device was lost .*; the last good weights are in /);
    expect(lost.ran.err).toMatch(/; hardbatch train --resume .* goes on\n$/);
    const names = lost.names.filter((name) => !name.startsWith("checkpoint-"));
    expect(names).toEqual(["history.jsonl", "weights.safetensors"]);
    expect(lost.epochs.split("\n").length - 1).toBe(epochs);
    expect(Object.values(lost.weights).every((weight) => weight.every((value) => value === device.filling))).toBe(last);
  });
});
