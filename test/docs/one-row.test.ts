/** docs/one-row.md: the row of real data has the numbers that stand there, and z falls where Q rises. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { folder, hardbatch } from "../cli/run.ts";
import { describeWith, realData } from "../fixtures.ts";
import { fences, readPage } from "./program.ts";

const [, section = ""] = /^## A row of real data\n([\s\S]*?)^## /m.exec(readPage("docs/one-row.md")) ?? [];
const blocks = fences(section);
const command =
  blocks
    .find(({ language }) => language === "sh")
    ?.text.trim()
    .split("\n")[1] ?? "";
const printed =
  blocks
    .find(({ language }) => language === "text")
    ?.text.trimEnd()
    .split("\n") ?? [];

describeWith(join(realData, "emotions"), "the row of emotions", () => {
  test("is as the page says", async () => {
    vi.stubEnv("HARDBATCH_DATA", realData);
    onTestFinished(() => void vi.unstubAllEnvs());
    const place = folder();
    const words = command.split(/\s+/).slice(2);
    const placed = words.map((word) => (word === "run" || word === "rows.csv" ? join(place, word) : word));
    const { code } = await hardbatch(...placed, "--quiet");
    expect([words[0], code]).toEqual(["train", 0]);
    const [header, ...lines] = readFileSync(join(place, "rows.csv"), "utf8").trimEnd().split("\n");
    const names = header.split(",");
    const found = lines.slice(3, 8).map((line) => {
      const cells = line.split(",").map(Number);
      const of = (name: string): number => cells[names.indexOf(name)];
      const figures = ["loss", "weight", "adaptiveLoss", "maximum"].map((name) => of(name).toFixed(4)).join(" ");
      const index = String(of("index")).padStart(4);
      const chance = (427 * of("probability")).toFixed(3).padStart(6);
      return [String(of("epoch")).padStart(5), figures, index, chance, String(of("age")).padStart(4)].join(" ");
    });
    expect(found).toEqual(printed.slice(1));
    const [z, index] = [3, 5].map((column) => found.map((line) => Number(line.trim().split(/\s+/)[column])));
    expect(z.every((value, i) => i === 0 || value < z[i - 1])).toBe(true);
    expect(index.some((value, i) => i > 0 && value > index[i - 1])).toBe(true);
  });
});
