/** The stream of events of a run, whole or stopped. */
import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { js } from "../../src/backends/js.ts";
import { train } from "../../src/training/train.ts";
import { order } from "./laws.ts";
import { bound, data, follow, numbers, setup } from "./runs.ts";

describe("the stream of events", () => {
  test.each(["uniform", "adaptive"])("%s: start, steps and epochs in turn, end", async (sampler) => {
    const { events, epochs, end } = await follow(setup({ sampler }));
    order(events);
    expect(events[0]).toEqual({
      kind: "start",
      backend: "js float32",
      inputs: "dense",
      epochs: 4,
      stepsPerEpoch: 3,
      parameters: 6 * 8 + 8 + 8 * 8 + 8 + 8 * 4 + 4,
    });
    expect(epochs.map(({ trace }) => trace?.epoch)).toEqual([0, 1, 2, 3]);
    expect(end.testScores.length).toBe(data.rows.test.length * 4);
  });

  test("the law of order notices a step left out, an epoch too early and a wrong mean", async () => {
    const { events } = await follow(setup());
    expect(() => order(events.filter((event) => !(event.kind === "step" && event.step === 4)))).toThrow();
    expect(() => order([events[0], events[4], ...events.slice(1, 4), ...events.slice(5)])).toThrow();
    expect(() =>
      order(events.map((event) => (event.kind === "epoch" ? { ...event, loss: 1.01 * event.loss } : event))),
    ).toThrow();
    expect(() => order(events.slice(0, -1))).toThrow();
  });

  test("stopping to listen ends the run and gives its device back", async () => {
    let disposed = 0;
    const device = js();
    const backend = {
      ...device,
      async compile(programs: Parameters<typeof device.compile>[0]) {
        const executable = await device.compile(programs);
        return { ...bound(executable), dispose: () => void disposed++ };
      },
    };
    for await (const event of train(setup({}, { backend }))) if (event.kind === "step") break;
    expect(disposed).toBe(1);
  });
});

describe("a signal", () => {
  test("between two steps ends the run; finished epochs stay", async () => {
    const whole = await follow(setup());
    const controller = new AbortController();
    const { events, end, epochs, losses } = await follow(setup({}, { signal: controller.signal }), (event) => {
      if (event.kind === "step" && event.step === 7) controller.abort();
    });
    order(events);
    expect(losses).toEqual(whole.losses.slice(0, 8));
    expect(end).toMatchObject({ interrupted: true, epochs: 2 });
    const best = epochs.findLast((epoch) => epoch.best);
    expect(end.bestEpoch).toBe(best?.epoch);
    expect(numbers(end.values)).toEqual(numbers(best?.best ?? {}));
  });

  test("with the last step of an epoch lets the epoch finish, and with the last of all the run", async () => {
    for (const [last, interrupted] of [
      [5, true],
      [11, false],
    ] as const) {
      const controller = new AbortController();
      const { end } = await follow(setup({}, { signal: controller.signal }), (event) => {
        if (event.kind === "step" && event.step === last) controller.abort();
      });
      expect(end).toMatchObject({ interrupted, epochs: (last + 1) / 3 });
    }
  });

  test("in the first epoch: the test rows are scored by the weights that the run began with", async () => {
    const controller = new AbortController();
    const options = setup({}, { signal: controller.signal });
    const { end } = await follow(options, ({ kind }) => kind === "step" && controller.abort());
    expect(end).toMatchObject({ interrupted: true, epochs: 0, bestEpoch: -1, values: {} });
    const untrained = await follow(setup({}, { signal: AbortSignal.abort() }));
    expect(end.testScores).toEqual(untrained.end.testScores);
    expect(end.testScores).not.toEqual((await follow(setup({ epochs: 1 }))).end.testScores);
  });

  test("before the start: nothing is trained, and there is an end", async () => {
    const { events, end } = await follow(setup({}, { signal: AbortSignal.abort() }));
    expect(events.map(({ kind }) => kind)).toEqual(["start", "end"]);
    expect(end).toMatchObject({ interrupted: true, epochs: 0, bestEpoch: -1, values: {} });
  });

  test.each(["js", "wasm"])("from a timer arrives, though %s never waits for anything", async (name) => {
    const controller = new AbortController();
    const backend = await createBackend(name);
    setTimeout(() => controller.abort(), 20);
    const { end } = await follow(setup({ epochs: 1e6 }, { backend, signal: controller.signal }));
    expect(end.interrupted).toBe(true);
  });
});
