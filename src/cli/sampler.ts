/** `hardbatch sampler --stdio`: any of our samplers for another program, over the protocol of docs/protocol.md. */
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { LineReader } from "../laws/protocol/lines.ts";
import { ownMaker } from "../laws/protocol/own.ts";
import { errorLine, SamplerServer } from "../laws/protocol/server.ts";
import { samplerNames } from "../samplers/create.ts";
import { oneOf } from "./options.ts";
import { collect } from "./settings.ts";

/** Longest request, in characters: features of 10^5 rows fit, what does not end does not. */
const longestLine = 2 ** 28;

interface SamplerCommandOptions {
  readonly stdio?: true;
  readonly sampler: string;
  readonly samplerOption: Readonly<Record<string, unknown>>;
}

export function samplerCommand(): Command {
  return new Command("sampler")
    .option("--stdio", "read requests from standard input, write answers to standard output")
    .option("--sampler <name>", samplerNames.join(", "), oneOf("--sampler", samplerNames), "adaptive")
    .option(
      "--sampler-option <key=value>",
      "an option of the sampler (docs/samplers.md); requests may set others",
      collect("--sampler-option"),
      {},
    )
    .action(async ({ stdio, sampler, samplerOption }: SamplerCommandOptions) => {
      if (!stdio) throw new UsageError("sampler: expected --stdio, the one way there is to talk to it");
      await serve(new SamplerServer(ownMaker(sampler, samplerOption)));
    });
}

/** Answers that are kept back, in characters, to be written together: each write wakes the other side. */
const together = 65_536;

/** Answers the lines of standard input, in order, until it ends. */
async function serve(server: SamplerServer): Promise<void> {
  const tooLong = errorLine(new UsageError(`a line of more than ${longestLine} characters`));
  let waiting: (string | undefined)[] = [];
  const lines = new LineReader(longestLine, (line) => waiting.push(line));
  const answer = async (): Promise<void> => {
    let answers = "";
    for (const line of waiting) {
      answers += `${line === undefined ? tooLong : await server.answer(line)}\n`;
      if (answers.length < together) continue;
      process.stdout.write(answers);
      answers = "";
    }
    waiting = [];
    if (answers !== "") process.stdout.write(answers);
  };
  for await (const text of process.stdin.setEncoding("utf8")) {
    lines.push(String(text));
    // Requests that come faster than they are answered wait in the pipe, not in memory.
    await answer();
  }
  lines.finish();
  await answer();
}
