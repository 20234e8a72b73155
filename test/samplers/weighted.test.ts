/** Samplers of one's own by the frame: they keep the laws, what they do wrong is named, and they run in training. */
import { describe, expect, test } from "vitest";
import { samplerLaws } from "../../src/laws/laws.ts";
import type { Subject, Trial } from "../../src/laws/subject.ts";
import { Random } from "../../src/random.ts";
import type { SamplerRequest } from "../../src/samplers/frame/kind.ts";
import { type SelectionRule, type WeightedOptions, weightedSampler } from "../../src/samplers/frame/weighted.ts";
import { runs } from "../arbitraries.ts";

/** Weights from 1 to s in proportion to the last loss. */
function byLoss(rows: number, s: number, change: Partial<SelectionRule> = {}): SelectionRule {
  const losses = new Float32Array(rows);
  return {
    name: "byLoss",
    needs: ["rowLosses"],
    memory: { losses },
    pressure: s,
    observe(batch, { rowLosses = losses }) {
      for (const [k, row] of batch.entries()) losses[row] = rowLosses[k];
    },
    weigh(weights) {
      const largest = losses.reduce((most, loss) => Math.max(most, loss), 0);
      for (const [row, loss] of losses.entries()) weights[row] = largest > 0 ? 1 + (s - 1) * (loss / largest) : 1;
    },
    termsOf: (row) => ({ loss: losses[row] }),
    ...change,
  };
}

const requestOf = ({ labels, batchSize, epochs, seed }: Trial): SamplerRequest => ({
  labels,
  batchSize,
  epochs,
  random: new Random(seed),
});

type Options = (trial: Trial) => WeightedOptions;
const usual: Options = ({ warmUp, unbiased }) => ({ warmUp, unbiased });

function subject(name: string, rule: (trial: Trial) => SelectionRule, options: Options = usual): Subject {
  const feedback = name.includes("feedback");
  const laws = [
    "distinct",
    "sizes",
    "epochs",
    "determinism",
    "seeded",
    "refusal",
    "distribution",
    "bounds",
    "equality",
  ];
  const more = ["monotony", "equivariance", "scaling", "unseenOrder", "ahead", "snapshots", "importance"];
  return {
    name,
    claims: {
      laws: [...laws, ...more, "orders", "independence"],
      visits: "warmUp",
      feedback,
      hardness: "loss",
      order: "successive",
      exactTies: true,
    },
    make: (trial) => weightedSampler(requestOf(trial), rule(trial), options(trial)),
  };
}

const ruleOf = (change: Partial<SelectionRule>) => (trial: Trial) => byLoss(trial.labels.rows, trial.pressure, change);

describe.each([subject("once an epoch", ruleOf({})), subject("with feedback", ruleOf({ feedback: true }))])(
  "$name",
  (own) => {
    const checks = samplerLaws(own, { runs: runs(30).numRuns / 100 }).filter(({ claimed }) => claimed);
    test.for(checks)("$level: $name", async ({ run }) => void (await run()));
  },
);

describe("laws that a rule breaks", () => {
  // A single case of them shows a mistake in two trials of five: a hundred cases show it always.
  const broken = (own: Subject, law: string): Promise<unknown> =>
    Promise.resolve(
      samplerLaws(own, { runs: 4, anyCase: true })
        .find(({ name }) => name === law)
        ?.run(),
    );

  test("snapshots, where it remembers something outside its memory", async () => {
    const forgetful = subject("forgetful", (trial) => ({ ...byLoss(trial.labels.rows, trial.pressure), memory: {} }));
    await expect(broken(forgetful, "snapshots")).rejects.toThrow(/the restored sampler.s (weights|p|batch)/);
  });

  test("monotony, where it draws easy rows", async () => {
    const turned = subject("turned", (trial) => {
      const rule = byLoss(trial.labels.rows, trial.pressure);
      const weigh = (weights: Float64Array, epoch: number): void => {
        rule.weigh(weights, epoch);
        for (const [row, weight] of weights.entries()) weights[row] = 1 + trial.pressure - weight;
      };
      return { ...rule, weigh };
    });
    await expect(broken(turned, "monotony")).rejects.toThrow(/at level/);
  });
});

describe("what a rule does wrong is named", () => {
  const labels = { rows: 4, columns: 1, values: Uint8Array.of(0, 1, 0, 1) };
  const request = (): SamplerRequest => ({ labels, batchSize: 2, random: new Random(1) });
  const weighing = (...given: readonly number[]): SelectionRule =>
    byLoss(4, 4, { weigh: (weights) => weights.set(given) });

  test.each([
    [[1, 2, 0, 1], /weight 0 of row 2; expected a positive finite number/],
    [[1, Number.NaN, 1, 1], /weight NaN of row 1/],
    [[1, 1, 1, Number.POSITIVE_INFINITY], /weight Infinity of row 3/],
    [[1, 2, 5, 1], /from 1 to 5, more than 4 times: its pressure is broken/],
  ])("weights %j", (weights, message) => {
    expect(() => weightedSampler(request(), weighing(...weights))).toThrow(message);
  });

  test("options, pressure, and evidence that is missing or not finite", () => {
    expect(() => weightedSampler(request(), byLoss(4, 0.5))).toThrow(/pressure 0.5; expected a finite number/);
    expect(() => weightedSampler(request(), byLoss(4, 4), { warmUp: -1 })).toThrow(/warm-up -1/);
    const sampler = weightedSampler(request(), byLoss(4, 4), { warmUp: 0 });
    const rows = sampler.next();
    expect(() => sampler.observe(rows, {})).toThrow(/needs the evidence "rowLosses"/);
    expect(() => sampler.observe(rows, { rowLosses: Float32Array.of(1, Number.NaN) })).toThrow(/row \d is NaN/);
    sampler.observe(rows, { rowLosses: Float32Array.of(1, 2) });
    expect(sampler.selectionOf(rows[1])).toMatchObject({ draws: 1, loss: 2, age: 0 });
  });

  test("a snapshot of a rule with other settings is refused", () => {
    const [one, other] = [1, 2].map((k) => weightedSampler(request(), byLoss(4, 4, { settings: { k } })));
    expect(() => other.restore(one.state())).toThrow(/it was saved with k 1, this sampler has 2/);
  });
});
