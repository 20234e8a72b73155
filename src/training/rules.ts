/** The rules of a finished run: from its scores of the validation rows, never from those that test it. */

import { countPositives } from "../data/labels.ts";
import type { PreparedData } from "../data/preparation/prepare.ts";
import { selectRows } from "../data/rows.ts";
import { type FittingData, fitRule, type ThresholdName, thresholdDescriptions } from "../metrics/rules/fit.ts";
import type { Decide, DecisionRule } from "../metrics/rules/rule.ts";
import type { EndEvent } from "./events.ts";

type Fold = Pick<PreparedData, "labels" | "rows">;
type Scored = Pick<EndEvent, "validationScores">;

function fittingData({ labels, rows }: Fold, { validationScores }: Scored): FittingData {
  const positives = countPositives(labels, rows.training);
  const training = { rows: rows.training.length, positives };
  return { labels: selectRows(labels, rows.validation), scores: validationScores, training };
}

/** @throws UsageError where there are no validation rows, unless the rule needs none */
export function ruleOfRun(data: Fold, event: Scored, name: ThresholdName = "fixed"): Decide {
  if (name === "fixed") return 0.5;
  return name === "mcut" ? { kind: "gap" } : fitRule(name, fittingData(data, event));
}

/** Every rule that is fitted, by name; none without validation rows. */
export function rulesOfRun(data: Fold, event: Scored): Readonly<Record<string, DecisionRule>> {
  if (data.rows.validation.length === 0) return {};
  const fitting = fittingData(data, event);
  const fitted = thresholdDescriptions.filter((description) => description.fitted);
  return Object.fromEntries(fitted.map(({ name }) => [name, fitRule(name, fitting)]));
}
