/** Which weights a run ends with. */
import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import type { MetricName } from "../../src/metrics/metrics.ts";
import { predict } from "../../src/training/prediction.ts";
import { bestEpoch, order } from "./laws.ts";
import { data, follow, numbers, setup } from "./runs.ts";

const none = new Int32Array(0);

describe("the weights that are kept", () => {
  const wild = { epochs: 8, optimiser: { learningRate: 0.5 }, learningRateWarmUp: 0 };

  test.each(["macroAuc", "rankingLoss", "oneError"] satisfies MetricName[])("by %s", async (criterion) => {
    const { events } = await follow(setup({ ...wild, criterion }));
    bestEpoch(events, criterion);
    const later = events.map((event) => (event.kind === "end" ? { ...event, bestEpoch: event.bestEpoch + 1 } : event));
    expect(() => bestEpoch(later, criterion)).toThrow();
  });

  test("are copies of an epoch before the last, which training on does not move", async () => {
    const copies = new Map<number, unknown>();
    const { end, epochs } = await follow(setup(wild), (event) => {
      if (event.kind === "epoch" && event.best) copies.set(event.epoch, structuredClone(numbers(event.best)));
    });
    expect(end.bestEpoch).toBeLessThan(epochs.length - 1);
    expect(numbers(end.values)).toEqual(copies.get(end.bestEpoch));
    for (const { epoch, best } of epochs) if (best) expect(numbers(best)).toEqual(copies.get(epoch));
  });

  test.each(["js", "wasm"])(
    "are the same in one set of arrays, which states of the run do not share, on %s",
    async (name) => {
      const over = { backend: await createBackend(name), checkpointEvery: { steps: 3 }, checkpointAtStart: false };
      const several = await follow(setup(wild, over));
      expect(several.epochs.filter(({ best }) => best).length).toBeGreaterThan(1);
      const copies: unknown[] = [];
      const once = await follow(setup(wild, { ...over, epochWeights: false }), (event) => {
        if (event.kind === "checkpoint") copies.push(structuredClone(event.state));
      });
      expect(once.epochs.filter(({ best }) => best)).toEqual([]);
      expect(numbers(once.end.values)).toEqual(numbers(several.end.values));
      const states = once.events.flatMap((event) => (event.kind === "checkpoint" ? event.state : []));
      expect(states.length).toBe(several.events.filter(({ kind }) => kind === "checkpoint").length);
      expect(states).toEqual(copies);
      // A run that goes on from a state leaves the state as it is.
      const from = states.findIndex(({ epoch }) => epoch === 1);
      const resumed = await follow(setup(wild, { ...over, epochWeights: false, checkpoint: states[from] }));
      expect(numbers(resumed.end.values)).toEqual(numbers(several.end.values));
      expect(states[from]).toEqual(copies[from]);
    },
  );

  test.each(["js", "wasm"])("are those whose scores come out on %s, to the bit", async (name) => {
    const backend = await createBackend(name);
    const options = setup(wild, { backend });
    const { end } = await follow(options);
    const scores = await predict(options.model, end.values, data.features, backend);
    const ofTest = Array.from(data.rows.test).flatMap((row) => Array.from(scores.subarray(4 * row, 4 * row + 4)));
    expect(Array.from(end.testScores)).toEqual(ofTest);
    const first = Object.fromEntries(options.model.parameters.map(({ name, initial }) => [name, initial]));
    expect(await predict(options.model, first, data.features, backend)).not.toEqual(scores);
  });

  test("keep: last keeps the last epoch, as does a run without validation rows", async () => {
    const last = await follow(setup({ ...wild, keep: "last" }));
    expect(last.end.bestEpoch).toBe(7);
    const blind = await follow(setup(wild, { rows: { ...data.rows, validation: none } }));
    expect(blind.end.bestEpoch).toBe(7);
    expect(blind.epochs.map(({ validation }) => validation)).toEqual(new Array(8).fill(undefined));
    expect(numbers(blind.end.values)).toEqual(numbers(last.end.values));
    order(blind.events);
  });

  test("no test rows: no scores", async () => {
    const { end } = await follow(setup({ epochs: 1 }, { rows: { ...data.rows, test: none } }));
    expect(end.testScores.length).toBe(0);
  });
});
