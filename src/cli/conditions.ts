/** The conditions report of a training run as a table: what the theory asks, what was measured, whether it held. */

import { printTextTable } from "../experiment/report/table.ts";
import type { Conditions } from "../training/conditions/conditions.ts";
import { judge } from "../training/conditions/verdicts.ts";

const words = { true: "yes", false: "no", null: "-" } as const;

export function printConditions(conditions: Conditions): string {
  const rows = judge(conditions).map(({ condition, required, measured, held }) => [
    condition,
    words[`${held}`],
    required,
    measured,
  ]);
  const columns = ["condition", "held", "required", "measured"].map((title) => ({ title }));
  return `conditions of the theory in ${conditions.epochs} epochs (docs/convergence.md):\n${printTextTable({ columns, rows })}\n`;
}
