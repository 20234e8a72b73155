/**
 * The seed of every random case, `HARDBATCH_SEED`: 1 unless it is given, so that a run of the tests is the same each
 * time. For `random` vitest.config.ts takes one, prints it and puts it here. Loads in a browser, too.
 */
import fc from "fast-check";

const asked = process.env.HARDBATCH_SEED ?? "1";
/** For what explores in a process of its own. */
export const suiteSeed = Number(asked);
if (!/^\d+$/.test(asked) || suiteSeed >= 2 ** 31) {
  throw new Error(`HARDBATCH_SEED=${asked}: expected an integer from 0 to ${2 ** 31 - 1}, or random`);
}

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: suiteSeed });
