/**
 * What every sampler must satisfy, by name. A law takes the module under test and a row of the candidates' table, and throws
 * where it doesn't hold; a sampler for which a law makes no promise passes it by returning at once.
 */
import fc from "fast-check";
import { runs } from "../arbitraries.ts";
import { ahead, determinism, refusal, restoring } from "./call-laws.ts";
import type { Law } from "./candidates.ts";
import { frequencies, importance } from "./draw-laws.ts";
import { commands, runModel } from "./model.ts";
import { distribution, equality, equivariance, monotony, scaling, unseenRows } from "./probability-laws.ts";
import { trials } from "./trial.ts";

/** Probabilities, batches and traces are those of the formulas, through any sequence of draws, saves and restores. */
const model: Law = (_, candidate) => {
  fc.assert(
    fc.property(trials({ rows: [1, 12] }), commands(), (trial, list) => runModel(candidate, trial, list)),
    runs(40),
  );
};

export const laws: Readonly<Record<string, Law>> = {
  model,
  distribution,
  equality,
  monotony,
  equivariance,
  scaling,
  unseenRows,
  determinism,
  restoring,
  refusal,
  ahead,
  importance,
  frequencies,
};
