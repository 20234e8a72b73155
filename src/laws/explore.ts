/**
 * How a law explores: loads fast-check when a law runs, tries a property on many random cases and turns a failure into
 * one error with the smallest case, its seed and what was found.
 */
import type FastCheck from "fast-check";
import type { IAsyncPropertyWithHooks } from "fast-check";
import { UsageError } from "../errors.ts";
import { BrokenLaw } from "./broken.ts";

export type FC = typeof FastCheck;

/** Options of `samplerLaws`. */
export interface LawOptions {
  /** Multiplies the number of random cases of each law; 1 by default. */
  readonly runs?: number;
  /** Seed of the cases; chosen by fast-check by default, another one each time. It stands in what a broken law says. */
  readonly seed?: number;
  /** Stop at the first failing case, without looking for a smaller one. */
  readonly anyCase?: boolean;
  readonly watch?: Watch;
}

/** Looks on while a law explores. */
export interface Watch {
  /** A case begins. */
  begin(): void;
  /** The case under way has failed; the last one that does is the smallest. */
  failed(): void;
  /** No further case is of use, as where the program under test is gone. */
  stopped(): boolean;
}

/** What a law explores with. */
export interface Explorer {
  readonly fc: FC;
  readonly seed: number | undefined;
  /** Random cases to try where the everyday number is `everyday`. */
  cases(everyday: number): number;
  /** @throws BrokenLaw with the smallest failing case that was found */
  holds<T>(property: IAsyncPropertyWithHooks<T>, everyday: number): Promise<void>;
}

/** @throws UsageError where fast-check is not installed */
async function fastCheck(): Promise<FC> {
  try {
    return (await import("fast-check")).default;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") {
      throw new UsageError("the laws need the package fast-check, which is not installed: npm install fast-check");
    }
    throw error;
  }
}

export async function explorer({ runs = 1, seed, anyCase = false, watch }: LawOptions = {}): Promise<Explorer> {
  const fc = await fastCheck();
  if (!(runs > 0)) throw new UsageError(`runs ${runs}: expected a number above 0`);
  const cases = (everyday: number): number => Math.max(1, Math.round(everyday * runs));
  return {
    fc,
    seed,
    cases,
    async holds(property, everyday) {
      if (watch !== undefined) observeCases(property, watch);
      const details = await fc.check(property, {
        numRuns: cases(everyday),
        endOnFailure: anyCase,
        ...(seed !== undefined && { seed }),
      });
      if (!details.failed) return;
      const cause = details.errorInstance;
      const found = cause instanceof Error ? cause.message : `${cause}`;
      const smallest = details.counterexample === null ? "" : `\ncase: ${fc.stringify(details.counterexample)}`;
      throw new BrokenLaw(`${found}${smallest}\nseed ${details.seed}, case ${details.numRuns}`, { cause });
    },
  };
}

/** Has the watch called for each case of the property. */
function observeCases<T>(property: IAsyncPropertyWithHooks<T>, watch: Watch): void {
  const run = property.run.bind(property);
  property.run = async (value) => {
    if (watch.stopped()) return null;
    watch.begin();
    const failure = await run(value);
    if (failure !== null && "error" in failure) watch.failed();
    return failure;
  };
}
