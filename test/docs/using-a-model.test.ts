/** docs/using-a-model.md: its run on yeast prints what stands there. */
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { folder, hardbatch } from "../cli/run.ts";
import { describeWith, realData } from "../fixtures.ts";
import { fences, readPage } from "./program.ts";

const page = readPage("docs/using-a-model.md");
const [, section = ""] = /^## A run on yeast\n([\s\S]*?)^## /m.exec(page) ?? [];
const blocks = fences(section);
const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ text }) => text.trim().split("\n"))
  .filter((line) => !line.includes("data fetch"));
const [evaluated, explained] = blocks.filter(({ language }) => language === "text").map(({ text }) => text);

/** The lines of a block between its "...", each run of them as it has to stand in the output. */
const runsOf = (text: string): string[] => text.split(/^\.\.\.\n/m).filter((part) => part.trim() !== "");

describeWith(join(realData, "yeast"), "the run on yeast", () => {
  test("prints the figures of the page", async () => {
    expect(commands.length).toBe(3);
    vi.stubEnv("HARDBATCH_DATA", realData);
    onTestFinished(() => void vi.unstubAllEnvs());
    const run = join(folder(), "run");
    const printed: string[] = [];
    for (const command of commands) {
      const words = command.split(/\s+/).slice(2);
      const { code, out } = await hardbatch(...words.map((word) => word.replace(/^run(?=$|\/)/, run)));
      expect([command, code]).toEqual([command, 0]);
      printed.push(out);
    }
    const [, evaluation, explanation] = printed;
    for (const part of runsOf(evaluated))
      for (const line of part.trim().split("\n")) expect(evaluation).toContain(line);
    for (const part of runsOf(explained)) expect(explanation).toContain(part.trim());
    expect(runsOf(explained).length).toBe(1);
    expect(runsOf(evaluated).length).toBe(4);
  });
});
