#!/usr/bin/env node
/** The program `hardbatch`: runs the command line of this process. What it does is in command-line.ts. */
import { fstatSync, writeSync } from "node:fs";
import { printError } from "./terminal.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EPIPE: "its reader has gone away",
  EIO: "the device answered with an error",
  EFBIG: "the file would be larger than the system allows",
};

// Node writes to a file once and takes a part for the whole, where the disk or the system's limit ends: here until all
// is written.
if (fstatSync(process.stdout.fd).isFile()) {
  process.stdout._write = (chunk: Uint8Array, _encoding, callback): void => {
    try {
      for (let done = 0; done < chunk.length; ) done += writeSync(process.stdout.fd, chunk, done);
      callback();
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
    }
  };
}
// A file that grows beyond what the system allows is an error of its write, not the end of the process.
if (process.platform !== "win32") process.on("SIGXFSZ", () => {});
// Nobody can take the results any more: the command ends here.
process.stdout.on("error", ({ code = "", message }: NodeJS.ErrnoException) => {
  printError(`hardbatch: can't write to the standard output: ${reasons[code] ?? message}\n`);
  process.exit(1);
});
// Progress is a courtesy: work whose results go to a file is not lost with the reader of its progress.
process.stderr.on("error", () => {});
const words = process.argv.slice(2);
// The list of commands, and the version, need none of them.
const asksForCommand = words.some((word) => !word.startsWith("-"));
process.exitCode = asksForCommand
  ? await (await import("./every-command.ts")).everyCommand(words)
  : await (await import("./command-line.ts")).main(words);
