/**
 * A program under test as a process: one line in, one line out. Whatever it does (crash, silence, garbage, a flood),
 * the question under way ends with a `ProgramError` that says so, and the process is ended.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { UsageError } from "../errors.ts";
import { ProgramError } from "../laws/protocol/client.ts";
import { LineReader } from "../laws/protocol/lines.ts";
import type { RestartableConnection } from "../laws/verify.ts";

/** Longest answer to a small trial, in characters. */
const longestLine = 16 * 2 ** 20;

/** What of its standard error is shown when it fails, in characters. */
const lastWords = 2000;

/** The first answer may take that many times as long: a program has to load what it needs. */
const startFactor = 6;

interface Question {
  resolve(line: string): void;
  reject(error: Error): void;
}

export class Program implements RestartableConnection {
  readonly #words: readonly string[];
  readonly #limit: number;
  #child: ChildProcessWithoutNullStreams | undefined;
  #question: Question | undefined;
  #failure: Error | undefined;
  #errors = "";
  #answered = false;

  /**
   * @param words command and arguments
   * @param limit seconds that an answer may take; the first one six times as many
   */
  constructor(words: readonly string[], limit: number) {
    this.#words = words;
    this.#limit = limit;
  }

  get gone(): boolean {
    return this.#child === undefined || this.#failure !== undefined;
  }

  async restart(): Promise<void> {
    if (this.gone) await this.#start();
  }

  /** @throws UsageError where there is no such program */
  async #start(): Promise<void> {
    const [command, ...words] = this.#words;
    const child = spawn(command, words, { stdio: "pipe", detached: process.platform !== "win32" });
    this.#failure = undefined;
    this.#answered = false;
    this.#errors = "";
    try {
      await once(child, "spawn");
    } catch (error) {
      throw new UsageError(`${command} can't be started: ${error instanceof Error ? error.message : error}`);
    }
    this.#child = child;
    const lines = new LineReader(longestLine, (line) => this.#take(child, line));
    child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-lastWords);
    });
    // A program that reads no more is noticed by its end or its silence.
    child.stdin.on("error", () => {});
    child.on("close", (code, signal) => {
      lines.finish();
      this.#fail(child, `the program ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`);
    });
  }

  #take(child: ChildProcessWithoutNullStreams, line: string | undefined): void {
    if (child !== this.#child || this.#failure !== undefined) return;
    if (line === undefined) this.#fail(child, `the program wrote a line of more than ${longestLine} characters`);
    else if (this.#question === undefined) {
      this.#fail(child, `the program wrote a line that answers nothing: ${line.slice(0, 100)}`);
    } else {
      const question = this.#question;
      this.#question = undefined;
      this.#answered = true;
      question.resolve(line);
    }
  }

  #fail(child: ChildProcessWithoutNullStreams, what: string): void {
    if (child !== this.#child || this.#failure !== undefined) return;
    const said = this.#errors.trim() === "" ? "" : `; its standard error:\n${this.#errors.trimEnd()}`;
    this.#failure = new ProgramError(what + said);
    kill(child);
    this.#question?.reject(this.#failure);
    this.#question = undefined;
  }

  async ask(line: string): Promise<string> {
    if (this.#child === undefined) await this.#start();
    const child = this.#child;
    if (child === undefined || this.#failure !== undefined)
      throw this.#failure ?? new ProgramError("there is no program");
    const limit = this.#answered ? this.#limit : this.#limit * startFactor;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(child, `the program gave no answer within ${limit} seconds`),
        limit * 1000,
      );
      const ended =
        <T>(call: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          call(value);
        };
      this.#question = { resolve: ended(resolve), reject: ended(reject) };
      child.stdin.write(`${line}\n`);
    });
  }

  /** Ends the process and those that it started. */
  stop(): void {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.stdin.end();
    kill(child);
  }
}

function kill(child: ChildProcessWithoutNullStreams): void {
  child.stdout.destroy();
  child.stderr.destroy();
  try {
    if (process.platform === "win32" || child.pid === undefined) child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // it has ended already
  }
}
