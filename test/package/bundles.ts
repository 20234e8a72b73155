/**
 * Bundles of small programs on the public entries, made by plain esbuild and by vite, and what a page downloads of
 * them.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

/** Programs by name; each is bundled alone. */
export const programs = {
  metrics: 'import { metrics } from "hardbatch"; globalThis.metrics = metrics;',
  samplers: 'import { createSampler } from "hardbatch"; globalThis.createSampler = createSampler;',
  worker: `import { configure, createBackend, prepare, synthetic, train } from "hardbatch";
onmessage = async ({ data: settings }) => {
  const data = prepare(synthetic(settings.data), { seed: 1 });
  for await (const event of train(configure(data, await createBackend("auto"), settings.run))) postMessage(event);
};`,
} as const;

export type ProgramName = keyof typeof programs;

/** Kilobytes (of 1000 bytes, gzip) that may be downloaded: the table of docs/browser.md. */
export const limits: Readonly<Record<ProgramName, number>> = { metrics: 3, samplers: 26, worker: 96.5 };

/** Bundles `NAME.js` of the folder with plain esbuild into pieces. */
async function pieces(folder: string, name: ProgramName): Promise<{ meta: Metafile; outdir: string }> {
  const outdir = join(folder, "esbuild", name);
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [`${name}.js`],
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    outdir,
    metafile: true,
    logLevel: "silent",
  });
  return { meta: metafile, outdir };
}

/** What is downloaded with the entry and with the pieces that hold a file whose path ends in one of `chosen`. */
export async function downloaded(folder: string, name: ProgramName, chosen: readonly string[]): Promise<number> {
  const { meta } = await pieces(folder, name);
  const wanted = new Set<string>();
  const visit = (output: string): void => {
    if (wanted.has(output)) return;
    wanted.add(output);
    for (const { path, kind } of meta.outputs[output].imports) if (kind === "import-statement") visit(path);
  };
  for (const [output, { entryPoint }] of Object.entries(meta.outputs)) {
    if (entryPoint === `${name}.js` || chosen.some((ending) => entryPoint?.endsWith(ending))) visit(output);
  }
  const texts = await Promise.all([...wanted].map((output) => readFile(join(folder, output))));
  return texts.reduce((total, text) => total + gzipSync(text, { level: 9 }).length, 0) / 1000;
}

/** Names of the pieces that hold gpu.js, and of the files that say so in what vite wrote. */
export async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || !file.name.endsWith(".js")) continue;
    if ((await readFile(join(file.parentPath, file.name), "utf8")).includes(text)) found.push(file.name);
  }
  return found;
}
