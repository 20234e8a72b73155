/**
 * The package as a project of somebody else's sees it: packed, installed in a fresh folder, compiled against, run,
 * bundled.
 */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import ts from "typescript-compiler";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { downloaded, filesWith, limits, type ProgramName, programs } from "./bundles.ts";
import { type Dependent, installed } from "./dependent.ts";
import { typed, used } from "./programs.ts";
import { hiddenTypes } from "./reachable.ts";

let dependent: Dependent & { readonly files: readonly string[] };
beforeAll(async () => {
  dependent = await installed();
});
afterAll(() => dependent?.remove());

describe("what is packed and installed", () => {
  test("holds what it needs and nothing else", () => {
    const strange = dependent.files.filter(
      (file) =>
        !/^(dist|docs)\/|^(README|CHANGELOG|SECURITY)\.md$|^LICENSE$|^CITATION\.cff$|^package\.json$/.test(file),
    );
    expect(strange).toEqual([]);
    // The program is bundled: the files that it was made of are of no use.
    expect(dependent.files.filter((file) => file.startsWith("dist/src/cli/")).sort()).toEqual([
      "dist/src/cli/every-command.js",
      "dist/src/cli/main.js",
    ]);
    expect(dependent.files).toEqual(
      expect.arrayContaining([
        "dist/wasm-worker.js",
        "dist/vendor/gpu.js",
        "dist/lab/index.html",
        "docs/index.md",
        "CHANGELOG.md",
      ]),
    );
  });

  test("is below 15 MB with all that it needs, and no script of it runs or is warned of", () => {
    expect(dependent.bytes).toBeLessThan(15e6);
    expect(dependent.installed).not.toMatch(/warn|script|deprecated/i);
  });

  test("is what publint would have", async () => {
    const { messages } = await publint({
      pkgDir: join(dependent.folder, "node_modules/hardbatch"),
      pack: false,
      level: "warning",
    });
    expect(messages).toEqual([]);
  });

  test("runs as a command, and gpu.js without a package more", async () => {
    const main = join("node_modules", "hardbatch", "dist", "src", "cli", "main.js");
    const { stdout } = await dependent.node(main, "doctor", "--json");
    const { backends } = JSON.parse(stdout);
    const here = backends.filter(({ runs }: { readonly runs: boolean }) => runs);
    const names = here.map(({ backend }: { readonly backend: string }) => backend);
    expect(names).toEqual(expect.arrayContaining(["auto", "js", "wasm", "gpu:webasm", "gpu:cpu"]));
    const [webgpu] = backends.filter(({ backend }: { readonly backend: string }) => backend === "gpu:webgpu");
    expect(webgpu.detail).toContain("npm install webgpu");
  });

  test("reads data, trains with a sampler of one's own and speaks PyTorch's names", async () => {
    await dependent.write({ "used.js": used });
    const { stdout } = await dependent.node("used.js");
    expect(JSON.parse(stdout)).toEqual({ rows: [2, 2, 2, 2], requests: 1, scores: true, same: true });
  });
});

describe("its declarations", () => {
  const strictly = (how: ts.CompilerOptions, files: readonly string[]): ts.Program =>
    ts.createProgram(files, {
      noEmit: true,
      strict: true,
      skipLibCheck: false,
      // TypeScript's own declarations are not ours to check.
      skipDefaultLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      types: [],
      ...how,
    });
  const complaints = (program: ts.Program): readonly string[] =>
    ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });

  test("compile strictly in Node's way of modules, and export every type that they mention", async () => {
    await dependent.write({
      "typed.ts": typed,
      "hiding.ts": "interface Hidden { readonly rows: number }\nexport declare function count(rows: Hidden): number;\n",
    });
    // Who runs the laws installs fast-check, an optional peer.
    symlinkSync(
      fileURLToPath(new URL("../../node_modules/fast-check", import.meta.url)),
      join(dependent.folder, "node_modules/fast-check"),
    );
    const folder = ["", "engine/", "experiment/", "laws/"].map(
      (entry) => `node_modules/hardbatch/dist/src/${entry}index.d.ts`,
    );
    const entries = folder.map((path) => join(dependent.folder, path));
    const hiding = join(dependent.folder, "hiding.ts");
    const how = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
    const program = strictly(how, [join(dependent.folder, "typed.ts"), ...entries, hiding]);
    expect(complaints(program)).toEqual([]);
    expect(hiddenTypes(program, entries, join(dependent.folder, "node_modules/hardbatch"))).toEqual([]);
    // The control: a type that an entry mentions and hides is found.
    expect(hiddenTypes(program, [hiding], hiding)).toEqual(["Hidden, mentioned by count ()"]);
  });

  test("compile strictly in a bundler's way", () => {
    const how = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    expect(complaints(strictly(how, [join(dependent.folder, "typed.ts")]))).toEqual([]);
  });
});

describe("bundled for a page", () => {
  beforeAll(async () => {
    const texts = Object.entries(programs).map(([name, text]) => [`${name}.js`, text]);
    await dependent.write(Object.fromEntries(texts));
  });

  /** The pieces that `auto` fetches where there is no graphics processor and wasm has relaxed SIMD. */
  const onRelaxedWasm = ["src/backends/wasm.js", "src/backends/gpu/modes.js", "kernels/wasm/generated/relaxed.js"];

  test.each(Object.keys(limits) as ProgramName[])(
    "%s by plain esbuild is no larger than the docs say",
    async (name) => {
      const pieces = name === "worker" ? onRelaxedWasm : [];
      const size = await downloaded(dependent.folder, name, pieces);
      expect(size, `${size} kB`).toBeLessThanOrEqual(limits[name]);
    },
  );

  test("has gpu.js in a piece of its own", async () => {
    const [piece, ...others] = await filesWith(join(dependent.folder, "esbuild/worker"), "gpu.js 2.");
    expect(others).toEqual([]);
    expect(piece).toMatch(/^gpu-/);
  });

  test("by plain vite build works, with gpu.js in a piece of its own", async () => {
    await dependent.write({
      "index.html": '<!doctype html><title>page</title><script type="module" src="/page.js"></script>\n',
      "page.js": programs.worker.replace("onmessage", "globalThis.run"),
    });
    const { build } = await import("vite");
    const warnings: string[] = [];
    await build({
      root: dependent.folder,
      logLevel: "silent",
      build: { rollupOptions: { onwarn: ({ message }) => warnings.push(message) } },
    });
    // gpu.js is large, and a piece of its own for that.
    expect(warnings.filter((warning) => !/larger than 500 kB/.test(warning))).toEqual([]);
    expect(await filesWith(join(dependent.folder, "dist"), "astGeneric")).toHaveLength(1);
  });
});
