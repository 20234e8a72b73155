/** The values of `--checkpoint-every`: 100steps, 2epochs, 5minutes, or never. */
import { UsageError } from "../errors.ts";
import type { CheckpointInterval } from "../training/checkpoint-schedule.ts";
import { quoted } from "./options.ts";

export type CheckpointEvery = CheckpointInterval | "never";

export function checkpointEvery(text: string): CheckpointEvery {
  if (text === "never") return text;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(steps?|epochs?|minutes?)$/.exec(text) ?? [];
  const count = Number(digits);
  if (unit?.startsWith("minute") && count > 0) return { minutes: count };
  if (Number.isInteger(count) && count > 0) return unit.startsWith("step") ? { steps: count } : { epochs: count };
  throw new UsageError(
    `--checkpoint-every ${quoted(text)}: expected a number above 0 of steps, epochs or minutes, ` +
      "such as 100steps, 1epoch or 5minutes, or never",
  );
}
