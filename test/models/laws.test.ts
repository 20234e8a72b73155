/** Every model against the laws of models, at random sizes down to one row, one feature and one label. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, detach, multiply } from "../../src/engine/ops/map.ts";
import type { ModelName } from "../../src/models/create.ts";
import { runs } from "../arbitraries.ts";
import { batchOf, gradientAgrees, objectiveAddsUp, predictsRowByRow, weightsCountRows } from "./laws.ts";
import { everyModel, type Trial, trials } from "./tiny.ts";

const forAll = (name: ModelName, law: (trial: Trial) => Promise<void>, count = 15, options = {}): Promise<void> =>
  fc.assert(fc.asyncProperty(trials(name, options), law), runs(count));

describe.each(everyModel)("%s", (name) => {
  it("has a loss that is the sum of its parts, and cross-entropies of its logits", () => forAll(name, objectiveAddsUp));

  it("counts each row as often as its weight says", () =>
    forAll(name, (trial) => weightsCountRows(trial, name !== "c2ae")));

  it("predicts each row by itself", () => forAll(name, predictsRowByRow));

  it("has gradients that agree with differences", () => forAll(name, (trial) => gradientAgrees(trial), 25));

  it("is caught with gradients a hundredth off", async () => {
    const sampled = fc.sample(trials(name), 12);
    const caught = await Promise.all(
      sampled.map(async (trial) => {
        const { loss } = trial.model.objective(batchOf(trial));
        const wrong = add(loss, multiply(0.01, detach(loss)));
        return gradientAgrees(trial, trial.model.parameters, wrong).then(
          () => false,
          () => true,
        );
      }),
    );
    // A direction may happen to be flat, or a step to go over a kink.
    expect(caught.filter((each) => each).length).toBeGreaterThan(6);
  });
});

describe("hard gates of dela", () => {
  it("leave the gradients of everything but the gates exact", () =>
    forAll(
      "dela",
      (trial) =>
        gradientAgrees(
          trial,
          trial.model.parameters.filter(({ name }) => !name.startsWith("gate")),
        ),
      15,
      { gates: "hard", leastGate: 0.01 },
    ));
});
