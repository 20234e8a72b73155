/**
 * Where the golden numbers and the real data sets are. Both lie beside a checkout, not in it; tests that want them
 * skip with a message where they are missing.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";

/** A path in the folder of reference data beside the checkout. */
export const beside = (name: string): string => fileURLToPath(new URL(`../../shared/${name}`, import.meta.url));

/** Folder of golden numbers: `HARDBATCH_FIXTURES`, else `../shared/fixtures`. */
export const fixtures = process.env.HARDBATCH_FIXTURES ?? beside("fixtures");

/** Folder of real data sets: `HARDBATCH_DATA`, else `../shared/data`. */
export const realData = process.env.HARDBATCH_DATA ?? beside("data");

/** `describe` where the path exists; elsewhere the suite is skipped and its title says what is missing. */
export function describeWith(path: string, title: string, suite: () => void): void {
  if (existsSync(path)) describe(title, suite);
  // Not `describe.skip(title, suite)`: vitest would still run the suite's body, which reads the missing file.
  else describe(title, () => test.skip(`skipped: ${path} is not there`));
}
