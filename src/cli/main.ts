#!/usr/bin/env node
/** The program `hardbatch`: runs the command line of this process. What it does is in command-line.ts. */
import { main } from "./command-line.ts";
import { printError } from "./terminal.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EPIPE: "its reader has gone away",
  EIO: "the device answered with an error",
  EFBIG: "the file would be larger than the system allows",
};

// Nobody can take the results any more: the command ends here.
process.stdout.on("error", ({ code = "", message }: NodeJS.ErrnoException) => {
  printError(`hardbatch: can't write to the standard output: ${reasons[code] ?? message}\n`);
  process.exit(1);
});
// Progress is a courtesy: work whose results go to a file is not lost with the reader of its progress.
process.stderr.on("error", () => {});
process.exitCode = await main(process.argv.slice(2));
