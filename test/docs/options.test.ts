/**
 * The tables of samplers, models and their options in the docs are those of the schemas in the code, with the words of
 * `--help`. `npx vitest run test/docs/options.test.ts -u` writes them.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { modelDescriptions } from "../../src/models/create.ts";
import type { OptionDescription } from "../../src/options.ts";
import { Random } from "../../src/random.ts";
import { samplerDescriptions, samplerNamed } from "../../src/samplers/create.ts";

/** Text in a cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => `\`${text}\``;
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
const table = (titles: readonly string[], rows: readonly string[]): string =>
  [row(...titles), `|${"---|".repeat(titles.length)}`, ...rows].join("\n");

function valuesOf({ values, isFlag }: OptionDescription): string {
  const words = /^one of (.*)$/.exec(values)?.[1].split(", ");
  if (isFlag) return "`true`, `false`";
  return words ? words.map(code).join(", ") : values;
}

/** The value where the option is left out; numbers with many digits are shortened. */
function otherwiseOf({ otherwise, values, fallback }: OptionDescription): string {
  if (otherwise === undefined) return "-";
  if (typeof fallback === "number") return String(Number(fallback.toPrecision(4)));
  return values.startsWith("one of") ? code(otherwise) : otherwise;
}

const modelTables = new Map(
  modelDescriptions.map(({ name, options }) => [
    name,
    table(
      ["option", "default", "values", "meaning"],
      options.map((option) => row(code(option.name), otherwiseOf(option), valuesOf(option), option.words)),
    ),
  ]),
);

/** What a sampler of ten rows needs. */
function needsOf(name: string): readonly string[] {
  const labels = {
    rows: 10,
    columns: 2,
    values: Uint8Array.from({ length: 20 }, (_, entry) => (entry % 3 === 0 ? 1 : 0)),
  };
  const features = {
    kind: "dense",
    rows: 10,
    columns: 1,
    values: Float32Array.from({ length: 10 }, (_, i) => i),
  } as const;
  return samplerNamed(name, { labels, features, batchSize: 2, epochs: 20, random: new Random(1) }).needs;
}

function samplerTable(): string {
  const rows = samplerDescriptions.map(({ name, draws, source }) => {
    return row(code(name), draws, needsOf(name).map(code).join(", ") || "-", source);
  });
  return table(["name", "draws more often", "needs", "source"], rows);
}

type Owned = { readonly owner: string; readonly option: OptionDescription };

/** The owners by what `key` says of their option, in the words "a for x, y; b for the others". */
function byOwner(all: readonly Owned[], key: (option: OptionDescription) => string): string {
  const owners = new Map<string, string[]>();
  for (const { owner, option } of all) owners.set(key(option), [...(owners.get(key(option)) ?? []), owner]);
  const [most, ...others] = [...owners].sort(([, a], [, b]) => b.length - a.length);
  if (others.length === 0) return most[0];
  return [
    ...others.map(([value, names]) => `${value} for ${names.map(code).join(", ")}`),
    `${most[0]} for the others`,
  ].join("; ");
}

/** Every option of any sampler once: whose it is, and what it does. */
function samplerOptions(): string {
  const owned = samplerDescriptions.flatMap(({ name, options }) => options.map((option) => ({ owner: name, option })));
  const names = [...new Set(owned.map(({ option }) => option.name))];
  const drawn = owned.filter(({ option }) => option.name === "pressure").map(({ owner }) => owner);
  const whose = (owners: readonly string[]): string => {
    if (owners.length === samplerDescriptions.length) return "every sampler";
    const left = drawn.filter((owner) => !owners.includes(owner));
    if (left.length === 0) return "all drawn by probability";
    if (left.length === 1) return `all drawn by probability but ${code(left[0])}`;
    return owners.map(code).join(", ");
  };
  return table(
    ["option", "of", "default", "values", "meaning"],
    names.map((name) => {
      const all = owned.filter(({ option }) => option.name === name);
      const owners = whose(all.map(({ owner }) => owner));
      return row(
        code(name),
        owners,
        byOwner(all, otherwiseOf),
        byOwner(all, valuesOf),
        byOwner(all, ({ words }) => words),
      );
    }),
  );
}

const tables = new Map([...modelTables, ["samplers", samplerTable()], ["sampler options", samplerOptions()]]);

test.each([
  ["models.md", modelDescriptions.map(({ name }) => name)],
  ["samplers.md", ["samplers", "sampler options"]],
])("docs/%s has the tables of the code", async (page, expected) => {
  const found: string[] = [];
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  const written = text.replace(
    /(<!-- table of ([\w ]+) -->)[\s\S]*?(<!-- end of table -->)/g,
    (_, begin, name, end) => {
      found.push(name);
      return `${begin}\n\n${tables.get(name)}\n\n${end}`;
    },
  );
  expect(found).toEqual(expected);
  await expect(written).toMatchFileSnapshot(`../../docs/${page}`);
});
