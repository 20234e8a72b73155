/** The public entries as they are written: every type that a reader of their declarations meets is exported. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { reachable } from "./reachable.ts";

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const entries = ["", "engine/", "experiment/", "laws/"].map((folder) => path(`../../src/${folder}index.ts`));

test("every type that exported declarations mention is exported, and one that is not is found", () => {
  const { hidden } = reachable([...entries, path("hiding.ts")]);
  expect(hidden).toEqual(["Hidden, mentioned by count (test/package/hiding.ts)"]);
});
