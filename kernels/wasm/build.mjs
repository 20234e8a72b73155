/**
 * Compiles the kernels twice, with plain and with relaxed SIMD, and writes the bytes of each into a TypeScript module
 * of its own, so that nothing is fetched at run time but the one that is used. Run by `npm run build`, and quick where
 * nothing changed; `generated/` holds everything that it writes.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";

const folder = fileURLToPath(new URL(".", import.meta.url));
const generated = `${folder}generated`;
const target = `${generated}/module.ts`;
/** What src/backends/wasm/module.ts takes from the kernels. */
const calledByHost = ["run", "initialize", "work", "allFinite", "drawAhead", "finishAhead"];

/** Whole or not at all, as builds may overlap. */
async function write(path, content) {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, content);
  await rename(draft, path);
}

/** A digest of everything that the output depends on. */
async function digestOfSources() {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  const compiler = await readFile(new URL("../../node_modules/assemblyscript/package.json", import.meta.url));
  const hash = createHash("sha256").update(compiler);
  for (const name of [...names.sort(), "../scalar.ts", "../noise-constants.ts"])
    hash.update(name).update(await readFile(folder + name));
  return hash.digest("hex");
}

async function compile(source, name, features, called) {
  const { default: asc } = await import("assemblyscript/asc");
  const output = `${generated}/${name}.${process.pid}.wasm`;
  const { error, stderr } = await asc.main([
    `${folder}${source}.ts`,
    ...["--outFile", output, "-O3", "--noAssert", "--debug", "--runtime", "stub"],
    // constantsAt of records.ts.
    ...["--memoryBase", "2048"],
    ...["--transform", `${folder}inline.mjs`],
    // Addresses are of 32 bits here: AS201 warns that this would not hold elsewhere.
    ...["--disableWarning", "201"],
    ...["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"],
    ...["simd", "threads", "bulk-memory", ...features].flatMap((feature) => ["--enable", feature]),
  ]);
  const complaints = stderr.toString();
  if (error || complaints) throw new Error(`wasm kernels: ${error?.message ?? "warnings"}\n${complaints}`);
  const { bytes, names } = await strip(await readFile(output), called);
  await rm(output);
  await write(`${generated}/${name}.wasm`, bytes);
  // A profile knows functions by their numbers only.
  await write(`${generated}/${name}.names.json`, JSON.stringify(names));
  return bytes;
}

/**
 * The module without names and with these exports alone: the others only kept the compiler from melting a loop into its
 * caller. With it the names of its functions, the host's first.
 */
async function strip(compiled, called) {
  const { default: binaryen } = await import("assemblyscript/binaryen");
  const module = binaryen.readBinary(compiled);
  module.setFeatures(binaryen.Features.All);
  const exported = Array.from({ length: module.getNumExports() }, (_, i) =>
    binaryen.getExportInfo(module.getExportByIndex(i)),
  );
  for (const { name } of exported) if (!called.includes(name)) module.removeExport(name);
  module.runPasses(["remove-unused-module-elements"]);
  const functions = Array.from({ length: module.getNumFunctions() }, (_, i) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(i)),
  );
  const isHosts = ({ module }) => module !== "";
  const names = [...functions.filter(isHosts), ...functions.filter((each) => !isHosts(each))].map(({ name }) => name);
  binaryen.setDebugInfo(false);
  const bytes = Buffer.from(module.emitBinary());
  module.dispose();
  return { bytes, names };
}

/** Where the module says whether its memory is shared: after the import of `env.memory` and the kind of import. */
function memoryFlag(bytes) {
  const at = bytes.indexOf("\x03env\x06memory\x02", "latin1") + 12;
  if (bytes[at] !== 3) throw new Error("wasm kernels: the module imports no shared memory");
  return at;
}

/** Compiles source for one kind of SIMD, with the tiles that fit its registers. */
async function kind(simd, tilesOf, features) {
  await write(`${generated}/tiles.ts`, tilesOf);
  const bytes = await compile("program", simd, features, calledByHost);
  // Deflated first: no packing of a page or a package finds the repetitions that base 64 hides.
  const packed = deflateSync(bytes, { level: 9, memLevel: 9 }).toString("base64");
  const about = `/** Written by the build: the kernels compiled with ${simd} SIMD (zlib, base 64). */`;
  await write(`${generated}/${simd}.ts`, `${about}\nexport const packed =\n  ${JSON.stringify(packed)};\n`);
  const probe = await compile("probe", `${simd}-probe`, features, ["probe"]);
  return { memoryFlagAt: memoryFlag(bytes), probe: probe.toString("base64") };
}

const digest = await digestOfSources();
const known = await readFile(target, "utf8").catch(() => "");
if (!known.includes(digest)) {
  const { fusions } = await import("./fusions.mjs");
  const { tiles } = await import("./tiles.mjs");
  const { translate } = await import("./translate.mjs");
  await mkdir(generated, { recursive: true });
  const { names, source } = translate(await readFile(`${folder}../scalar.ts`, "utf8"), fusions);
  await write(`${generated}/spans.ts`, source);
  const kinds = {
    plain: await kind("plain", tiles(5), []),
    relaxed: await kind("relaxed", tiles(6), ["relaxed-simd"]),
  };
  await write(
    target,
    [
      "/** Written by the build: the compiled modules' facts, the scalar functions and fusions in the order of their numbers. */",
      'import type { Fusion } from "../fusion.ts";',
      `// From sources ${digest}`,
      `export const kinds = ${JSON.stringify(kinds)};`,
      `export const scalars: readonly string[] = ${JSON.stringify(names)};`,
      `export const fusions: readonly Fusion[] = ${JSON.stringify(fusions)};`,
      "",
    ].join("\n"),
  );
}
