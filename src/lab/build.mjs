/**
 * Builds the page into dist/lab, or into the folder named (which is emptied): bundles of page and worker with their
 * common chunks, the page itself, its style with the colours of the charts, and the service worker with the list of all
 * files. Needs the library to be built (`npm run build`).
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const source = fileURLToPath(new URL(".", import.meta.url));
const target = resolve(process.argv[2] ?? fileURLToPath(new URL("../../dist/lab/", import.meta.url)));
const library = new URL("../../dist/", import.meta.url);

/** Never `keepNames`: gpu.js reads kernels as text. */
const options = {
  bundle: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "error",
  // What only Node has is imported where Node runs, and never here.
  external: ["node:*"],
};

/**
 * The readers of files are fetched once there is a file. esbuild would put them into what is fetched at once for the
 * mere reason that the public entry names them, too: all but readers.ts get the entry without those names, and the
 * build fails if they use one.
 */
const readersOnDemand = {
  name: "readers on demand",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/index\.ts$/ }, ({ importer, path, resolveDir }) =>
      importer === join(source, "readers.ts") ? { path: resolve(resolveDir, path), suffix: "?readers" } : undefined,
    );
    onLoad({ filter: /src[\\/]index\.ts$/ }, async ({ path, suffix }) => {
      const text = await readFile(path, "utf8");
      const readers = /^export \{[^}]*\} from "\.\/data\/(?:formats\/[^"]*|load\.ts|read\.ts)";$/gm;
      return { loader: "ts", contents: suffix === "" ? text.replaceAll(readers, "") : text };
    });
  },
};

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await build({
  ...options,
  entryPoints: { page: join(source, "page.ts"), worker: join(source, "worker.ts") },
  splitting: true,
  plugins: [readersOnDemand],
  outdir: target,
  chunkNames: "[name]-[hash]",
});

const { chartColours } = await import(new URL("src/charts/style.js", library));
const style = await readFile(join(source, "page/style.css"), "utf8");
const coloured = style
  .replace("/* chart colours, light */", `${chartColours.light};`)
  .replace("/* chart colours, dark */", `${chartColours.dark};`);
const { code } = await transform(coloured, { loader: "css", minify: true });
await writeFile(join(target, "style.css"), code);
// What a policy without blobs lets the kernels' threads start from.
await copyFile(new URL("wasm-worker.js", library), join(target, "wasm-worker.js"));
await copyFile(join(source, "page/index.html"), join(target, "index.html"));

// gpu.js is the largest part and asked for by few: it is kept once it was fetched, not before.
const files = (await readdir(target)).sort();
const hash = createHash("sha256");
for (const file of files) hash.update(file).update(await readFile(join(target, file)));
const kept = [];
for (const file of files) if ((await readFile(join(target, file))).length < 400_000) kept.push(`./${file}`);
await build({
  ...options,
  entryPoints: [join(source, "service-worker.ts")],
  outfile: join(target, "service-worker.js"),
  define: { files: JSON.stringify(["./", ...kept]), version: JSON.stringify(hash.digest("hex").slice(0, 12)) },
});
