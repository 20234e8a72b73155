/**
 * Makes the program `hardbatch` start quickly: `dist/src/cli/main.js` with the list of commands in one file, and beside
 * it `every-command.js` with all commands in another. Other files of the tree are as the compiler left them. Needs the
 * library to be built.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../../dist/src/cli/", import.meta.url));
const packages = ["commander", "valibot", "pure-rand", "fflate"];

/** The licence of a package that a bundle holds. */
async function notice(name) {
  const folder = fileURLToPath(new URL(`../../node_modules/${name}/`, import.meta.url));
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  if (license !== "MIT")
    throw new Error(`${name} ${version} is under ${license}: look at its terms before it is bundled`);
  const file = name === "valibot" ? "LICENSE.md" : "LICENSE";
  const text = (await readFile(join(folder, file), "utf8")).replaceAll("*/", "* /").trim();
  return `${name} ${version}\n\n${text}`;
}

/**
 * What Node brings is loaded where it is first used, not all of it as the file begins. Commander asks for what starts
 * other programs, which it never does for us and which takes long to load.
 */
const nodeOnDemand = {
  name: "modules of Node on demand",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:/ }, ({ importer, namespace, path }) => {
      if (namespace === "node") return { path, external: true };
      const unused = path === "node:child_process" && /[\\/]node_modules[\\/]commander[\\/]/.test(importer);
      return { path: unused ? "unused" : path, namespace: "node" };
    });
    onLoad({ filter: /.*/, namespace: "node" }, ({ path }) => {
      if (path === "unused") return { contents: "module.exports = {};" };
      return { contents: `module.exports = ${path === "node:process" ? "process" : `require("${path}")`};` };
    });
  },
};

/** Files that stay by themselves: large, and loaded by few commands. */
const apart = {
  name: "files apart",
  setup({ onResolve }) {
    onResolve({ filter: /generated\/(plain|relaxed)\.ts$/ }, ({ path }) => ({
      path: `../../kernels/wasm/generated/${/(\w+)\.ts$/.exec(path)[1]}.js`,
      external: true,
    }));
  },
};

/** What the list of commands does not load. */
const commandsApart = {
  name: "commands apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path }) =>
      kind === "dynamic-import" && path !== "./command-line.ts"
        ? { path: path.replace(/\.ts$/, ".js"), external: true }
        : undefined,
    );
  },
};

async function bundle(name, plugins) {
  const { outputFiles } = await build({
    entryPoints: [join(source, `${name}.ts`)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["#gpu.js", "fast-check"],
    plugins: [nodeOnDemand, ...plugins],
    banner: {
      js: 'import { createRequire as requireFor } from "node:module";\nconst require = requireFor(import.meta.url);',
    },
    // Short, as reading takes its time; what an internal error shows stays readable.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    legalComments: "none",
    logLevel: "error",
  });
  const [{ text }] = outputFiles;
  const [first] = /^(#!.*\n)?/.exec(text);
  const path = join(target, `${name}.js`);
  // Whole or not at all, as builds may overlap.
  await writeFile(`${path}.${process.pid}`, `${first}/*!\n${notices}\n*/\n${text.slice(first.length)}`, {
    mode: 0o755,
  });
  await rename(`${path}.${process.pid}`, path);
}

const notices = (await Promise.all(packages.map(notice))).join("\n\n---\n\n");
await Promise.all([bundle("main", [commandsApart]), bundle("every-command", [apart])]);
