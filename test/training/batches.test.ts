/** What a run draws, and what it tells its sampler. */
import { describe, expect, test } from "vitest";
import { samplerNames } from "../../src/samplers/create.ts";
import { TrainingRun } from "../../src/training/run.ts";
import { order } from "./laws.ts";
import { bits, follow, recording, setup } from "./runs.ts";

describe("batches", () => {
  test("as published, every row once an epoch, the rest in a short batch; full batches once rows are drawn", async () => {
    const options = setup({ samplerOptions: { warmUp: 2, lastBatch: "short" } });
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

  test("carried on, all batches are full and every row comes once a pass", async () => {
    const options = setup({ sampler: "uniform" });
    const { sampler, seen } = recording(options.sampler);
    await follow({ ...options, sampler });
    expect(seen.map(({ rows }) => rows.length)).toEqual(new Array(12).fill(16));
    const drawn = seen.flatMap(({ rows }) => Array.from(rows));
    for (let pass = 0; pass + 43 <= drawn.length; pass += 43) {
      expect(new Set(drawn.slice(pass, pass + 43)).size).toBe(43);
    }
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
    const run = await TrainingRun.compile(options);
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
