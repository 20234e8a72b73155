/** Steps that are sent before the last has answered change nothing of a run. */
import { describe, expect, test } from "vitest";
import type { Backend, Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { bound, follow, setup } from "./runs.ts";

describe("a device that takes several steps at once", () => {
  /** js with `runMany`, and how many runs each call of it held. */
  function ahead() {
    const device = js();
    const calls: number[] = [];
    const backend: Backend = {
      ...device,
      async compile(programs) {
        const executable = await device.compile(programs);
        return {
          ...bound(executable),
          async runMany(program, feeds) {
            calls.push(feeds.length);
            const answers: Values[] = [];
            for (const each of feeds) {
              const answer = await executable.run(program, each);
              answers.push(Object.fromEntries(Object.entries(answer).map(([name, values]) => [name, values.slice()])));
            }
            return answers;
          },
        };
      },
    };
    return { backend, calls };
  }
  const noisy = { modelOptions: { hidden: [8], dropout: 0.5 } };

  test("is sent the steps of a sampler that looks at nothing ahead, and the run is the same", async () => {
    const { backend, calls } = ahead();
    const together = await follow(setup({ sampler: "uniform", ...noisy }, { backend }));
    expect(calls.some((runs) => runs > 1)).toBe(true);
    expect(together.events).toEqual((await follow(setup({ sampler: "uniform", ...noisy }))).events);
  });

  test("takes them one by one where each batch depends on the last", async () => {
    const { backend, calls } = ahead();
    await follow(setup({ sampler: "adaptive", ...noisy }, { backend }));
    expect(calls).toEqual([]);
  });
});
