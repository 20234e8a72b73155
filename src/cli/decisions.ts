/** `--decisions` and `--top-k`: which rule turns the scores of saved weights into yes and no. */
import type { Command } from "commander";
import { meant, UsageError } from "../errors.ts";
import { thresholdDescriptions, thresholdNames } from "../metrics/rules/fit.ts";
import type { Decide } from "../metrics/rules/rule.ts";
import type { TrainingRecord } from "../saved/training-record.ts";
import { quoted, wholeNumber } from "./options.ts";

export interface DecisionOptions {
  /** True where no name stands behind it. */
  readonly decisions?: string | true;
  readonly topK?: number;
}

/** @param words what the option does in this command */
export function withDecisionOptions(command: Command, words: string): Command {
  return command
    .option(
      "--decisions [name]",
      `${words}: ${thresholdNames.join(", ")}, or a number for score > number (docs/using-a-model.md)`,
      decisionName,
    )
    .option("--top-k <k>", "with rcut: the k best labels of each row", wholeNumber("--top-k", 1));
}

function decisionName(text: string): string {
  if (thresholdNames.some((name) => name === text) || asNumber(text) !== undefined) return text;
  throw new UsageError(
    `--decisions ${quoted(text)}${meant(text, thresholdNames)}: expected one of ${thresholdNames.join(", ")}, ` +
      "or a number such as 0.5",
  );
}

const asNumber = (text: string): number | undefined =>
  text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;

export interface NamedRule {
  /** One of `thresholdNames`, or a number as text. */
  readonly name: string;
  readonly rule: Decide;
}

/**
 * The rule that the options mean; without a name that of the run, otherwise `fixed`.
 * @param file of the weights, for messages
 * @throws UsageError for a rule that the weights don't have
 */
export function ruleOf(
  { decisions, topK }: DecisionOptions,
  record: TrainingRecord | undefined,
  file: string,
): NamedRule {
  const name =
    typeof decisions === "string" ? decisions : (record?.threshold ?? (topK === undefined ? "fixed" : "rcut"));
  if (topK !== undefined && name !== "rcut")
    throw new UsageError(`--top-k ${topK}: ${name} takes no rank, only --decisions rcut does`);
  const threshold = asNumber(name);
  if (threshold !== undefined) return { name, rule: threshold };
  if (name === "fixed") return { name, rule: 0.5 };
  if (name === "mcut") return { name, rule: { kind: "gap" } };
  if (topK !== undefined) return { name, rule: { kind: "rank", k: topK } };
  const rule = record?.rules?.[name];
  if (rule !== undefined) return { name, rule };
  throw new UsageError(
    `--decisions ${name}: ${file} holds no such rule, as its run did not come to an end or had no validation rows; ` +
      "expected fixed, mcut, rcut with --top-k, or a number",
  );
}

/** The rule in words. */
export function aboutRule({ name, rule }: NamedRule): string {
  if (typeof rule === "number") return name === "fixed" ? `fixed, score > ${rule}` : `score > ${rule}`;
  const words = thresholdDescriptions.find((description) => description.name === name)?.words ?? "";
  return rule.kind === "rank" ? `${name}, ${words}, k = ${rule.k}` : `${name}, ${words}`;
}
