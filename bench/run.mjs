/**
 * Runs benchmarks: `npm run bench` all of them one after another, `npm run bench -- sampler --flag` one with its own flags.
 * Bundles each with esbuild, as Node 20 does not read TypeScript.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL(".", import.meta.url));
const output = fileURLToPath(new URL("../dist/bench/", import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -".ts".length));
/** No benchmarks: pages made of figures. */
const notAmongAll = ["docs", "verdict"];
const [name, ...flags] = process.argv.slice(2);
if (name !== undefined && !names.includes(name)) {
  console.error(`bench ${name}: expected one of ${names.join(", ")}`);
  process.exit(2);
}

for (const benchmark of name === undefined ? names.filter((name) => !notAmongAll.includes(name)) : [name]) {
  await build({
    entryPoints: [`${folder}${benchmark}.ts`],
    outfile: `${output}${benchmark}.js`,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  console.log(`== ${benchmark}`);
  const { status } = spawnSync(process.execPath, [`${output}${benchmark}.js`, ...flags], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
