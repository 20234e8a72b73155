/**
 * Steps that are sent before the last has answered change nothing of a run, and are only sent where the sampler can
 * draw so far ahead.
 */
import { describe, expect, test } from "vitest";
import type { Backend, Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { UsageError } from "../../src/errors.ts";
import { DivergenceError } from "../../src/training/divergence.ts";
import type { TrainingEvent } from "../../src/training/events.ts";
import type { RunSettings } from "../../src/training/settings.ts";
import { type TrainOptions, train } from "../../src/training/train.ts";
import { bound, follow, recording, setup } from "./runs.ts";

/**
 * js with `runMany`, which answers in the order `answered` makes of the runs; and how many runs each call of it held.
 */
function ahead(answered: (answers: readonly Values[]) => readonly Values[] = (answers) => answers) {
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
          for (const feed of feeds) {
            const answer = await executable.run(program, feed);
            answers.push(Object.fromEntries(Object.entries(answer).map(([name, values]) => [name, values.slice()])));
          }
          return answered(answers);
        },
      };
    },
  };
  return { backend, calls };
}

const noisy: Partial<RunSettings> = { modelOptions: { hidden: [8], dropout: 0.5 } };

/** All that a run tells, and what its sampler was told. */
async function story(options: TrainOptions, watch?: (event: TrainingEvent) => void) {
  const { sampler, seen } = recording(options.sampler);
  const { events } = await follow({ ...options, sampler }, watch);
  return { events, seen };
}

/** Runs of three steps an epoch, all on as many rows: how the device is sent them. */
const pass = [3];
const together = [3];
const inTurn = [1, 1, 1];
const cases: readonly (readonly [string, Partial<RunSettings>, readonly number[]])[] = [
  ["uniform", { sampler: "uniform" }, [pass, pass, pass, pass].flat()],
  ["balanced", { sampler: "balanced" }, [pass, pass, pass, pass].flat()],
  ["adaptive, refresh epoch", { samplerOptions: { warmUp: 2 } }, [pass, pass, together, together].flat()],
  ["adaptive, refresh batch", { samplerOptions: { warmUp: 2, refresh: "batch" } }, [pass, pass, inTurn, inTurn].flat()],
  ["adaptive, refresh full", { samplerOptions: { warmUp: 0, refresh: "full" } }, new Array(12).fill(1)],
  [
    "unbiased",
    { samplerOptions: { warmUp: 1, unbiased: true, pressure: 16 } },
    [pass, together, together, together].flat(),
  ],
  ["d2ace", { sampler: "d2ace", samplerOptions: { warmUp: 1 } }, [pass, together, together, together].flat()],
];

const short = { sampler: "uniform", samplerOptions: { lastBatch: "short" } };

describe("a device that takes several steps at once", () => {
  test.each(cases)("%s: is sent what is known ahead, and all that is told is the same", async (_, given, sent) => {
    const { backend, calls } = ahead();
    const found = await story(setup({ ...noisy, ...given }, { backend }));
    expect(calls).toEqual(sent);
    expect(found).toEqual(await story(setup({ ...noisy, ...given })));
  });

  test("is sent eight steps and no more, also where the epoch is longer", async () => {
    const { backend, calls } = ahead();
    const found = await story(setup({ ...noisy, ...short, batchSize: 4, epochs: 2 }, { backend }));
    expect(calls).toEqual([8, 2, 1, 8, 2, 1]); // 43 rows: ten batches of 4, one of 3
    expect(found).toEqual(await story(setup({ ...noisy, ...short, batchSize: 4, epochs: 2 })));
  });

  test("measures the same conditions", async () => {
    const given = { ...noisy, samplerOptions: { warmUp: 1, pressure: 16, unbiased: true } };
    const { backend, calls } = ahead();
    const { events } = await follow(setup(given, { backend, conditions: true }));
    expect(Math.max(...calls)).toBe(3);
    expect(events).toEqual((await follow(setup(given, { conditions: true }))).events);
  });

  test("would not pass if its answers came in another order", async () => {
    const { backend } = ahead((answers) => [...answers].reverse());
    const found = await story(setup({ ...noisy, sampler: "uniform" }, { backend }));
    expect(found).not.toEqual(await story(setup({ ...noisy, sampler: "uniform" })));
  });
});

describe("a run whose steps are sent ahead", () => {
  test("is interrupted after the steps that the device has, as one that waits for each is after the last of them", async () => {
    const interrupted = (backend: Backend, last: number) => {
      const controller = new AbortController();
      return story(setup({ samplerOptions: { warmUp: 1 } }, { backend, signal: controller.signal }), (event) => {
        if (event.kind === "step" && event.step === last) controller.abort();
      });
    };
    const drawnTogether = 3; // every batch of the epoch
    for (let last = 0; last < 12; last++) {
      const together = await interrupted(ahead().backend, last);
      const steps = together.events.filter(({ kind }) => kind === "step").length;
      expect(steps).toBe(Math.ceil((last + 1) / drawnTogether) * drawnTogether);
      expect(together.events).toEqual((await interrupted(js(), steps - 1)).events);
    }
  });

  test("diverges at the same step, with the same words and weights", async () => {
    const errors = await Promise.all(
      [ahead().backend, js()].map(async (backend) => {
        const greedy = { learningRateWarmUp: 0, optimiser: { learningRate: 1e30 } };
        const events: TrainingEvent[] = [];
        try {
          for await (const event of train(setup(greedy, { backend }))) events.push(event);
        } catch (error) {
          if (!(error instanceof DivergenceError)) throw error;
          const { message, epoch, step, values } = error;
          return { message, epoch, step, values, events };
        }
        throw new Error("the run did not diverge");
      }),
    );
    expect(errors[0]).toEqual(errors[1]);
    expect(errors[0].events.length).toBe(2);
  });

  test("ends in an error where the sampler says that it can draw further than it can", async () => {
    const { backend } = ahead();
    const options = setup({ samplerOptions: { warmUp: 0, refresh: "batch" } }, { backend });
    const sampler = new Proxy(options.sampler, {
      get(target, name) {
        if (name === "ahead") return 3;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await expect(follow({ ...options, sampler })).rejects.toThrow(
      "next: the batches drawn before have to be observed first, in their order; 1 wait",
    );
  });
});

test("a sampler that waits to hear of a batch from before the run is refused", async () => {
  const options = setup({ samplerOptions: { warmUp: 0, refresh: "batch" } });
  options.sampler.next();
  const refusal = follow(options);
  await expect(refusal).rejects.toThrow(UsageError);
  await expect(refusal).rejects.toThrow(
    "sampler adaptive can draw 0 batches ahead, expected at least 1; is it a fresh one?",
  );
});
