/** docs/models.md against the code: every option of every model, and every name beside PyTorch's. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createModel } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";
import { everyModel, trialOf } from "./tiny.ts";

const text = readFileSync(new URL("../../docs/models.md", import.meta.url), "utf8");
const section = (title: string): string => text.split(/^## /m).find((each) => each.startsWith(`${title}\n`)) ?? "";

/** The options that a model knows, as it tells whoever asks for another. */
function optionsOf(name: string): string[] {
  try {
    createModel(name, { features: 2, labels: 2, random: new Random(1), options: { nonsense: 1 } });
  } catch (error) {
    return /it has (.*)$/.exec(String(error))?.[1].split(", ") ?? [];
  }
  return [];
}

describe.each(everyModel)("docs/models.md on %s", (name) => {
  it("has a row for each option and no other", () => {
    const documented = [...section(name).matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
    expect(documented.sort()).toEqual(optionsOf(name).sort());
  });

  it("has every parameter beside its PyTorch name", () => {
    const table = section("Saved weights and PyTorch");
    const { parameters, buffers } = trialOf(name, { features: 3, labels: 2, batch: 2 }, {}, 1).model;
    const unknown = [...parameters, ...buffers].filter(
      ({ name }) => !name.split(".").some((_, i, parts) => table.includes(`\`${parts.slice(0, i + 1).join(".")}`)),
    );
    expect(unknown.map(({ name }) => name)).toEqual([]);
  });
});
