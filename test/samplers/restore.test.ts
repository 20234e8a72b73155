/** Snapshots that are damaged, or of other settings, are refused whole. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/laws/trial.ts";
import { Random } from "../../src/random.ts";
import {
  createSampler,
  samplerNames as names,
  type SamplerName,
  samplerDescriptions,
} from "../../src/samplers/create.ts";
import type { Sampler, SamplerState } from "../../src/samplers/sampler.ts";
import { columns, drive, request } from "./small.ts";

describe("restore", () => {
  const unbiased = { unbiased: true, warmUp: 1 } as const;
  const makers: [SamplerName, () => Sampler][] = names.map((name) => [
    name,
    () => {
      const options =
        samplerDescriptions
          .find((found) => found.name === name)
          ?.options.some((option) => option.name === "unbiased") && name !== "adaptiveChain"
          ? unbiased
          : {};
      return createSampler(name, { ...request(), options });
    },
  ]);

  const isState = (value: unknown): value is SamplerState => typeof value === "object" && value !== null;

  /** Values that can't stand in the place of this one. */
  function wrongFor(value: unknown): unknown[] {
    if (typeof value === "number") return [Number.NaN, "1"];
    if (typeof value === "string") return [`${value}?`];
    if (value instanceof Float64Array || value instanceof Float32Array)
      return [value.subarray(1), value.map(() => Number.NaN)];
    if (value instanceof Int32Array) return [new Int8Array(value.length), value.map(() => -1)];
    if (value instanceof Uint32Array || value instanceof Uint8Array) return [value.subarray(1), [...value]];
    return isState(value) ? [undefined, 3] : [];
  }

  /** Every state that differs from this one in a single number, string, array or part being spoilt. */
  function* spoilt(state: SamplerState): Generator<{ path: string; state: SamplerState }> {
    for (const [key, value] of Object.entries(state)) {
      for (const wrong of wrongFor(value)) yield { path: key, state: { ...state, [key]: wrong } };
      if (!isState(value) || ArrayBuffer.isView(value)) continue;
      for (const inner of spoilt(value)) {
        const whole = Array.isArray(value) ? Object.values(inner.state) : inner.state;
        yield { path: `${key}.${inner.path}`, state: { ...state, [key]: whole } };
      }
    }
  }

  test.each(makers)("%s: a damaged snapshot is refused whole, and the sampler goes on as before", (_, make) => {
    const sampler = make();
    drive(sampler, 12);
    const rows = sampler.next(); // waits to be observed
    const good = structuredClone(sampler.state());
    sampler.observe(rows, evidenceOf(12, rows.length, columns, false));
    drive(sampler, 5);
    const before = structuredClone(sampler.state());
    for (const { path, state } of spoilt(good)) {
      expect(() => sampler.restore(state), path).toThrow(expect.objectContaining({ name: "UsageError" }));
      expect(sampler.state(), path).toEqual(before);
    }
    sampler.restore(good);
    expect(sampler.state()).toEqual(good);
  });

  test("a snapshot of other settings is refused and says which", () => {
    const state = createSampler("adaptive", { ...request(), options: { pressure: 4 } }).state();
    expect(() => createSampler("adaptive", request()).restore(state)).toThrow(
      "sampler state: it was saved with pressure 4, this sampler has 2",
    );
    expect(() => createSampler("uniform", request()).restore(state)).toThrow(
      'it was saved by the sampler "adaptive", this one is "uniform"',
    );
  });
});

test("a state of the warm-up, restored after it: rows count as in the warm-up again", () => {
  const labels = { rows: 6, columns: 1, values: Uint8Array.of(0, 1, 0, 0, 1, 0) };
  const options = { weighting: "none", warmUp: 1, pressure: 8 } as const;
  const sampler = createSampler("reweighted", { labels, batchSize: 2, random: new Random(1), epochs: 5, options });
  const begun = structuredClone(sampler.state());
  const weights = (): readonly number[] => {
    const rows = sampler.next();
    const found = Array.from(sampler.importanceWeights?.(rows) ?? []);
    sampler.observe(rows, { rowLosses: Float32Array.from(rows, (row) => 0.1 + row) });
    return found;
  };
  while (sampler.epoch === 0) expect(weights()).toEqual([1, 1]);
  expect(weights()).not.toEqual([1, 1]);
  sampler.restore(begun);
  expect(weights()).toEqual([1, 1]);
});
