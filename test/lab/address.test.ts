/** The address holds the whole state of the page, and a bad one is refused with the reason. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { samplerDescriptions, UsageError } from "../../src/index.ts";
import { parseAddress, printAddress } from "../../src/lab/address.ts";
import { presets } from "../../src/lab/presets.ts";
import { axes, colourings, defaultState, hideable, type LabState, orders } from "../../src/lab/state.ts";
import { number, runs } from "../arbitraries.ts";

const keysOf = <Words extends object>(words: Words) =>
  Object.keys(words).filter((key): key is keyof Words & string => key in words);

const lane = fc
  .record({
    sampler: fc.constantFrom(...samplerDescriptions.map(({ name }) => name)),
    pressure: number(1, 64),
  })
  .map(({ sampler, pressure }) => {
    const own = samplerDescriptions.find(({ name }) => name === sampler);
    const takesIt = own?.options.some(({ name }) => name === "pressure");
    return { sampler, samplerOptions: takesIt ? { pressure } : {} };
  });

const states: fc.Arbitrary<LabState> = fc.record({
  data: fc.oneof(
    fc.constant("synthetic"),
    fc.integer({ min: 100, max: 5000 }).map((rows) => `synthetic:rows=${rows}`),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).map((name) => `file:${name}`),
  ),
  shared: fc.record({
    model: fc.constantFrom("mlp", "clif", "dela"),
    epochs: fc.integer({ min: 1, max: 500 }),
    batchSize: fc.integer({ min: 1, max: 512 }),
    optimiser: fc.record({ learningRate: number(0, 1) }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  }),
  lanes: fc.tuple(lane, lane),
  colouring: fc.constantFrom(...keysOf(colourings)),
  order: fc.constantFrom(...keysOf(orders)),
  axis: fc.constantFrom(...keysOf(axes)),
  backend: fc.constantFrom("auto", "wasm", "js"),
  hidden: fc.uniqueArray(fc.constantFrom(...hideable)),
});

describe("the address", () => {
  test("gives the state back that it was printed from", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(parseAddress(printAddress(state))).toEqual(state);
      }),
      runs(100),
    );
  });

  test("holds the default and every preset", () => {
    expect(parseAddress("")).toEqual(defaultState);
    for (const { state } of [{ state: defaultState }, ...presets]) {
      expect(parseAddress(printAddress(state))).toEqual(state);
    }
  });

  test.each([
    ["#epochs=3", /v= is not a version this page knows; expected v=1/],
    ["#v=2", /v=2 is not a version/],
    ["#v=1&epochs=3&epochs=4", /epochs stands there twice/],
    ["#v=1&noise", /expected key=value/],
    ["#v=1&data=%E0%A4%A", /percent sign/],
    ["#v=1&data=synthetic:noise=2000", /noise=2000: expected a number from 0 to 0.5/],
    ["#v=1&epochs=0", /epochs/],
    ["#v=1&colour=red", /colour=red: expected one of probability/],
    ["#v=1&hide=everything", /hide=everything: expected some of controls/],
    ["#v=1&sampler=adaptive", /the sampler is each lane's own/],
    ["#v=1&left.sampler=uniform&left.epochs=3", /both lanes share it/],
    ["#v=1&left.sampler=nothing", /nothing/],
    ["#v=1&left.sampler=adaptive&left.sampler.pressure=0", /pressure/],
    ["#v=1&unknown=3", /unknown/],
  ])("%s is refused", (hash, words) => {
    expect(() => parseAddress(hash)).toThrow(UsageError);
    expect(() => parseAddress(hash)).toThrow(words);
  });
});
