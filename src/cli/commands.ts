/**
 * Every command: how the list of commands shows it, and the file that is loaded once it is asked for. So `--help`, and
 * a mistyped word, load none of them, and a command none of the others.
 */
import { Command } from "commander";

export interface CommandEntry {
  readonly name: string;
  readonly arguments?: string;
  readonly description: string;
  /**
   * The command with its arguments and options; its description is the entry's.
   * @param words the whole command line
   */
  readonly load: (words: readonly string[]) => Promise<Command>;
}

/** In the order of the list. */
export const commands: readonly CommandEntry[] = [
  {
    name: "inspect",
    arguments: "<DATA>",
    description: "Print the figures of a data set: size, imbalance, and the effect of the instance weights.",
    load: async () => (await import("./inspect.ts")).inspectCommand(),
  },
  {
    name: "train",
    arguments: "[DATA]",
    description: "Train one model on one fold; write its history, best weights and test metrics.",
    load: async (words) => (await import("./train.ts")).trainCommand(words),
  },
  {
    name: "predict",
    arguments: "<DATA>",
    description:
      "Score every row with saved weights: one line a row with its number (from 0), one column a label, scores in " +
      "[0, 1].",
    load: async () => (await import("./predict.ts")).predictCommand(),
  },
  {
    name: "evaluate",
    arguments: "<DATA>",
    description:
      "Measure saved weights on rows with known labels: metrics with intervals, every label, minority labels, " +
      "calibration.",
    load: async () => (await import("./evaluate.ts")).evaluateCommand(),
  },
  {
    name: "compare",
    arguments: "[DATA...]",
    description:
      "Compare arms (samplers with their settings; the first is the baseline) over folds and seeds; finished cells " +
      "are kept and not run again.",
    load: async () => (await import("./compare.ts")).compareCommand(),
  },
  {
    name: "report",
    arguments: "<FILE...>",
    description: "Report what results files show: verdict, figures, tables, statistics; text or one page of HTML.",
    load: async () => (await import("./report.ts")).reportCommand(),
  },
  {
    name: "check",
    arguments: "<FILE|DIR...>",
    description: "Check that results, weights, checkpoints and histories are whole; say what can be saved.",
    load: async () => (await import("./check.ts")).checkCommand(),
  },
  {
    name: "explain",
    arguments: "<DATA>",
    description:
      "Explain the scores of one row: label by label, the features that they come from, the nearest training rows.",
    load: async () => (await import("./explain.ts")).explainCommand(),
  },
  {
    name: "export",
    description: "Write trained weights for other programs (docs/using-a-model.md).",
    load: async () => (await import("./export.ts")).exportCommand(),
  },
  {
    name: "data",
    description: "Data sets: what can be fetched, fetching it, and writing data as arrays of NumPy.",
    load: async () => (await import("./collection.ts")).dataCommand(),
  },
  {
    name: "folds",
    arguments: "<DATA>",
    description:
      "Write stratified folds as one JSON file: test rows of each fold, method, seed, fingerprint of the data.",
    load: async () => (await import("./folds.ts")).foldsCommand(),
  },
  {
    name: "verify",
    arguments: "[command...]",
    description: "Hold a sampler in another program to the laws that it claims, over the protocol of docs/protocol.md.",
    load: async () => (await import("./verify.ts")).verifyCommand(),
  },
  {
    name: "sampler",
    description: "Serve a sampler to another program, over the protocol of docs/protocol.md.",
    load: async () => (await import("./sampler.ts")).samplerCommand(),
  },
  {
    name: "lab",
    description: "Open the lab: uniform and adaptive selection side by side, in a browser.",
    load: async () => (await import("./lab.ts")).labCommand(),
  },
  {
    name: "doctor",
    description: "Tell which backends run on this machine and, for each that does not, why.",
    load: async () => (await import("./doctor.ts")).doctorCommand(),
  },
];

/** What stands in the list for a command that is not loaded. */
function standIn({ name, arguments: given, description }: CommandEntry): Command {
  const command = new Command(name).description(description);
  if (given !== undefined) command.arguments(given);
  // The list says of a command that it has options.
  return name === "data" ? command : command.option("--json");
}

/** All commands in their order, the one that the words ask for as it is, the others for the list alone. */
export function commandsFor(words: readonly string[]): Promise<Command[]> {
  // The second word, too: `help train`.
  const asked = words.slice(0, 2).find((word) => commands.some(({ name }) => name === word));
  return Promise.all(
    commands.map(async (entry) =>
      entry.name === asked ? (await entry.load(words)).description(entry.description) : standIn(entry),
    ),
  );
}
