#!/usr/bin/env node
/** The program `hardbatch`: runs the command line of this process. What it does is in command-line.ts. */
import { main } from "./command-line.ts";

// A reader that stops reading (`hardbatch inspect X | head`) ends the command quietly.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
// Progress is a courtesy: work whose results go to a file is not lost with the reader of its progress.
process.stderr.on("error", () => {});
process.exitCode = await main(process.argv.slice(2));
