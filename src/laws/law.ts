/**
 * What a law is: a level, one sentence, and a function that takes how to make a sampler and throws where it does not
 * hold.
 */
import type { Explorer } from "./explore.ts";
import type { Subject } from "./subject.ts";

/**
 * `shape`: what batches look like and how calls behave; `law`: what probabilities and draws must satisfy, whatever the
 * formula; `formula`: equality with the naive model of a named sampler; `frequency`: counts of draws against the stated
 * probabilities.
 */
export const levels = ["shape", "law", "formula", "frequency"] as const;
/** How much a law asks for. */
export type Level = (typeof levels)[number];

export interface Law {
  readonly level: Level;
  /** What it says, in one sentence. */
  readonly says: string;
  /** @throws BrokenLaw where the law does not hold */
  run(explorer: Explorer, subject: Subject): Promise<void>;
}
