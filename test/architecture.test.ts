/** Every source file against the rules of the design, and every rule against a made-up file that breaks it. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  anyTypes,
  barrels,
  cycles,
  defaultExports,
  type Files,
  imports,
  longComments,
  longFiles,
  unseeded,
  unusedRights,
  upwardImports,
} from "./architecture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** All of src and kernels but what is generated. */
function sources(): Files {
  const paths = ["src", "kernels"].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
  );
  return Object.fromEntries(
    paths
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => path.endsWith(".ts") && !path.includes("/generated/"))
      .map((path) => [path, readFileSync(root + path, "utf8")]),
  );
}

const rules = { upwardImports, cycles, longFiles, longComments, barrels, defaultExports, anyTypes, unseeded };

describe("the source", () => {
  const files = sources();

  test("is there", () => expect(Object.keys(files).length).toBeGreaterThan(50));

  test.each(Object.entries(rules))("obeys %s", (_, rule) => expect(rule(files)).toEqual([]));

  test("makes use of every right that it has", () => expect(unusedRights(files)).toEqual([]));
});

const lines = (count: number) => "\n".repeat(count);

/** What breaks each rule, with the words that the answer has to hold. */
const broken: readonly (readonly [keyof typeof rules, Files, string])[] = [
  [
    "upwardImports",
    { "src/engine/ops/map.ts": 'import * as scalar from "../../../kernels/scalar.ts";' },
    "types of scalar only",
  ],
  [
    "upwardImports",
    { "src/engine/program.ts": 'import { js } from "../backends/js.ts";' },
    "engine may not import backends",
  ],
  [
    "upwardImports",
    { "src/backends/js.ts": 'import { linear } from "../nn/layers.ts";' },
    "backends may not import nn",
  ],
  ["upwardImports", { "src/nn/layers.ts": 'import { js } from "../backends/js.ts";' }, "types of backends only"],
  ["upwardImports", { "src/nn/layers.ts": 'import { mlp } from "../models/mlp.ts";' }, "nn may not import models"],
  [
    "upwardImports",
    { "src/models/mlp.ts": 'import { SumTree } from "../samplers/draw/sum-tree.ts";' },
    "models may not import samplers",
  ],
  [
    "upwardImports",
    { "src/models/mlp.ts": 'import {\n  type LabelMatrix,\n  rows,\n} from "../data/rows.ts";' },
    "models may not import data",
  ],
  [
    "upwardImports",
    { "src/samplers/draw/sum-tree.ts": 'import type { Tensor } from "../../engine/tensor.ts";' },
    "samplers may not import engine",
  ],
  [
    "upwardImports",
    { "src/data/rows.ts": 'import { gather } from "../engine/ops/rows.ts";' },
    "data may not import engine",
  ],
  [
    "upwardImports",
    { "src/data/rows.ts": 'import { uniform } from "../samplers/uniform.ts";' },
    "data may not import samplers",
  ],
  [
    "upwardImports",
    { "src/metrics/metrics.ts": 'import { js } from "../backends/js.ts";' },
    "metrics may not import backends",
  ],
  [
    "upwardImports",
    { "src/training/train.ts": 'const c = await import("../cli/main.ts");' },
    "training may not import cli",
  ],
  [
    "upwardImports",
    { "src/training/train.ts": 'import { train } from "../index.ts";' },
    "training may not import entry",
  ],
  ["upwardImports", { "src/experiment/grid.ts": 'import "../cli/print.ts";' }, "experiment may not import cli"],
  [
    "upwardImports",
    { "src/experiment/grid.ts": 'import { appendLine } from "../files/atomic.ts";' },
    "experiment may not import files",
  ],
  ["upwardImports", { "src/random.ts": 'import { size } from "./engine/tensor.ts";' }, "random may not import engine"],
  ["upwardImports", { "kernels/scalar.ts": 'import { map } from "./js/map.ts";' }, "scalar may not import kernels"],
  [
    "upwardImports",
    { "kernels/wasm/map.ts": 'import { size } from "../../src/engine/tensor";' },
    "kernels may not import engine",
  ],
  [
    "upwardImports",
    { "src/data/load.ts": 'import { readFile } from "node:fs/promises";' },
    "static import of node:fs/promises",
  ],
  [
    "upwardImports",
    { "src/experiment/cell.ts": 'import { readFile } from "node:fs/promises";' },
    "static import of node:fs/promises",
  ],
  ["upwardImports", { "src/engine/ops/map.ts": 'import * as v from "valibot";' }, "may not use the package valibot"],
  [
    "upwardImports",
    { "src/training/train.ts": 'import { runs } from "../../test/arbitraries.ts";' },
    "belongs to no area",
  ],
  ["upwardImports", { "src/utils/strings.ts": "" }, "belongs to no area"],
  ["upwardImports", { "src/train.ts": "" }, "belongs to no area"],
  [
    "cycles",
    {
      "src/data/a.ts": 'import { b } from "./b.ts";',
      "src/data/b.ts": 'import { c } from "./c.ts";',
      "src/data/c.ts": 'import { b } from "./b.ts";',
    },
    "src/data/b.ts -> src/data/c.ts -> src/data/b.ts",
  ],
  ["cycles", { "src/data/a.ts": 'import { a } from "./a.ts";' }, "src/data/a.ts -> src/data/a.ts"],
  ["longFiles", { "src/training/train.ts": lines(301) }, "301 lines, at most 300"],
  ["barrels", { "src/engine/all.ts": 'export * from "./ops/map.ts";' }, "src/engine/all.ts: passes on"],
  ["barrels", { "src/engine/ops/map.ts": 'export { size } from "../tensor.ts";' }, "map.ts: passes on"],
  [
    "barrels",
    { "src/data/a.ts": 'import { b, type C } from "./b.ts";\nexport { b as d };' },
    "src/data/a.ts: passes on",
  ],
  [
    "barrels",
    { "src/data/a.ts": 'import type { C as D } from "./b.ts";\nexport type { D };' },
    "src/data/a.ts: passes on",
  ],
  ["defaultExports", { "src/training/train.ts": "export default function train() {}" }, "default export"],
  ["defaultExports", { "src/training/train.ts": "export { train as default };" }, "default export"],
  ["longComments", { "src/training/train.ts": `// ${"word ".repeat(24)}` }, "src/training/train.ts:1: a comment"],
  ["anyTypes", { "src/training/train.ts": "const x: any = 1;" }, "the type any"],
  ["anyTypes", { "src/training/train.ts": "const x = y as any;" }, "the type any"],
  ["anyTypes", { "src/training/train.ts": "const x: Record<string, any> = {};" }, "the type any"],
  ["anyTypes", { "src/training/train.ts": "function f(...x: any[]) {}" }, "the type any"],
  ["unseeded", { "src/training/train.ts": "const x = Math.random();" }, "reads a clock"],
  ["unseeded", { "src/samplers/draw/sum-tree.ts": "const x = Date.now();" }, "reads a clock"],
];

describe("a rule is broken by", () => {
  test.each(broken)("%s: %j", (rule, files, words) => {
    expect(rules[rule](files)).toContainEqual(expect.stringContaining(words));
  });

  test("nothing that is allowed", () => {
    const fine: Files = {
      "src/engine/tensor.ts":
        'import { UsageError } from "../errors.ts";\n// as any: import { x } from "./cli/main.ts"\nexport { local };',
      "src/engine/ops/map.ts":
        'import type * as scalar from "../../../kernels/scalar.ts";\nimport { apply } from "../tensor.ts";',
      "src/data/load.ts":
        'const { readFile } = await import("node:fs/promises");\nconst text = "at any rate, any number";',
      "src/files/atomic.ts": 'import { readFile } from "node:fs/promises";',
      "src/metrics/input.ts": 'import { type Dataset, type LabelMatrix } from "../data/dataset.ts";',
      "src/index.ts": `export { train } from "./training/train.ts";\n${lines(200)}`,
      "src/engine/index.ts": 'export { program } from "./program.ts";',
      "src/backends/gpu/library.ts": "const library: any = 1;",
      "src/data/a.ts": 'import type { B } from "./b.ts";\nconst few = [1].some((any) => any > 0);',
      "src/data/b.ts": 'import { a } from "./a.ts";',
    };
    for (const rule of Object.values(rules)) expect(rule(fine)).toEqual([]);
  });
});

test("rights that nobody uses are found", () => {
  const table = { a: { uses: ["b", "c"], types: ["d"], packages: ["p", "q"] } };
  expect(unusedRights({}, table)).toHaveLength(5);
  const files: Files = {
    "src/data/a.ts": 'import type { B } from "../errors.ts";\nimport { q } from "valibot";',
    "src/data/b.ts": 'import { c } from "../random.ts";',
  };
  const rights = { data: { uses: ["errors", "random"], types: ["options"], packages: ["valibot"] } };
  expect(unusedRights(files, rights)).toEqual([
    "data: nothing in it uses errors but its types",
    "data: nothing in it uses types of options",
  ]);
});

test("imports are found in every form", () => {
  const text = [
    'import a, { type B, c } from "./one.ts";',
    'import {\n  type D,\n  type E,\n} from "./two.ts";',
    'import type F from "./three.ts";',
    'import "./four.ts";',
    'export type { G } from "./five.ts";',
    '  const h = await import("./six.ts");',
    '/* import { i } from "./no.ts"; */ // import "./no.ts"',
  ].join("\n");
  expect(imports(text).map(({ specifier, typeOnly }) => [specifier, typeOnly])).toEqual([
    ["./one.ts", false],
    ["./two.ts", true],
    ["./three.ts", true],
    ["./four.ts", false],
    ["./five.ts", true],
    ["./six.ts", false],
  ]);
});
