/** Runs command lines for the tests: in this process, or as a process of its own from the built program. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";
import { main } from "../../src/cli/command-line.ts";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line in this process; what it prints is caught. One at a time. */
export async function hardbatch(...words: readonly string[]): Promise<Ran> {
  const catching = (stream: NodeJS.WriteStream) => {
    const pieces: string[] = [];
    const spy = vi.spyOn(stream, "write").mockImplementation((piece) => pieces.push(String(piece)) > 0);
    return { pieces, spy };
  };
  const [out, err] = [catching(process.stdout), catching(process.stderr)];
  try {
    const code = await main(words);
    return { code, out: out.pieces.join(""), err: err.pieces.join("") };
  } finally {
    for (const { spy } of [out, err]) spy.mockRestore();
  }
}

export const program = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

export interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Waits until what it has printed on standard error matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
}

/** The built program as a process. @param node options of Node */
export function start(words: readonly string[], folder: string = process.cwd(), node: readonly string[] = []): Process {
  if (!existsSync(program)) throw new Error(`${program} is not there: run npm run build first, as npm test does`);
  const child = spawn(process.execPath, [...node, program, ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (piece) => {
    out += piece;
  });
  const ended = new Promise<Ran>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  let heard = (): void => {};
  child.stderr.on("data", (piece) => {
    err += piece;
    heard();
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const says = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      heard = () => {
        if (pattern.test(err)) resolve();
      };
      void ended.then(() => reject(new Error(`ended without saying ${pattern}: ${err}`)));
      heard();
    });
  return { child, ended, says };
}

/**
 * The built program as a process that sends itself the signal once what it says on standard error matches: a signal
 * from here may come too late on a busy machine.
 */
export function startStopping(
  signal: NodeJS.Signals,
  once: RegExp,
  words: readonly string[],
  folder: string,
): Promise<Ran> {
  const watch = `const write = process.stderr.write;
    let sent = false;
    process.stderr.write = function (text, ...more) {
      const room = write.call(this, text, ...more);
      if (!sent && ${once}.test(text)) process.kill(process.pid, (sent = true) && "${signal}");
      return room;
    };`;
  return start(words, folder, ["--import", `data:text/javascript,${encodeURIComponent(watch)}`]).ended;
}

/** A new folder that goes with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "hardbatch-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Options of a run that takes milliseconds. */
export const quick = ["--epochs", "2", "--hidden", "6", "--batch-size", "16", "--backend", "js", "--drop-rare", "1"];

/** A data set of 60 rows. */
export const small = "synthetic:rows=60,features=6,labels=4,imbalance=4";
