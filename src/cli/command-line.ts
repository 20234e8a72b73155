/**
 * The command line: assembles the commands and turns what they throw into one line and an exit code: 0 done, 1 failed,
 * 2 bad usage, 128 + n stopped by signal n. The commands themselves are in the files beside this one.
 */
import { Command, CommanderError } from "commander";
import { DeviceLostError } from "../backends/lost.ts";
import { DataError, UsageError } from "../errors.ts";
import { FileError } from "../files/explain.ts";
import { DivergenceError } from "../training/divergence.ts";
import { checkCommand } from "./check.ts";
import { dataCommand } from "./collection.ts";
import { compareCommand } from "./compare.ts";
import { doctorCommand } from "./doctor.ts";
import { Failed, Interrupted } from "./endings.ts";
import { evaluateCommand } from "./evaluate.ts";
import { explainCommand } from "./explain.ts";
import { exportCommand } from "./export.ts";
import { foldsCommand } from "./folds.ts";
import { inspectCommand } from "./inspect.ts";
import { labCommand } from "./lab.ts";
import { predictCommand } from "./predict.ts";
import { reportCommand } from "./report.ts";
import { samplerCommand } from "./sampler.ts";
import { printError } from "./terminal.ts";
import { trainCommand } from "./train.ts";
import { verifyCommand } from "./verify.ts";
import { version } from "./version.ts";

/** Runs the command line `words` (without node and script) and answers the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const cli = new Command("hardbatch")
    .description("Deep multi-label classification with adaptive batch selection.")
    .version(version(), "-V, --version", "print the version")
    .showHelpAfterError("(add --help for all options)");
  const commands = [
    ...[
      inspectCommand(),
      trainCommand(words),
      predictCommand(),
      evaluateCommand(),
      compareCommand(),
      reportCommand(),
      checkCommand(),
    ],
    ...[explainCommand(), exportCommand()],
    ...[dataCommand(), foldsCommand()],
    ...[verifyCommand(), samplerCommand(), labCommand(), doctorCommand()],
  ];
  for (const command of commands) {
    cli.addCommand(command.copyInheritedSettings(cli));
  }
  for (const command of [cli, ...cli.commands]) command.exitOverride();
  try {
    await cli.parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    return exitCode(error);
  }
}

function exitCode(error: unknown): number {
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
  printError(`hardbatch: ${isExpected(error) ? error.message : `internal error: ${text(error)}`}\n`);
  return 1;
}

/** What explains itself: our own errors and those of the file system ("ENOSPC: no space left on device, write"). */
const isExpected = (error: unknown): error is Error =>
  error instanceof DataError ||
  error instanceof DivergenceError ||
  error instanceof DeviceLostError ||
  error instanceof Failed ||
  error instanceof FileError ||
  (error instanceof Error && "code" in error && "syscall" in error);

/** An array longer than there can be or than there is memory for. */
const isTooLarge = (error: unknown): error is RangeError =>
  error instanceof RangeError && /array (buffer )?(length|allocation)/i.test(error.message);

const text = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
