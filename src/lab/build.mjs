/**
 * Builds the page into dist/lab: bundles of page and worker with their common chunks, the page itself, its style with
 * the colours of the charts, and the service worker with the list of all files. Needs the library to be built (`npm run
 * build`).
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../../dist/lab/", import.meta.url));

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

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await build({
  ...options,
  entryPoints: { page: join(source, "page.ts"), worker: join(source, "worker.ts") },
  splitting: true,
  outdir: target,
  chunkNames: "[name]-[hash]",
});

const { chartColours } = await import(new URL("../../dist/src/charts/style.js", import.meta.url));
const style = await readFile(join(source, "page/style.css"), "utf8");
await writeFile(
  join(target, "style.css"),
  style
    .replace("/* chart colours, light */", `${chartColours.light};`)
    .replace("/* chart colours, dark */", `${chartColours.dark};`),
);
// What a policy without blobs lets the kernels' threads start from.
await copyFile(join(target, "../wasm-worker.js"), join(target, "wasm-worker.js"));
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
