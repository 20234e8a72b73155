/** The checks of a law as vitest tests. */
import { describe, test } from "vitest";
import type { Check } from "../laws.ts";

export function register(title: string, checks: readonly Check[]): void {
  describe(title, () => {
    for (const { title, check } of checks) test(title, check);
  });
}
