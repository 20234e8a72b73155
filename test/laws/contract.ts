/**
 * The contract of `Backend` and `Executable` beyond numbers: what is kept, what is shared, what is refused.
 */
import type { Backend, Executable, Values } from "../../src/backends/backend.ts";
import { add, multiply } from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { mean } from "../../src/engine/ops/reduce.ts";
import { gather } from "../../src/engine/ops/rows.ts";
import { program } from "../../src/engine/program.ts";
import { data, input, noise, state } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";
import type { Check } from "../laws.ts";

/** Two programs over one state: `train` moves it, `score` reads it. */
function trainAndScore() {
  const weights = state("weights", [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
  const count = state("count", [1, 1], Float32Array.of(0));
  const table = data("table", [4, 3], Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1));
  const rows = input("rows", [2, 1]);
  const jitter = noise("jitter", [1, 2], "normal");
  const scores = matmul(gather(table, rows), weights);
  return {
    train: program({ loss: mean(scores) }, [
      { state: weights, value: add(weights, jitter) },
      { state: count, value: add(count, 1) },
    ]),
    score: program({ scores, twice: multiply(weights, 2) }),
  };
}

const rows = Float32Array.of(3, 1);
const jitter = Float32Array.of(0.5, -1);

function same(what: string, actual: ArrayLike<number> | undefined, expected: readonly number[]): void {
  const list = actual && Array.from(actual);
  if (!list || list.length !== expected.length || list.some((each, i) => each !== expected[i])) {
    throw new Error(`${what}: ${list?.join(", ")}, expected ${expected.join(", ")}`);
  }
}

/** The call must reject with a UsageError holding each of the words. */
async function refused(what: string, call: () => Promise<unknown>, ...words: readonly string[]): Promise<void> {
  try {
    await call();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof UsageError)) throw new Error(`${what}: expected a UsageError, but got: ${message}`);
    const missing = words.find((word) => !message.includes(word));
    if (missing) throw new Error(`${what}: the message lacks "${missing}": ${message}`);
    return;
  }
  throw new Error(`${what}: was accepted`);
}

export function contractLaw(backend: Backend): Check[] {
  type Names = "train" | "score";
  const withExecutable = (title: string, body: (executable: Executable<Names>) => Promise<void>): Check => ({
    title,
    async check() {
      const executable = await backend.compile(trainAndScore());
      try {
        await body(executable);
      } finally {
        executable.dispose();
      }
    },
  });
  const wrongRun = (feeds: Values) => (executable: Executable<Names>) => () => executable.run("train", feeds);
  const wrongFeeds = [
    { what: "a missing input", call: wrongRun({ jitter }), words: ["input rows", "missing"] },
    { what: "missing noise", call: wrongRun({ rows }), words: ["noise jitter", "missing"] },
    { what: "an unknown input", call: wrongRun({ rows, jitter, weights: rows }), words: ["weights", "rows, jitter"] },
    {
      what: "a short input",
      call: wrongRun({ rows: Float32Array.of(1), jitter }),
      words: ["input rows", "1 values", "2"],
    },
    { what: "long noise", call: wrongRun({ rows, jitter: new Float32Array(5) }), words: ["noise jitter", "5 values"] },
  ];

  return [
    withExecutable("programs share state, and data goes by row numbers", async (executable) => {
      same("scores", (await executable.run("score", { rows })).scores, [9, 12, 3, 4]);
      same("loss", (await executable.run("train", { rows, jitter })).loss, [7]);
      const scored = await executable.run("score", { rows });
      same("scores after an update", scored.scores, [10.5, 9, 3.5, 3]);
      same("twice", scored.twice, [3, 2, 7, 6, 11, 10]);
    }),
    withExecutable("read gives a copy of every state as it is now", async (executable) => {
      const before = await executable.read();
      same("weights", before.weights, [1, 2, 3, 4, 5, 6]);
      before.weights.fill(99);
      await executable.run("train", { rows, jitter });
      await executable.run("train", { rows, jitter });
      const after = await executable.read();
      same("weights", after.weights, [2, 0, 4, 2, 6, 4]);
      same("count", after.count, [2]);
      same("what was read before", before.weights, [99, 99, 99, 99, 99, 99]);
    }),
    withExecutable("read takes the arrays of an earlier answer again, and of that one only", async (executable) => {
      const [first, second] = [await executable.read(), await executable.read()];
      await executable.run("train", { rows, jitter });
      const third = await executable.read(first);
      await executable.run("train", { rows, jitter });
      same("weights", third.weights, [1.5, 1, 3.5, 3, 5.5, 5]);
      same("count", third.count, [1]);
      same("weights read before", second.weights, [1, 2, 3, 4, 5, 6]);
      same("weights now", (await executable.read(second)).weights, [2, 0, 4, 2, 6, 4]);
    }),
    {
      title: "state that is at hand is what would be read, and is looked at number by number",
      async check() {
        const short = state("short", [1, 3], Float32Array.of(1, 2, 3));
        const long = state("long", [1, 21], "zeros");
        const executable = await backend.compile({
          it: program(
            {},
            [short, long].map((leaf) => ({ state: leaf, value: add(leaf, 1) })),
          ),
        });
        try {
          const { stateAtHand } = executable;
          if (!stateAtHand) return;
          const copies = stateAtHand.copy(["short", "no such state"]);
          same("names", [Object.keys(copies).length], [1]);
          await executable.run("it", {});
          same("short as it was", copies.short, [1, 2, 3]);
          same("long", stateAtHand.copy(["long"]).long, new Array(21).fill(1));
          const largest = new Float32Array(21).fill(3e38);
          for (const value of [3e38, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
            for (let at = 0; at < 21; at++) {
              await executable.write({ long: largest.with(at, value) });
              const [found, expected] = [stateAtHand.firstNonFinite(), value === 3e38 ? undefined : "long"];
              if (found !== expected) throw new Error(`${value} at ${at}: found ${found}, expected ${expected}`);
            }
          }
        } finally {
          executable.dispose();
        }
      },
    },
    withExecutable("write overwrites the named states alone and keeps a copy", async (executable) => {
      await executable.run("train", { rows, jitter });
      const weights = Float32Array.of(1, 0, 0, 1, 1, 1);
      await executable.write({ weights });
      weights.fill(7);
      same("scores", (await executable.run("score", { rows })).scores, [2, 2, 0, 1]);
      const now = await executable.read();
      same("weights", now.weights, [1, 0, 0, 1, 1, 1]);
      same("count", now.count, [1]);
    }),
    withExecutable("feeds may be changed once the run is over", async (executable) => {
      const changing = Float32Array.of(0, 0);
      await executable.run("score", { rows: changing });
      changing.fill(2);
      same("scores", (await executable.run("score", { rows: changing })).scores, [5, 6, 5, 6]);
    }),
    withExecutable("refused calls name what is wrong and change nothing", async (executable) => {
      for (const { what, call, words } of wrongFeeds) await refused(what, call(executable), ...words);
      await refused("an unknown state", () => executable.write({ wieghts: rows }), "wieghts", "weights, count");
      await refused("a short state", () => executable.write({ weights: rows }), "state weights", "2 values", "6");
      await refused(
        "one wrong state among two",
        () => executable.write({ count: Float32Array.of(5), weights: rows }),
        "state weights",
      );
      const state = await executable.read();
      same("weights", state.weights, [1, 2, 3, 4, 5, 6]);
      same("count", state.count, [0]);
    }),
    {
      title: "state begins anew in every executable",
      async check() {
        const programs = trainAndScore();
        const [first, second] = [await backend.compile(programs), await backend.compile(programs)];
        try {
          await first.run("train", { rows, jitter });
          same("count of the first", (await first.read()).count, [1]);
          same("count of the second", (await second.read()).count, [0]);
        } finally {
          first.dispose();
          second.dispose();
        }
      },
    },
    {
      title: "programs that mean different leaves by one name are refused",
      async check() {
        const programs = { train: trainAndScore().train, score: trainAndScore().score };
        await refused("two states named weights", () => backend.compile(programs), "weights", "different leaves");
      },
    },
    {
      title: "nothing runs after dispose, and disposing again is harmless",
      async check() {
        const executable = await backend.compile(trainAndScore());
        executable.dispose();
        executable.dispose();
        const ran = await executable.run("score", { rows }).then(
          () => true,
          () => false,
        );
        if (ran) throw new Error("an executable ran after dispose");
      },
    },
    {
      title: "has a name, and says what runs",
      async check() {
        const executable = await backend.compile(trainAndScore());
        executable.dispose();
        if (!backend.name || !executable.description) throw new Error("name or description is empty");
      },
    },
  ];
}
