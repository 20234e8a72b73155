/**
 * Checkpoints as bytes: what goes on from them is the run that never stopped, and nothing goes on from damaged ones.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.ts";
import { createBackend } from "../../src/backends/create.ts";
import { js } from "../../src/backends/js.ts";
import { DataError } from "../../src/errors.ts";
import { modelNames } from "../../src/models/create.ts";
import { samplerNames } from "../../src/samplers/create.ts";
import { decodeSafetensors } from "../../src/saved/safetensors.ts";
import { encodeSealed } from "../../src/saved/sealed.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/training/checkpoint.ts";
import type { TrainingEvent } from "../../src/training/events.ts";
import type { RunSettings } from "../../src/training/settings.ts";
import type { RunState } from "../../src/training/state.ts";
import type { TrainOptions } from "../../src/training/train.ts";
import { runs } from "../arbitraries.ts";
import { data, follow, setup } from "./runs.ts";

const epochs = 3;
const stepsPerEpoch = 3;

/** The smallest of every model. */
const smallModels: Readonly<Record<string, RunSettings["modelOptions"]>> = {
  mlp: { hidden: [5], dropout: 0.2 },
  clif: { hidden: 4 },
  dela: { encoder: [5], latent: 3, decoder: [4] },
  paca: {
    encoder: [5],
    decoder: [5],
    labelEncoder: [5],
    labelDecoder: [5],
    map: [5],
    latent: 3,
    flowHidden: 5,
    flowUnits: 2,
  },
  mpvae: { labelEncoder: [5], featureEncoder: [5], decoder: [5], latent: 3, rank: 2, draws: 3, testDraws: 3 },
  c2ae: { featureEncoder: [5], labelEncoder: [5], decoder: [5] },
};

const settingsOf = (model: string, sampler: string): Partial<RunSettings> => ({
  model,
  sampler,
  epochs,
  modelOptions: smallModels[model] ?? {},
  samplerOptions: ["uniform", "sequential", "balanced"].includes(sampler) ? {} : { warmUp: 1 },
});

/** The backends that run in Node. */
const devices: Readonly<Record<string, () => Promise<Backend>>> = {
  js: () => createBackend("js"),
  "wasm, 1 thread": () => createBackend("wasm", { threads: 1 }),
  "wasm, 2 threads": () => createBackend("wasm", { threads: 2 }),
  "gpu:webasm": () => createBackend("gpu:webasm"),
};

const told = (events: readonly TrainingEvent[]): TrainingEvent[] =>
  events.filter(({ kind }) => kind !== "checkpoint" && kind !== "start");

const throughBytes = (state: RunState): RunState =>
  decodeCheckpoint(encodeCheckpoint({ state, about: {} }), "checkpoint").state;

/** Stops after `steps` steps, goes on in a run made anew from the bytes of the checkpoint, and compares all events. */
async function resumesAlike(make: (over?: Partial<TrainOptions>) => TrainOptions, steps: number): Promise<void> {
  const whole = told((await follow(make())).events);
  const controller = new AbortController();
  let done = 0;
  const options = make({ signal: controller.signal, checkpointEvery: { epochs: 100 } });
  const first = await follow(options, ({ kind }) => {
    if (kind === "step" && ++done === steps) controller.abort();
  });
  const before = told(first.events).filter(({ kind }) => kind !== "end");
  const states = first.events.flatMap((event) => (event.kind === "checkpoint" ? [event.state] : []));
  const [state] = states.slice(-1);
  expect(state.epoch * stepsPerEpoch + state.step).toBeGreaterThanOrEqual(steps);
  const rest = told((await follow(make({ checkpoint: throughBytes(state) }))).events);
  expect([...before, ...rest]).toEqual(whole);
}

const step = fc.integer({ min: 1, max: epochs * stepsPerEpoch - 1 });

describe("a run that goes on from the bytes of a checkpoint is the run that never stopped", () => {
  test.each(samplerNames)("%s, js", async (sampler) => {
    const [at] = fc.sample(step, 1);
    await resumesAlike((over) => setup(settingsOf("mlp", sampler), over), at);
  });

  test.each(modelNames)("%s, wasm", async (model) => {
    const backend = await createBackend("wasm");
    const [at] = fc.sample(step, 1);
    await resumesAlike((over) => setup(settingsOf(model, "adaptive"), { backend, ...over }), at);
  });

  test(
    "every model with every sampler on every backend, at any step, with conditions or without",
    async () => {
      // Some of the product each time, all of it from HARDBATCH_RUNS=100 on.
      const product = modelNames.flatMap((model) =>
        samplerNames.flatMap((sampler) => Object.keys(devices).map((device) => ({ model, sampler, device }))),
      );
      const { numRuns } = runs(4);
      const some = fc.shuffledSubarray(product, { minLength: Math.min(numRuns, product.length) });
      const [chosen] = numRuns < product.length ? fc.sample(some, 1) : [product];
      const drawn = fc.sample(fc.tuple(step, fc.boolean()), product.length);
      for (const [k, { model, sampler, device }] of chosen.slice(0, numRuns).entries()) {
        const backend = await devices[device]();
        const [at, conditions] = drawn[k];
        const make = (over?: Partial<TrainOptions>) =>
          setup(settingsOf(model, sampler), { backend, conditions, ...over });
        const where = `${model}, ${sampler}, ${device}, step ${at}, ${conditions ? "with" : "without"} conditions`;
        await resumesAlike(make, at).catch((error) => {
          throw new Error(where, { cause: error });
        });
      }
      if (numRuns >= product.length) console.info(`${product.length} runs of the product went on alike`);
    },
    300_000 * runs(1).numRuns,
  );

  test("on another backend the state is equal, and the losses of the next steps agree as far as arithmetic goes", async () => {
    const given = { ...settingsOf("mlp", "uniform"), epochs: 10 };
    const { events } = await follow(setup(given, { checkpointEvery: { steps: 4 } }));
    const [, state] = events.flatMap((event) => (event.kind === "checkpoint" ? [event.state] : []));
    const backend = await createBackend("wasm");
    const restored = throughBytes(state);
    const other = await follow(setup(given, { backend, checkpoint: restored, checkpointEvery: { steps: 1000 } }));
    const same = await follow(setup(given, { checkpoint: restored }));
    for (let t = 0; t < 20; t++) expect(Math.abs(other.losses[t] - same.losses[t])).toBeLessThan(1e-5);
  });
});

async function small(): Promise<{ readonly bytes: Uint8Array; readonly state: RunState }> {
  const options = setup({ modelOptions: { hidden: [1] }, sampler: "adaptive" }, { checkpointEvery: { steps: 4 } });
  const { events } = await follow(options);
  const [, state] = events.flatMap((event) => (event.kind === "checkpoint" ? [event.state] : []));
  return { bytes: encodeCheckpoint({ state, about: { run: "a", seconds: 1.5 } }), state };
}

describe("the bytes of a checkpoint", async () => {
  const { bytes, state } = await small();

  test("give back the state and what they are about", () => {
    const back = decodeCheckpoint(bytes, "c");
    expect(back.about).toEqual({ run: "a", seconds: 1.5 });
    expect(back.state).toEqual(state);
    expect(encodeCheckpoint(back)).toEqual(bytes);
  });

  test("keep what JSON has no word for", () => {
    const odd = { ...state, best: { epoch: -1, score: Number.NaN, values: {} } };
    const steps = { ...oddFigures, smallestShare: Infinity, largestShare: -Infinity };
    const conditions = {
      draws: Uint32Array.of(1),
      epochs: [],
      atBeginning: { uniformRisk: -0, selectedRisk: 0, cosine: null },
      steps,
    };
    const back = decodeCheckpoint(encodeCheckpoint({ state: { ...odd, conditions }, about: {} }), "c").state;
    expect(back).toEqual({ ...odd, conditions });
    expect(Object.is(back.conditions?.atBeginning.uniformRisk, -0)).toBe(true);
  });

  test("with any byte changed are refused", () => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] ^= 1 << (at % 8);
      expect(() => decodeCheckpoint(changed, "c"), `byte ${at}`).toThrow(DataError);
    }
  });

  test.each<readonly [string, (text: string) => string]>([
    ["state.epoch", (text) => text.replace(/"epoch":1,"step"/, '"epoch":-1,"step"')],
    ["it names", (text) => text.replace('"step":', '"step":0,"step":')],
    ["is missing", (text) => text.replace('{"$":"0 ', '{"$":"99 ')],
    ["format", (text) => text.replace("hardbatch checkpoint 1", "hardbatch checkpoint 9")],
  ])("made by another hand are checked all the same: %s", (message, change) => {
    const { tensors, metadata } = decodeSafetensors(bytes, "c");
    const key = "hardbatch checkpoint";
    const text = metadata.get(key) ?? "";
    expect(change(text)).not.toBe(text);
    const made = encodeSealed(tensors, new Map([[key, change(text)]]));
    expect(() => decodeCheckpoint(made, "c")).toThrow(DataError);
    expect(() => decodeCheckpoint(made, "c")).toThrow(message);
  });

  test("are as many as the numbers ask for, and little more", () => {
    const numbers = Object.values(state.device).reduce((sum, values) => sum + values.byteLength, 0);
    expect(bytes.length).toBeLessThan(3 * numbers + 100 * data.rows.training.length + 20_000);
  });
});

const oddFigures = {
  smallestSum: 0,
  smallestLoss: Infinity,
  largestGradient: 0,
  smallestGamma: null,
  smallestGammaRising: null,
  smallestWeight: null,
  largestWeight: null,
};

test("a state is a copy: training on does not move it", async () => {
  const states: RunState[] = [];
  const copies: RunState[] = [];
  await follow(setup({}, { backend: js(), checkpointEvery: { steps: 1 } }), (event) => {
    if (event.kind !== "checkpoint") return;
    states.push(event.state);
    copies.push(structuredClone(event.state));
  });
  expect(states).toEqual(copies);
});
