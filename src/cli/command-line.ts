/**
 * The command line: assembles the commands and turns what they throw into one line and an exit code: 0 done, 1 failed,
 * 2 bad usage, 128 + n stopped by signal n. The commands themselves are in the files beside this one.
 */
import { Command, CommanderError } from "commander";
import { DeviceLostError } from "../backends/lost.ts";
import { DataError, UsageError } from "../errors.ts";
import { FileError } from "../files/explain.ts";
import { commandsFor } from "./commands.ts";
import { Failed, Interrupted } from "./endings.ts";
import { printError, printOut } from "./terminal.ts";
import { version } from "./version.ts";

/** Runs the command line `words` (without node and script) and answers the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const cli = new Command("hardbatch")
    .description("Deep multi-label classification with adaptive batch selection.")
    .option("-V, --version", "print the version")
    .configureOutput({ writeOut: printOut, writeErr: printError })
    .showHelpAfterError("(add --help for all options)");
  cli.exitOverride();
  // Looked up where it is asked for.
  cli.on("option:version", () => {
    printOut(`${version()}\n`);
    throw new CommanderError(0, "commander.version", version());
  });
  for (const command of await commandsFor(words)) {
    for (const own of [command, ...command.commands]) own.copyInheritedSettings(cli);
    cli.addCommand(command);
  }
  try {
    await cli.parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    return await exitCode(error);
  }
}

async function exitCode(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has already printed its message
  if (error instanceof Interrupted) return error.code;
  if (error instanceof UsageError) {
    printError(`hardbatch: ${error.message}\n`);
    return 2;
  }
  if (isTooLarge(error)) {
    printError(`hardbatch: out of memory (${error.message}): choose smaller sizes or less data\n`);
    return 1;
  }
  const expected = error instanceof Error && (await isExpected(error));
  printError(`hardbatch: ${expected ? error.message : `internal error: ${text(error)}`}\n`);
  return 1;
}

/** What explains itself: our own errors and those of the file system ("ENOSPC: no space left on device, write"). */
async function isExpected(error: Error): Promise<boolean> {
  if ([DataError, DeviceLostError, Failed, FileError].some((kind) => error instanceof kind)) return true;
  if ("code" in error && "syscall" in error) return true;
  // Only a command that trains has loaded it.
  return error instanceof (await import("../training/divergence.ts")).DivergenceError;
}

/** An array longer than there can be or than there is memory for. */
const isTooLarge = (error: unknown): error is RangeError =>
  error instanceof RangeError && /array (buffer )?(length|allocation)/i.test(error.message);

const text = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
