/** SECURITY.md: its table of bounds is that of the constants in the code, with the words that stand beside them. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BASE, MULTIPLE } from "../src/data/formats/allowance.ts";
import { bounds } from "../src/data/formats/bounds.ts";

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** Constants that bound what strangers may ask for, by the file where they stand. */
const bounded: readonly { readonly file: string; readonly values: Readonly<Record<string, number>> }[] = [
  { file: "src/data/formats/bounds.ts", values: bounds },
  { file: "src/data/formats/allowance.ts", values: { MULTIPLE, BASE } },
];

/** Constants that stand in the file of the one reader that they bound. */
const ownBounds: readonly (readonly [file: string, ...names: string[]])[] = [
  ["src/saved/safetensors.ts", "largestHeader"],
  ["src/saved/model.ts", "deepest"],
  ["src/training/checkpoint.ts", "deepest"],
  ["src/files/ordinary.ts", "mostBytes", "mostTextBytes", "mostListBytes"],
  ["src/saved/preprocessing-file.ts", "deepest"],
  ["src/nn/initialise.ts", "largest"],
  ["src/files/read-lines.ts", "longestLine", "mostUnpacked"],
  ["src/files/download.ts", "most"],
  ["src/experiment/grid.ts", "mostCells"],
  ["src/laws/protocol/own.ts", "mostEntries"],
  ["src/laws/protocol/server.ts", "mostSamplers"],
  ["src/cli/sampler.ts", "longestLine"],
  ["src/cli/program.ts", "longestLine"],
];

/** The value of a constant that is written as powers and products of whole numbers. */
function figureOf(source: string, name: string): number {
  const text = new RegExp(`^(?:export )?const ${name} = ([\\d_ *-]+);`, "m").exec(source)?.[1];
  if (text === undefined) throw new Error(`no constant ${name} of digits`);
  const [positive, less = 0] = text.replaceAll("_", "").replaceAll("**", "^").split("-");
  return (
    positive.split("*").reduce((product, power) => {
      const [base, exponent = 1] = power.split("^").map(Number);
      return product * base ** exponent;
    }, 1) - Number(less)
  );
}

/** The words of the comment above a name, or the name itself in words. */
function wordsOf(source: string, name: string): string {
  const found = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*(?:(?:export )?const )?${name}\\b`).exec(source);
  const words = found?.[1].replace(/\s*\n\s*\*\s*/g, " ").trim();
  return (
    words ??
    `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}.`.replace(/^./, (letter) => letter.toUpperCase())
  );
}

function table(): string {
  const rows = bounded.flatMap(({ file, values }) => {
    const source = read(file);
    return Object.entries(values).map(
      ([name, value]) => `| ${wordsOf(source, name)} | ${value.toLocaleString("en-US")} | \`${name}\` in \`${file}\` |`,
    );
  });
  for (const [file, ...names] of ownBounds) {
    const source = read(file);
    for (const name of names) {
      const value = figureOf(source, name).toLocaleString("en-US");
      rows.push(`| ${wordsOf(source, name)} | ${value} | \`${name}\` in \`${file}\` |`);
    }
  }
  return ["| what | at most | constant |", "|---|---|---|", ...rows].join("\n");
}

test("the table of bounds is that of the constants", async () => {
  const page = read("SECURITY.md");
  const written = page.replace(/(<!-- bounds:[^\n]*-->)[\s\S]*(<!-- end of bounds -->)/, `$1\n\n${table()}\n\n$2`);
  expect(written).toContain("unpackedRatio");
  await expect(written).toMatchFileSnapshot("../SECURITY.md");
});
