/**
 * Holds the program at the other end of a connection to the laws that it claims, one after another, and answers what
 * was found of each. A program that fails ends its check, not the others. Printing and starting programs is not done
 * here.
 */
import { UsageError } from "../errors.ts";
import { BrokenLaw } from "./broken.ts";
import { explorer, type LawOptions } from "./explore.ts";
import type { Level } from "./law.ts";
import { type LawName, lawNames, samplerLaws } from "./laws.ts";
import { type Connection, ProgramError, remoteSubject } from "./protocol/client.ts";
import { type Exchange, RecordedConnection } from "./protocol/transcript.ts";

export interface LawReport {
  readonly law: LawName;
  readonly level: Level;
  readonly says: string;
  readonly result: "held" | "failed" | "not claimed";
  /** What was found where it failed. */
  readonly found?: string;
  /** Listed among the known failures. */
  readonly known: boolean;
  /** What was said in the smallest case that failed. */
  readonly exchanges?: readonly Exchange[];
}

/** A connection to a program that can be started again. */
export interface RestartableConnection extends Connection {
  /** Starts the program again if it is gone. */
  restart(): Promise<void>;
  /** Whether the program is gone, or was ended because it broke the protocol. */
  readonly gone: boolean;
}

export interface VerifyOptions extends Pick<LawOptions, "runs" | "seed"> {
  /** Laws that are known to fail. */
  readonly known?: readonly LawName[];
}

export interface Verification {
  /** The sampler's own name. */
  readonly sampler: string;
  /** The laws that it claims. */
  readonly claimed: readonly LawName[];
  /** Checks one law after another, in the order of `lawNames`. */
  reports(): AsyncGenerator<LawReport>;
}

/**
 * Asks the program what it claims.
 * @throws UsageError or ProgramError where it makes no sampler, UsageError where fast-check is not installed
 */
export async function verification(program: RestartableConnection, options: VerifyOptions): Promise<Verification> {
  await explorer(options);
  const recorded = new RecordedConnection(program);
  const subject = await remoteSubject(recorded);
  const watch = {
    begin: () => recorded.begin(),
    failed: () => recorded.keep(),
    stopped: () => program.gone,
  };
  const checks = samplerLaws(subject, { ...options, watch });
  async function* reports(): AsyncGenerator<LawReport> {
    for (const { name: law, level, says, run } of checks) {
      const known = options.known?.includes(law) ?? false;
      await program.restart();
      recorded.forget();
      try {
        const result = await run();
        if (program.gone && result === "held") throw new ProgramError("the program ended before the law was checked");
        yield { law, level, says, known, result };
      } catch (error) {
        if (!isFinding(error)) throw error;
        const exchanges = recorded.failed;
        yield { law, level, says, known, result: "failed", found: error.message, ...(exchanges && { exchanges }) };
      }
    }
  }
  return { sampler: subject.name, claimed: checks.filter((check) => check.claimed).map(({ name }) => name), reports };
}

/** What says something of the program under test, not of this one. */
const isFinding = (error: unknown): error is Error =>
  error instanceof BrokenLaw || error instanceof ProgramError || error instanceof UsageError;

/**
 * The names in a list of known failures: one law a line, `#` before comments.
 * @param file its name, for messages
 * @throws UsageError for a line that names no law
 */
export function parseKnownFailures(text: string, file: string): LawName[] {
  return text.split(/\r?\n/).flatMap((line, k) => {
    const [name] = line.split("#");
    if (name.trim() === "") return [];
    const law = lawNames.find((known) => known === name.trim());
    if (law === undefined) {
      throw new UsageError(`${file}:${k + 1}: "${name.trim()}" is no law; the laws are ${lawNames.join(", ")}`);
    }
    return [law];
  });
}
