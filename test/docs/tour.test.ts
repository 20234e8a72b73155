/**
 * The page of the tour is one program: its blocks run one after another, and it ends with the library's own numbers.
 */
import { describe, expect, test } from "vitest";
import { fences, readPage, run } from "./program.ts";

const page = readPage("docs/tour.md");
const blocks = fences(page)
  .filter(({ language }) => language === "ts")
  .map(({ text }) => text);
const longest = 20;

/** The mean losses of the epochs, of the miniature and of the library. */
async function losses(program: string) {
  const { values, printed } = await run(program, ["ours", "theirs"]);
  const numbers = (list: unknown): number[] => (Array.isArray(list) ? list.map(Number) : []);
  return { ours: numbers(values.ours), theirs: numbers(values.theirs), printed };
}

const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((loss, e) => Math.abs(loss - b[e])));

describe("the tour", () => {
  test.each(blocks.map((block, i) => [i + 1, block] as const))("block %i has at most twenty lines", (_, block) => {
    expect(block.trimEnd().split("\n")).not.toHaveLength(0);
    expect(block.trimEnd().split("\n").length).toBeLessThanOrEqual(longest);
  });

  test("prints the library's own numbers, which stand on the page", async () => {
    const { ours, theirs, printed } = await losses(blocks.join("\n"));
    expect(ours).toHaveLength(8);
    expect(apart(ours, theirs)).toBeLessThan(1e-9);
    const shown = fences(page).find(({ language }) => language === "text");
    expect(shown?.text.trimEnd().split("\n")).toEqual(printed);
  });

  test.each([
    ["the ceiling of the quantization index", "Math.ceil(z[row]", "Math.floor(z[row]"],
    ["the instance weights", "weights[row] * Math.fround", "1 * Math.fround"],
    ["the draw without replacement", "urn[row] = 0;", ""],
    ["Adam's correction", "/ Math.sqrt(1 - 0.999 ** step)", ""],
  ])("prints other numbers without %s", async (_, find, replace) => {
    const changed = blocks.join("\n").replace(find, replace);
    expect(changed).not.toBe(blocks.join("\n"));
    const { ours, theirs } = await losses(changed);
    expect(apart(ours, theirs)).toBeGreaterThan(1e-6);
  });
});
