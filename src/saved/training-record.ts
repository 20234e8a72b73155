/**
 * What a saved model keeps of its training besides weights: which rows it has seen, so that nobody measures it on them
 * by accident, how often labels occurred, and the rules that decide from its scores, fitted on validation rows.
 */
import * as v from "valibot";
import { rowDigest } from "../data/fingerprint.ts";
import { countPositives } from "../data/labels.ts";
import type { PreparedData } from "../data/preparation/prepare.ts";
import { selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import type { TrainingCounts } from "../metrics/rules/fit.ts";
import { checkRule, type DecisionRule } from "../metrics/rules/rule.ts";

/** What saved weights remember of the rows that they were trained on. */
export interface TrainingRecord {
  /** One letter for each row of the data set: t for training, v for validation, . for a row that was only tested. */
  readonly parts: string;
  /** `rowDigest` of all these rows, as the model sees them. */
  readonly digest: string;
  /** Of the tested rows alone. */
  readonly testDigest: string;
  /** Of the rows t. */
  readonly counts: TrainingCounts;
  /** What decides by default. */
  readonly threshold?: string;
  /** Fitted rules by name; none where the run did not come to its end. */
  readonly rules?: Readonly<Record<string, DecisionRule>>;
}

const finite = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ruleSchema = v.variant("kind", [
  v.object({ kind: v.literal("thresholds"), thresholds: v.array(finite) }),
  v.object({ kind: v.literal("rank"), k: whole }),
  v.object({ kind: v.literal("gap") }),
]);

export const trainingRecordSchema = v.object({
  parts: v.pipe(v.string(), v.regex(/^[tv.]*$/, "expected one of t, v and . for each row")),
  digest: v.string(),
  testDigest: v.string(),
  counts: v.object({ rows: whole, positives: v.array(whole) }),
  threshold: v.exactOptional(v.string()),
  rules: v.exactOptional(v.record(v.string(), ruleSchema)),
});

/** @throws UsageError where it is of another number of labels */
export function checkTrainingRecord({ counts, rules = {} }: TrainingRecord, labels: number): void {
  if (counts.positives.length !== labels)
    throw new UsageError(`counts of ${counts.positives.length} labels: expected those of ${labels}`);
  for (const rule of Object.values(rules)) checkRule(rule, labels);
}

/** Of a prepared fold, before anything is trained. */
export function trainingRecord({ features, labels, rows }: PreparedData): TrainingRecord {
  const parts = new Array<string>(labels.rows).fill(".");
  for (const row of rows.training) parts[row] = "t";
  for (const row of rows.validation) parts[row] = "v";
  return {
    parts: parts.join(""),
    digest: rowDigest(features, labels),
    testDigest: rowDigest(selectRows(features, rows.test), selectRows(labels, rows.test)),
    counts: { rows: rows.training.length, positives: Array.from(countPositives(labels, rows.training)) },
  };
}
