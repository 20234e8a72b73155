/** The pages as they ought to stand: a test compares them with those that do. */
import { existsSync, readFileSync } from "node:fs";
import type { Cell } from "../../src/experiment/cell.ts";
import { place, root } from "./cells.ts";
import type { DataFacts } from "./data.ts";
import type { HardnessFigures } from "./hardness.ts";
import { fill } from "./pages.ts";
import { verdictParts } from "./parts.ts";
import { questionParts } from "./questions.ts";

export interface WrittenPage {
  readonly path: string;
  readonly text: string;
}

export function writtenPages(cells: readonly Cell[]): readonly WrittenPage[] {
  const facts: readonly DataFacts[] = JSON.parse(readFileSync(place("verdict/data.json"), "utf8"));
  const hardness: readonly HardnessFigures[] = JSON.parse(readFileSync(place("verdict/hardness.json"), "utf8"));
  const parts = { ...verdictParts(cells, facts), ...questionParts(cells, hardness) };
  return [place("verdict.md"), place("questions.md"), root("README.md")]
    .filter((path) => existsSync(path))
    .map((path) => ({ path, text: fill(readFileSync(path, "utf8"), parts, path) }));
}
