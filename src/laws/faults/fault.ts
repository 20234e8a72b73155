/** A planted fault: what is wrong, in whose sampler, and the law that has to notice it. */
import type { LawName } from "../laws.ts";
import type { Subject } from "../subject.ts";

export interface Fault {
  /** What is wrong, in words. */
  readonly fault: string;
  /** The law that turns red. */
  readonly law: LawName;
  readonly subject: Subject;
}
