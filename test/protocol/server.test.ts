/** The server of the protocol: whatever a line says, one line answers it, and only good ones change anything. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callNames } from "../../src/laws/protocol/messages.ts";
import { ownMaker } from "../../src/laws/protocol/own.ts";
import { fromJson, toJson } from "../../src/laws/protocol/saved-state.ts";
import { SamplerServer } from "../../src/laws/protocol/server.ts";
import { runs } from "../arbitraries.ts";

const create = {
  call: "create",
  protocol: 1,
  sampler: 1,
  rows: 5,
  labelCount: 2,
  labels: [[0], [1], [0, 1], [], [1]],
  batchSize: 2,
  seed: 3,
  epochs: 9,
  options: { weighting: "none", warmUp: 0, refresh: "batch" },
};

const server = (): SamplerServer => new SamplerServer(ownMaker("adaptive", {}));

/** Everything that can be seen of a server: what it answers to these. */
const look = (of: SamplerServer): Promise<string[]> =>
  Promise.all(["state", "probabilities"].map((call) => of.answer(JSON.stringify({ call, sampler: 1 }))));

const refused = (message: string | RegExp) => ({ error: { kind: "refused", message: expect.stringMatching(message) } });
const parsed = async (of: SamplerServer, request: unknown): Promise<unknown> =>
  JSON.parse(await of.answer(typeof request === "string" ? request : JSON.stringify(request)));

describe("a session", () => {
  test("create, draw, observe, save, restore, end", async () => {
    const one = server();
    expect(await parsed(one, create)).toMatchObject({
      ...{ protocol: 1, name: "adaptive", needs: ["rowLosses"], batchesPerEpoch: 3, pressure: 2, weighted: false },
      ...{ epoch: 0, ahead: 1 },
      claims: { visits: "warmUp", feedback: true, formula: { name: "adaptive", variant: { refresh: "batch" } } },
    });
    const next = (await parsed(one, { call: "next", sampler: 1 })) as { rows: number[] };
    expect(next).toMatchObject({ epoch: 0, ahead: 0 });
    const { state } = (await parsed(one, { call: "state", sampler: 1 })) as { state: unknown };
    const observed = { call: "observe", sampler: 1, rows: next.rows, rowLosses: [0.1, 0.7] };
    expect(await parsed(one, observed)).toEqual({ epoch: 0, ahead: 1 });
    const after = await look(one);
    expect(await parsed(one, { call: "restore", sampler: 1, state })).toEqual({ epoch: 0, ahead: 0 });
    expect(await parsed(one, observed)).toEqual({ epoch: 0, ahead: 1 });
    expect(await look(one)).toEqual(after);
    expect(await parsed(one, { call: "end", sampler: 1 })).toEqual({ ended: true });
    expect(await parsed(one, { call: "next", sampler: 1 })).toEqual(
      refused("sampler 1: there is none; create it first"),
    );
  });

  test.each<[string, unknown, string]>([
    ["no JSON", "{", "not JSON"],
    ["no call", {}, "one of create, next, observe, probabilities, state, restore, end"],
    ["another call", { call: "draw", sampler: 1 }, 'found call "draw"'],
    ["something more", { call: "next", sampler: 1, rows: 3 }, 'next has no "rows"; it has call, sampler'],
    ["another version", { ...create, protocol: 2 }, '"protocol" is 2, expected 1'],
    ["fewer labels", { ...create, sampler: 2, rows: 6 }, "labels of 5 rows, but rows is 6"],
    ["a label beyond", { ...create, sampler: 2, labelCount: 1 }, "row 1 has label 1, but labelCount is 1"],
    ["the same number", create, "sampler 1: there is one of that number"],
    ["a wrong option", { ...create, sampler: 2, options: { pressur: 2 } }, "no option.*pressur"],
    [
      "a word for numbers",
      { ...create, sampler: 2, options: { weights: "all" } },
      "weights: expected a list of numbers",
    ],
    ["too large a batch", { ...create, sampler: 2, batchSize: 6 }, "batch size 6"],
    ["a row that is none", { call: "observe", sampler: 1, rows: [-1], rowLosses: [1] }, '"rows.0" is -1'],
    ["a loss that is none", { call: "observe", sampler: 1, rows: [1], rowLosses: [null] }, '"rowLosses.0" is null'],
    ["a state that is none", { call: "restore", sampler: 1, state: {} }, "sampler state"],
  ])("%s is refused", async (_, request, message) => {
    const one = server();
    await one.answer(JSON.stringify(create));
    const before = await look(one);
    expect(await parsed(one, request)).toEqual(refused(message));
    expect(await look(one)).toEqual(before);
  });
});

describe("arbitrary lines", () => {
  const known = fc.oneof(
    fc.constantFrom(...callNames).map((call) => ({ call, sampler: 1 })),
    fc.record({ call: fc.constantFrom(...callNames), sampler: fc.integer({ min: 0, max: 2 }), rows: fc.jsonValue() }),
    fc.record({
      call: fc.constant("restore"),
      sampler: fc.constant(1),
      state: fc.dictionary(fc.string(), fc.jsonValue()),
    }),
    fc.record({
      call: fc.constant("observe"),
      sampler: fc.constant(1),
      rows: fc.array(fc.integer({ min: -1, max: 6 }), { maxLength: 3 }),
      rowLosses: fc.array(fc.oneof(fc.double(), fc.constant(null)), { maxLength: 3 }),
    }),
    fc.dictionary(fc.constantFrom(...Object.keys(create)), fc.jsonValue()).map((given) => ({ ...create, ...given })),
  );
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    known.map((request) => JSON.stringify(request)),
  );

  test("each is answered by one line: good ones by what they ask for, others by an error that changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const one = server();
        await one.answer(JSON.stringify(create));
        for (const given of lines) {
          const before = await look(one);
          const answer = await one.answer(given);
          expect(answer).not.toContain("\n");
          const found: unknown = JSON.parse(answer);
          expect(found).toBeTypeOf("object");
          if (answer.startsWith('{"error"')) {
            expect(found).toEqual(refused(/./));
            expect(await look(one)).toEqual(before);
          }
        }
      }),
      runs(200),
    );
  });

  test("a huge line of nonsense is an error, too", async () => {
    expect(await parsed(server(), `{"call":"${"x".repeat(2 ** 22)}"}`)).toEqual(refused("found call"));
    expect(await parsed(server(), "[".repeat(2 ** 20))).toEqual(refused("not JSON"));
  });
});

test("states go through JSON exactly", () => {
  const leaf = fc.oneof(
    fc.double(),
    fc.constantFrom("NaN", "text"),
    fc.float64Array(),
    fc.float32Array(),
    fc.int32Array(),
    fc.uint32Array(),
    fc.uint8Array(),
    fc.constant(null),
    fc.boolean(),
  );
  const state = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie("value"), { maxLength: 3 }), tie("object")),
    object: fc.dictionary(fc.string({ maxLength: 4 }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  })).object;
  fc.assert(
    fc.property(state, (given) => {
      expect(fromJson(JSON.parse(JSON.stringify(toJson(given))))).toEqual(given);
    }),
    runs(300),
  );
});
