/**
 * All laws by name, and how to run them on a sampler: each becomes a check that needs no test runner. A law that is not
 * claimed is not run, and its check says so.
 */
import { UsageError } from "../errors.ts";
import { ahead, refusal, snapshots } from "./call-laws.ts";
import { importance, independence, orders } from "./draw-laws.ts";
import { explorer, type LawOptions } from "./explore.ts";
import { golden } from "./golden-law.ts";
import type { Law, Level } from "./law.ts";
import { model } from "./model-law.ts";
import { bounds, distribution, equality, equivariance, monotony, scaling } from "./probability-laws.ts";
import { determinism, distinct, epochs, seeded, sizes } from "./shape-laws.ts";
import type { Subject } from "./subject.ts";
import { unseenOrder, unseenRatio } from "./unseen-laws.ts";

const table = {
  distinct,
  sizes,
  epochs,
  determinism,
  seeded,
  refusal,
  distribution,
  bounds,
  equality,
  monotony,
  equivariance,
  scaling,
  unseenOrder,
  unseenRatio,
  ahead,
  snapshots,
  importance,
  model,
  golden,
  orders,
  independence,
} satisfies Record<string, Law>;

/** The name of a law. */
export type LawName = keyof typeof table;

/** Every law by its name, in the order in which they are best read. */
export const laws: Readonly<Record<LawName, Law>> = table;

const isLawName = (name: string): name is LawName => Object.hasOwn(table, name);

/** All names, in the order in which the laws are best read. */
export const lawNames: readonly LawName[] = Object.keys(table).filter(isLawName);

/** One law about one sampler. */
export interface Check {
  readonly name: LawName;
  readonly level: Level;
  /** What the law says, in one sentence. */
  readonly says: string;
  readonly claimed: boolean;
  /**
   * `held`, or `not claimed` where the sampler does not claim the law.
   * @throws BrokenLaw where the law does not hold, with the smallest case found
   * @throws UsageError where fast-check is not installed
   */
  run(): Promise<"held" | "not claimed">;
}

/**
 * The laws as checks of one sampler, for any test runner or none.
 * @param subject how to make the sampler for a small trial, and what it claims
 * @throws UsageError for the claim of a law that there is not
 */
export function samplerLaws(subject: Subject, options: LawOptions = {}): Check[] {
  const unknown = subject.claims.laws.find((name) => !isLawName(name));
  if (unknown !== undefined) {
    throw new UsageError(`${subject.name} claims the law "${unknown}"; the laws are ${lawNames.join(", ")}`);
  }
  return lawNames.map((name): Check => {
    const { level, says, run } = laws[name];
    const claimed = subject.claims.laws.includes(name);
    return {
      name,
      level,
      says,
      claimed,
      async run() {
        if (!claimed) return "not claimed";
        await run(await explorer(options), subject);
        return "held";
      },
    };
  });
}
