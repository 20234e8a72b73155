/** What is taken along gives the numbers that the page shows: the command and the program, on the same kind of SIMD. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseCells } from "../../src/experiment/index.ts";
import { codeOf, commandOf } from "../../src/lab/command.ts";
import { basisOf, Session } from "../../src/lab/session.ts";
import type { LabState } from "../../src/lab/state.ts";
import { hardbatch } from "../cli/run.ts";
import { run } from "../docs/program.ts";
import { small } from "./small.ts";

const states: Readonly<Record<string, LabState>> = {
  "a small state": { ...small, backend: "wasm" },
  "settings of every kind": {
    ...small,
    backend: "wasm",
    data: "synthetic:rows=160,features=6,labels=5,noise=0.1",
    shared: {
      ...{ model: "mlp", modelOptions: { hidden: [7], dropout: 0.25 } },
      ...{ epochs: 3, batchSize: 21, learningRateWarmUp: 1, keep: "last", inputs: "sparse", criterion: "microF1" },
      ...{ folds: 4, fold: 2, order: 2, dropLabelsAtMost: 2, protocol: "paper", seed: 77 },
      optimiser: { learningRate: 0.01, weightDecay: 0, clipNorm: 0.5, amsgrad: true, beta1: 0.8 },
    },
    lanes: [
      { sampler: "uniform", samplerOptions: { lastBatch: "drop" } },
      { sampler: "adaptive", samplerOptions: { pressure: 3, weighting: "local", refresh: "batch", warmUp: 1 } },
    ],
  },
};

/** Validation macro-AUC of both lanes, epoch by epoch. */
async function shown(state: LabState): Promise<readonly (readonly (number | null)[])[]> {
  const session = await Session.open(await basisOf(1, state));
  const lanes: (number | null)[][] = [[], []];
  while (!session.finished) {
    const ended = (await session.step(false))?.ended;
    ended?.forEach(({ validation }, lane) => {
      lanes[lane].push(validation.macroAuc);
    });
  }
  return lanes;
}

describe.each(Object.entries(states))("%s", (_, state) => {
  test("as command", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hardbatch-command-"));
    try {
      // No word of these has a blank.
      const words = commandOf(state).replaceAll("'", "").split(" ").slice(2);
      const out = join(folder, "cells.jsonl");
      const { code, err } = await hardbatch(...words, "--out", out, "--quiet");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const { cells } = parseCells(readFileSync(out, "utf8"), "cells");
      const found = cells.map(({ history }) => history.map(({ validation }) => validation.macroAuc));
      expect(found).toEqual(await shown(state));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("as code", async () => {
    const { printed } = await run(codeOf(state));
    const found = state.lanes.map(({ sampler }) =>
      printed.filter((line) => line.startsWith(`${sampler} `)).map((line) => JSON.parse(line.split(" ")[2])),
    );
    expect(found).toEqual(await shown(state));
  });
});

test("names of files and values are one word of a shell each", () => {
  expect(commandOf({ ...small, data: "file:it's mine; rm.arff" })).toContain("compare 'it'\\''s mine; rm.arff' ");
});
