/**
 * Bundles gpu.js, with the two packages that it imports, into `dist/vendor/gpu.js`, their licences on top: a dependent
 * then installs neither gpu.js nor the 85 MB of binaries that it names as dependencies and does not import.
 * `load(require)` in the bundle gives the library; what it would take from Node (`gl`, `os`, `worker_threads`),
 * `require` is asked for by name.
 */
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const target = fileURLToPath(new URL("../../dist/vendor/gpu.js", import.meta.url));
const folder = fileURLToPath(new URL("../../node_modules/", import.meta.url));
const fromHost = ["gl", "os", "worker_threads"];
const packages = ["gpu.js", "gpu-mock.js", "acorn"];

async function described(name) {
  const { version, license } = JSON.parse(await readFile(join(folder, name, "package.json"), "utf8"));
  if (license !== "MIT")
    throw new Error(`${name} ${version} is under ${license}: look at its terms before it is bundled`);
  const text = (await readFile(join(folder, name, "LICENSE"), "utf8")).replaceAll("*/", "* /").trim();
  return `${name} ${version}\n\n${text}`;
}

/** Whole or not at all, as builds may overlap. */
async function write(path, content) {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, content);
  await rename(draft, path);
}

/** Versions stand in the notice, so that only the age of this file is left to look at. */
async function isFresh(notice) {
  const text = await readFile(target, "utf8").catch(() => "");
  if (!text.startsWith(notice)) return false;
  const [built, script] = await Promise.all([stat(target), stat(fileURLToPath(import.meta.url))]);
  return built.mtimeMs > script.mtimeMs;
}

const notice = `/*!\n${(await Promise.all(packages.map(described))).join("\n\n---\n\n")}\n*/\n`;
if (!(await isFresh(notice))) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [createRequire(import.meta.url).resolve("gpu.js/src/index.js")],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    external: fromHost,
    minify: true,
    legalComments: "none",
    logLevel: "error",
  });
  const [{ text }] = outputFiles;
  // In brackets, as engines then compile it at once: it is called as soon as it is there.
  const opening = "export const load = (function (require) {\nconst module = { exports: {} };\n";
  await write(target, `${notice}${opening}${text}\nreturn module.exports;\n});\n`);
}
