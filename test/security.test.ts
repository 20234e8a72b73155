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

/** The words of the comment above a name, or the name itself in words. */
function wordsOf(source: string, name: string): string {
  const found = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*(?:export const )?${name}\\b`).exec(source);
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
  return ["| what | at most | constant |", "|---|---|---|", ...rows].join("\n");
}

test("the table of bounds is that of the constants", async () => {
  const page = read("SECURITY.md");
  const written = page.replace(/(<!-- bounds:[^\n]*-->)[\s\S]*(<!-- end of bounds -->)/, `$1\n\n${table()}\n\n$2`);
  expect(written).toContain("unpackedRatio");
  await expect(written).toMatchFileSnapshot("../SECURITY.md");
});
