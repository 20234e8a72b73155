/** docs/models.md against the code: every parameter's name stands beside PyTorch's. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { everyModel, trialOf } from "./tiny.ts";

const text = readFileSync(new URL("../../docs/models.md", import.meta.url), "utf8");
const section = (title: string): string => text.split(/^## /m).find((each) => each.startsWith(`${title}\n`)) ?? "";

describe.each(everyModel)("docs/models.md on %s", (name) => {
  it("has every parameter beside its PyTorch name", () => {
    const table = section("Saved weights and PyTorch");
    const { parameters, buffers } = trialOf(name, { features: 3, labels: 2, batch: 2 }, {}, 1).model;
    const unknown = [...parameters, ...buffers].filter(
      ({ name }) => !name.split(".").some((_, i, parts) => table.includes(`\`${parts.slice(0, i + 1).join(".")}`)),
    );
    expect(unknown.map(({ name }) => name)).toEqual([]);
  });
});
