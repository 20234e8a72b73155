import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { js } from "../../src/backends/js.ts";
import type { Settings } from "../../src/configure.ts";
import { UsageError } from "../../src/errors.ts";
import type { MetricName } from "../../src/metrics/metrics.ts";
import { predict } from "../../src/prediction.ts";
import { TrainingRun } from "../../src/run.ts";
import { samplerNames } from "../../src/samplers/options.ts";
import { table } from "../../src/step.ts";
import { train } from "../../src/train.ts";
import { bestEpoch, order } from "./laws.ts";
import { bound, data, follow, numbers, recording, type Story, setup } from "./runs.ts";

const none = new Int32Array(0);

describe("the stream of events", () => {
  test.each(["uniform", "adaptive"])("%s: start, steps and epochs in turn, end", async (sampler) => {
    const { events, epochs, end } = await follow(setup({ sampler }));
    order(events);
    expect(events[0]).toEqual({
      kind: "start",
      backend: "js float32",
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

const bits = ({ losses, end, epochs }: Story): unknown => [
  losses,
  numbers(end.values),
  Array.from(end.testScores),
  epochs.map(({ validation }) => validation),
];

describe("the same again", () => {
  test.each(["js", "wasm"])("%s: the same seed gives the same bits, another seed others", async (name) => {
    const backend = await createBackend(name);
    const [first, again, other] = [
      await follow(setup({ epochs: 5 }, { backend })),
      await follow(setup({ epochs: 5 }, { backend })),
      await follow(setup({ epochs: 5, seed: 2 }, { backend })),
    ];
    expect(bits(again)).toEqual(bits(first));
    expect(other.losses[0]).not.toBe(first.losses[0]);
  });

  test("devices agree on the losses as far as their arithmetic goes", async () => {
    const given = { sampler: "uniform", epochs: 10 };
    const exact = await follow(setup(given, { backend: js({ precision: 64 }) }));
    for (const name of ["js", "wasm"]) {
      const { losses } = await follow(setup(given, { backend: await createBackend(name) }));
      expect(losses.length).toBe(exact.losses.length);
      losses.forEach((loss, t) => void expect(Math.abs(loss - exact.losses[t])).toBeLessThan(1e-5));
    }
  });

  test("two samplers start from the same weights, and warm up alike to the bit", async () => {
    const given = { epochs: 6, samplerOptions: { warmUp: 3, pressure: 64 } };
    const [uniform, adaptive] = [setup({ sampler: "uniform", epochs: 6 }), setup(given)];
    expect(adaptive.model.parameters.map(({ initial }) => initial)).toEqual(
      uniform.model.parameters.map(({ initial }) => initial),
    );
    const [a, b] = [await follow(uniform), await follow(adaptive)];
    expect(b.losses.slice(0, 9)).toEqual(a.losses.slice(0, 9));
    expect(b.losses.slice(9)).not.toEqual(a.losses.slice(9));
  });

  test("the noise of a step depends on its number alone, not on the steps before", async () => {
    const options = setup();
    const run = await TrainingRun.compile({
      ...options,
      table: table(data.features, data.labels),
      batchLengths: [16, 11],
      needs: [],
      weighted: false,
    });
    const noiseOf = (step: number, rows: number): unknown => {
      const { name, feeds } = run.stepFeeds(step, { rows: new Int32Array(rows) });
      const { noise } = run.programs[name];
      expect(noise.length).toBeGreaterThan(0);
      return noise.map((leaf) => Array.from(feeds[leaf.name]));
    };
    const first = noiseOf(5, 16);
    noiseOf(3, 11);
    expect(noiseOf(4, 16)).not.toEqual(first);
    expect(noiseOf(5, 16)).toEqual(first);
    run.dispose();
  });
});

describe("batches", () => {
  test("every row once an epoch, the rest of the rows in a short batch; full batches once rows are drawn", async () => {
    const options = setup({ samplerOptions: { warmUp: 2 } });
    const { sampler, seen } = recording(options.sampler);
    await follow({ ...options, sampler });
    expect(seen.map(({ rows }) => rows.length)).toEqual([16, 16, 11, 16, 16, 11, 16, 16, 16, 16, 16, 16]);
    const all = Array.from({ length: 43 }, (_, row) => row);
    for (const start of [0, 3]) {
      const drawn = seen.slice(start, start + 3).flatMap(({ rows }) => Array.from(rows));
      expect(drawn.sort((a, b) => a - b)).toEqual(all);
    }
    for (const { rows } of seen) expect(new Set(rows).size).toBe(rows.length);
  });

  test("more rows a batch than there are rows: all of them, one step an epoch", async () => {
    const options = setup({ batchSize: 1000, samplerOptions: { warmUp: 1 } });
    const { sampler, seen } = recording(options.sampler);
    order((await follow({ ...options, sampler })).events);
    expect(seen.map(({ rows }) => rows.length)).toEqual([43, 43, 43, 43]);
  });

  test("one row a batch", async () => {
    const { losses } = await follow(setup({ batchSize: 1, epochs: 2 }));
    expect(losses.length).toBe(86);
  });

  test.each(samplerNames)("%s trains, and is told what it needs and no more", async (name) => {
    const warmUp = ["uniform", "sequential", "balanced"].includes(name) ? {} : { warmUp: 1 };
    const options = setup({ sampler: name, samplerOptions: warmUp });
    const { sampler, seen } = recording(options.sampler);
    const { losses, events } = await follow({ ...options, sampler });
    order(events);
    expect(losses[losses.length - 1]).toBeLessThan(losses[0]);
    const lengths = { rowLosses: 1, entryLosses: 4, scores: 4 };
    for (const { rows, evidence } of seen) {
      expect(Object.keys(evidence).sort()).toEqual([...sampler.needs].sort());
      for (const kind of sampler.needs) expect(evidence[kind]?.length).toBe(rows.length * lengths[kind]);
    }
    const run = await TrainingRun.compile({
      ...options,
      table: table(data.features, data.labels),
      batchLengths: [16],
      needs: sampler.needs,
      weighted: false,
    });
    expect(run.programs["step of 16 rows"].outputs.map(({ name }) => name)).toEqual(["loss", ...sampler.needs]);
    run.dispose();
  });

  test("row losses are those of the rows drawn: their mean is the loss of the step", async () => {
    const options = setup({ samplerOptions: { warmUp: 1 } });
    const { sampler, seen } = recording(options.sampler);
    const { losses } = await follow({ ...options, sampler });
    seen.forEach(({ rows, evidence }, t) => {
      const mean = Array.from(evidence.rowLosses ?? []).reduce((sum, loss) => sum + loss, 0) / rows.length;
      expect(mean).toBeCloseTo(losses[t], 5);
    });
  });

  test("importance weights: none change anything where every row has the same chance, else they do", async () => {
    const at = (pressure: number, unbiased: boolean) =>
      follow(setup({ epochs: 5, samplerOptions: { warmUp: 1, pressure, unbiased } }));
    expect(bits(await at(1, true))).toEqual(bits(await at(1, false)));
    const [weighted, plain] = [await at(16, true), await at(16, false)];
    expect(weighted.losses.slice(0, 3)).toEqual(plain.losses.slice(0, 3));
    expect(weighted.losses).not.toEqual(plain.losses);
    expect(weighted.losses.every(Number.isFinite)).toBe(true);
  });
});

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

describe("what does not fit is refused", () => {
  const { rows, features, labels } = data;
  test.each([
    ["epochs 0: expected a whole number of at least 1", { epochs: 0 }],
    ["epochs 1.5: expected a whole number of at least 1", { epochs: 1.5 }],
    ["59 rows of features, but 60 rows of labels", { features: { ...features, rows: 59 } }],
    ["60 rows of features, but 61 rows of labels", { labels: { ...labels, rows: 61 } }],
    ["the sampler is for 43 rows, but there are 2 training rows", { rows: { ...rows, training: Int32Array.of(1, 2) } }],
    ["test row 60 is not in 0..59", { rows: { ...rows, test: Int32Array.of(3, 60) } }],
    ["validation row -1 is not in 0..59", { rows: { ...rows, validation: Int32Array.of(-1) } }],
  ])("%s", async (message, over) => {
    const refusal = follow(setup({}, over));
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(message);
  });

  const wrong: readonly (readonly [string, Partial<Settings>])[] = [
    ["setting epoch: expected one of model, modelOptions", Object.fromEntries([["epoch", 3]])],
    ["model nope: expected one of mlp", { model: "nope" }],
    ['sampler "nope": expected one of uniform', { sampler: "nope" }],
    ["sampler adaptive has no option kappa", { samplerOptions: { kappa: 1 } }],
    ["learningRate is -1, expected a number of at least 0", { optimiser: { learningRate: -1 } }],
    ["seed 0.5: expected a whole number", { seed: 0.5 }],
  ];
  test.each(wrong)("%s", (message, more) => {
    expect(() => setup(more)).toThrow(UsageError);
    expect(() => setup(more)).toThrow(message);
  });

  test("an optimiser given in part takes the rest from the defaults", async () => {
    const rate = { learningRate: 0.01 };
    const [part, whole] = [setup({ optimiser: rate }), setup({ optimiser: { ...rate, weightDecay: 1e-4 } })];
    expect((await follow(part)).losses).toEqual((await follow(whole)).losses);
    const without = await follow(setup({ optimiser: { ...rate, weightDecay: 0 } }));
    expect(without.losses).not.toEqual((await follow(whole)).losses);
  });
});
