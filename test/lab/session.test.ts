/** Two lanes in step: what differs is the sampler alone, and every number is that of the library's own run. */
import { describe, expect, test } from "vitest";
import { parseCells } from "../../src/experiment/index.ts";
import { type ConfigureSettings, configure, createBackend, parseSynthetic, prepare, train } from "../../src/index.ts";
import type { EpochFigures } from "../../src/lab/messages.ts";
import { basisOf, Session } from "../../src/lab/session.ts";
import { defaultState, type LabState, settingsOf } from "../../src/lab/state.ts";

const small: LabState = {
  ...defaultState,
  data: "synthetic:rows=200,features=8,labels=5",
  shared: { ...defaultState.shared, epochs: 6, batchSize: 32, modelOptions: { hidden: [12] } },
  backend: "js",
};

const openSession = async (...given: Parameters<typeof basisOf>): Promise<Session> =>
  Session.open(await basisOf(...given));

async function finish(session: Session): Promise<(readonly [EpochFigures, EpochFigures])[]> {
  const curves: (readonly [EpochFigures, EpochFigures])[] = [];
  while (!session.finished) {
    const progress = await session.step(false);
    if (progress?.ended) curves.push(progress.ended);
  }
  return curves;
}

describe("a session", () => {
  test("computes what the library computes for the same settings", async () => {
    const curves = await finish(await openSession(1, small));
    const data = prepare(parseSynthetic(small.data, 1), { seed: 1, dropLabelsAtMost: 0 });
    for (const lane of [0, 1] as const) {
      const settings: ConfigureSettings = settingsOf(small, lane);
      const found: (number | null | undefined)[] = [];
      for await (const event of train(configure(data, await createBackend("js"), settings))) {
        if (event.kind === "epoch") found.push(event.validation?.macroAuc);
      }
      expect(curves.map((both) => both[lane].validation.macroAuc)).toEqual(found);
    }
  });

  test("stays paired while both samplers are the same: no lane is favoured", async () => {
    const session = await openSession(1, { ...small, lanes: [small.lanes[1], small.lanes[1]] });
    for (const [left, right] of await finish(session)) {
      expect({ ...left, seconds: 0 }).toEqual({ ...right, seconds: 0 });
    }
    const [left, right] = session.frames();
    expect(left.terms.probability).toEqual(right.terms.probability);
  });

  test("changes exactly the drawn rows in a step", async () => {
    const session = await openSession(1, small);
    for (let step = 0; step < 20; step++) {
      const before = session.frames();
      const progress = await session.step();
      for (const lane of [0, 1] as const) {
        const now = progress?.frames[lane];
        const drawn = new Set(now?.batch);
        expect(drawn.size).toBeGreaterThan(0);
        now?.terms.draws.forEach((draws, row) => {
          expect(draws - before[lane].terms.draws[row]).toBe(drawn.has(row) ? 1 : 0);
          if (!drawn.has(row)) expect(now.terms.loss[row]).toBe(before[lane].terms.loss[row]);
        });
      }
    }
  });

  test("says why a row has its weight", async () => {
    const session = await openSession(1, small);
    const { minorityLabels, rowLabels } = session.opened;
    const row = rowLabels.findIndex((labels) => labels.some((label) => minorityLabels.includes(label)));
    const { neighbours, minority } = session.reasons(row);
    expect(neighbours).toHaveLength(5);
    expect(neighbours.map((one) => one.row)).not.toContain(row);
    expect(minority.length).toBeGreaterThan(0);
    for (const { label, unlike, c } of minority) {
      expect(rowLabels[row]).toContain(label);
      expect(c).toBe(unlike / 5);
    }
  });

  test("ends as cells that the report reads, and not before", async () => {
    const session = await openSession(1, small);
    expect(() => session.cells()).toThrow("not finished");
    await finish(session);
    const { cells } = parseCells(session.cells(), "lab.jsonl");
    expect(cells.map(({ key }) => key.sampler)).toEqual(["uniform", "adaptive"]);
    expect(cells[0].history).toHaveLength(6);
  });

  test("names what is wrong with the data", async () => {
    await expect(openSession(1, { ...small, data: "file:a.arff" })).rejects.toThrow("a.arff is a file of its owner's");
    const bytes = new TextEncoder().encode("@relation r\n@attribute a numeric\n@data\n1,2\n");
    await expect(openSession(1, { ...small, data: "file:a.arff" }, { name: "a.arff", bytes })).rejects.toThrow(
      /a\.arff/,
    );
  });
});
