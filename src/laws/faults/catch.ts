/**
 * The negative controls of the laws: each planted fault is put before the law that has to notice it. What this shows is
 * that every law can fail, and on which mistake.
 */
import { BrokenLaw } from "../broken.ts";
import { explorer } from "../explore.ts";
import { type LawName, laws } from "../laws.ts";
import { callFaults } from "./calls.ts";
import { drawFaults } from "./draws.ts";
import type { Fault } from "./fault.ts";
import { formulaFaults } from "./formulas.ts";

export const faults: readonly Fault[] = [...formulaFaults, ...drawFaults, ...callFaults];

/** A planted mistake and the law that finds it. */
export interface CaughtFault {
  readonly fault: string;
  readonly sampler: string;
  readonly law: LawName;
  /** What the law found; undefined where it found nothing. */
  readonly found: string | undefined;
}

/** A law that explores at random may need a second look. */
const attempts = 5;

/** The faults are coarse: a tenth of the usual draws shows them. */
const share = 0.1;

/** Puts the fault before its law. */
export async function catchFault({ fault, law, subject }: Fault, seed: number): Promise<CaughtFault> {
  const name = { fault, sampler: subject.name, law };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const runs = laws[law].level === "frequency" ? share : 1;
    try {
      await laws[law].run(await explorer({ runs, seed: seed + attempt, anyCase: true }), subject);
    } catch (error) {
      if (!(error instanceof BrokenLaw)) throw error;
      return { ...name, found: error.message };
    }
  }
  return { ...name, found: undefined };
}

/**
 * Puts every planted fault before the law that has to notice it. A law that can't fail would show here: `found`
 * undefined.
 * @throws UsageError where fast-check is not installed
 */
export async function lawsCatchFaults({ seed = 1 }: { readonly seed?: number } = {}): Promise<CaughtFault[]> {
  const caught: CaughtFault[] = [];
  for (const fault of faults) caught.push(await catchFault(fault, seed));
  return caught;
}
