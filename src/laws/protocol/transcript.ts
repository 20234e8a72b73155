/**
 * What was said between the laws and a program, as text that people read and programs play again: `> ` before what was
 * sent, `< ` before what came back, `# ` before comments.
 */
import { UsageError } from "../../errors.ts";
import type { Connection } from "./client.ts";

export interface Exchange {
  readonly sent: string;
  /** Undefined where no answer came. */
  readonly received: string | undefined;
}

/** Longest transcript that is kept; one of tens of thousands of draws helps nobody. */
const mostExchanges = 5000;

/** Passes lines on and remembers those of the case under way, and of the last one that failed. */
export class RecordedConnection implements Connection {
  readonly #inner: Connection;
  #current: Exchange[] = [];
  #failed: readonly Exchange[] | undefined;

  constructor(inner: Connection) {
    this.#inner = inner;
  }

  async ask(sent: string): Promise<string> {
    let received: string | undefined;
    try {
      received = await this.#inner.ask(sent);
      return received;
    } finally {
      if (this.#current.length <= mostExchanges) this.#current.push({ sent, received });
    }
  }

  /** Forgets everything. */
  forget(): void {
    this.#current = [];
    this.#failed = undefined;
  }

  begin(): void {
    this.#current = [];
  }

  keep(): void {
    this.#failed = this.#current;
  }

  /** What was said in the last case that failed; undefined where there is none, or it was too long. */
  get failed(): readonly Exchange[] | undefined {
    return this.#failed !== undefined && this.#failed.length <= mostExchanges ? this.#failed : undefined;
  }
}

const command = "command: ";

/** @param comments lines about it */
export function printTranscript(
  program: readonly string[],
  comments: readonly string[],
  exchanges: readonly Exchange[],
): string {
  const head = [
    "a transcript of hardbatch verify: > was sent to the program, < is what it answered",
    `${command}${JSON.stringify(program)}`,
    ...comments.flatMap((comment) => comment.split("\n")),
    "by hand: sed -n 's/^> //p' THIS-FILE | COMMAND",
  ];
  const lines = exchanges.flatMap(({ sent, received }) => [
    `> ${sent}`,
    received === undefined ? "# no answer" : `< ${received.replaceAll("\r", "")}`,
  ]);
  return [...head.map((line) => `# ${line}`), ...lines, ""].join("\n");
}

export interface Transcript {
  /** The command that was run, where the file says so. */
  readonly program: readonly string[] | undefined;
  readonly exchanges: readonly Exchange[];
}

/**
 * @param file its name, for messages
 * @throws UsageError for a line that is none of a transcript
 */
export function parseTranscript(text: string, file: string): Transcript {
  let program: readonly string[] | undefined;
  const exchanges: { sent: string; received: string | undefined }[] = [];
  for (const [k, line] of text.split(/\r?\n/).entries()) {
    const last = exchanges.at(-1);
    if (line.startsWith(`# ${command}`)) program = words(line.slice(2 + command.length));
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("> ")) exchanges.push({ sent: line.slice(2), received: undefined });
    else if (line.startsWith("< ") && last !== undefined && last.received === undefined) last.received = line.slice(2);
    else
      throw new UsageError(
        `${file}:${k + 1}: expected a line that begins with >, < or #, an answer after what was sent`,
      );
  }
  return { program, exchanges };
}

function words(text: string): readonly string[] | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) && found.every((word) => typeof word === "string") ? found : undefined;
  } catch {
    return undefined;
  }
}

export interface Replayed {
  readonly exchanges: number;
  /** The first answer that is not the recorded one; undefined where all are. */
  readonly difference:
    | { readonly number: number; readonly sent: string; readonly expected: string; readonly found: string }
    | undefined;
}

const silence = "no answer";

/** Sends it all again and compares the answers, character by character, up to the first difference. */
export async function replay({ exchanges }: Transcript, connection: Connection): Promise<Replayed> {
  for (const [k, { sent, received }] of exchanges.entries()) {
    let found: string;
    try {
      found = await connection.ask(sent);
    } catch (error) {
      found = received === undefined ? silence : `${silence}: ${error instanceof Error ? error.message : error}`;
    }
    const expected = received ?? silence;
    if (found !== expected) return { exchanges: k, difference: { number: k + 1, sent, expected, found } };
  }
  return { exchanges: exchanges.length, difference: undefined };
}
