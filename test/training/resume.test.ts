/** A run that stops at a checkpoint and goes on from it is the run that never stopped. */
import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import type { TrainingEvent } from "../../src/training/events.ts";
import type { RunSettings } from "../../src/training/settings.ts";
import type { RunState } from "../../src/training/state.ts";
import type { TrainOptions } from "../../src/training/train.ts";
import { follow, setup } from "./runs.ts";

const told = (events: readonly TrainingEvent[]): TrainingEvent[] =>
  events.filter(({ kind }) => kind !== "checkpoint" && kind !== "start");

/** The law: for every checkpoint of a run, a new run from it reports the rest of the events, to the bit. */
async function goesOnAlike(make: (over?: Partial<TrainOptions>) => TrainOptions): Promise<number> {
  const { events } = await follow(make({ checkpointEvery: { steps: 1 } }));
  expect(told(events)).toEqual(told((await follow(make())).events));
  let states = 0;
  for (const [at, event] of events.entries()) {
    if (event.kind !== "checkpoint") continue;
    states++;
    const rest = await follow(make({ checkpoint: structuredClone(event.state) }));
    expect(told(rest.events)).toEqual(told(events.slice(at)));
    const { epoch, step } = event.state;
    expect(rest.events[0]).toMatchObject({ kind: "start", resumed: { epoch, step } });
  }
  return states;
}

const cases: readonly (readonly [string, Partial<RunSettings>, Partial<TrainOptions>])[] = [
  ["uniform", { sampler: "uniform" }, {}],
  ["adaptive", { samplerOptions: { warmUp: 1, pressure: 8 } }, {}],
  ["adaptive, refresh batch", { samplerOptions: { warmUp: 1, refresh: "batch" } }, {}],
  ["conditions", { samplerOptions: { warmUp: 1, unbiased: true } }, { conditions: true }],
];

describe("a run from a checkpoint", () => {
  test.each(cases)("%s: is the rest of the run", async (_, given, over) => {
    expect(await goesOnAlike((more) => setup({ epochs: 3, ...given }, { ...over, ...more }))).toBe(10);
  });

  test("wasm: is the rest of the run", async () => {
    const backend = await createBackend("wasm");
    expect(await goesOnAlike((more) => setup({ epochs: 2 }, { backend, ...more }))).toBe(7);
  });

  test("the law notices a state that is forgotten", async () => {
    const { events } = await follow(setup({ epochs: 2 }, { checkpointEvery: { steps: 1 } }));
    const states = events.flatMap((event) => (event.kind === "checkpoint" ? [event.state] : []));
    const [, first, second] = states;
    const rest = async (checkpoint: RunState) => told((await follow(setup({ epochs: 2 }, { checkpoint }))).events);
    const right = await rest(second);
    expect(await rest({ ...second, device: first.device })).not.toEqual(right);
    expect(await rest({ ...second, lossSum: first.lossSum })).not.toEqual(right);
    expect(await rest({ ...second, sampler: states[4].sampler })).not.toEqual(right);
  });

  test("comes where a signal stops the run, in the middle of an epoch", async () => {
    const whole = await follow(setup());
    const controller = new AbortController();
    const stopped = await follow(setup({}, { signal: controller.signal, checkpointEvery: { epochs: 1 } }), (event) => {
      if (event.kind === "step" && event.step === 7) controller.abort();
    });
    const states = stopped.events.flatMap((event) => (event.kind === "checkpoint" ? [event.state] : []));
    expect(states.map(({ epoch, step }) => [epoch, step])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [2, 2],
    ]);
    const rest = await follow(setup({}, { checkpoint: states[3] }));
    expect([...stopped.losses, ...rest.losses]).toEqual(whole.losses);
    expect(rest.end).toEqual(whole.end);
  });

  test("of another run is refused", async () => {
    const { events } = await follow(setup({}, { checkpointEvery: { steps: 2 } }));
    const [, state] = events.flatMap((event) => (event.kind === "checkpoint" ? [event.state] : []));
    const refusals: readonly (readonly [string, Partial<RunSettings>, Partial<TrainOptions>])[] = [
      ["state hidden.0.weight has 48 values, expected 42", { modelOptions: { hidden: [7, 8] } }, {}],
      ["it has no state hidden.2.weight", { modelOptions: { hidden: [8, 8, 8] } }, {}],
      ["this run has no state hidden.1.weight", { modelOptions: { hidden: [8] } }, {}],
      ['it was saved by the sampler "adaptive"', { sampler: "uniform" }, {}],
      ["its run does not measure conditions, this one does", {}, { conditions: true }],
    ];
    for (const [message, given, over] of refusals) {
      const refusal = follow(setup(given, { ...over, checkpoint: state }));
      await expect(refusal, message).rejects.toThrow(message);
    }
    const beyond = setup({ epochs: 1 }, { checkpoint: { ...state, epoch: 3 } });
    await expect(follow(beyond)).rejects.toThrow(
      "checkpoint: it stands in epoch 4 after 2 steps, but this run has 1 epochs of 3 steps",
    );
  });

  test.each([{ steps: 0 }, { steps: 1.5 }, { epochs: -1 }, { minutes: Number.NaN }])(
    "is not made every %j",
    async (every) => {
      await expect(follow(setup({}, { checkpointEvery: every }))).rejects.toThrow("expected a number above 0");
    },
  );
});

describe("rows of a step", () => {
  test("come with their losses where they are asked for, whatever the sampler needs", async () => {
    for (const sampler of ["uniform", "adaptive"]) {
      const { events } = await follow(setup({ sampler }, { reportRows: true }));
      const steps = events.filter((event) => event.kind === "step");
      for (const { batch, loss } of steps) {
        if (!batch) throw new Error("no batch");
        expect(new Set(batch.rows).size).toBe(batch.losses.length);
        const mean = batch.losses.reduce((sum, value) => sum + value, 0) / batch.losses.length;
        expect(mean).toBeCloseTo(loss, 5);
      }
      expect(new Set(steps.slice(0, 3).flatMap(({ batch }) => [...(batch?.rows ?? [])])).size).toBe(43);
    }
  });

  test("do not come otherwise", async () => {
    const { events } = await follow(setup());
    for (const event of events) if (event.kind === "step") expect(event).not.toHaveProperty("batch");
  });
});
