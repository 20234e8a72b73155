/**
 * Compiles the kernels twice, with plain and with relaxed SIMD, and writes the bytes into a TypeScript module, so that nothing
 * is fetched at run time. Run by `npm run build`; `generated/` holds everything that it writes.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { tiles } from "./tiles.mjs";
import { translate } from "./translate.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const generated = `${folder}generated`;

async function compile(features) {
  const output = `${generated}/kernels.wasm`;
  const { error, stderr } = await asc.main([
    `${folder}program.ts`,
    "--outFile",
    output,
    "-O3",
    "--noAssert",
    "--disableWarning",
    "201",
    "--runtime",
    "stub",
    "--transform",
    `${folder}inline.mjs`,
    "--importMemory",
    "--sharedMemory",
    "--initialMemory",
    "1",
    "--maximumMemory",
    "65536",
    ...["simd", "threads", "bulk-memory", ...features].flatMap((feature) => ["--enable", feature]),
  ]);
  const complaints = stderr.toString();
  if (error || complaints) throw new Error(`wasm kernels: ${error?.message ?? "warnings"}\n${complaints}`);
  return readFile(output);
}

/** Where the module says whether its memory is shared: after the import of `env.memory` and the kind of import. */
const flagAt = (bytes) => bytes.indexOf("\x03env\x06memory\x02", "latin1") + 12;

await mkdir(generated, { recursive: true });
const { names, source } = translate(await readFile(`${folder}../scalar.ts`, "utf8"));
await writeFile(`${generated}/spans.ts`, source);
await writeFile(`${generated}/tiles.ts`, tiles());
const plain = await compile([]);
const relaxed = await compile(["relaxed-simd"]);
for (const bytes of [plain, relaxed])
  if (bytes[flagAt(bytes)] !== 3) throw new Error("wasm kernels: no import of shared memory");
const base64 = (bytes) => JSON.stringify(bytes.toString("base64"));
await writeFile(
  `${generated}/module.ts`,
  [
    "/** Written by the build: the compiled kernels in base 64, and the scalar functions in the order of their numbers. */",
    `export const plain =\n  ${base64(plain)};`,
    `export const relaxed =\n  ${base64(relaxed)};`,
    `export const memoryFlagAt = { plain: ${flagAt(plain)}, relaxed: ${flagAt(relaxed)} };`,
    `export const scalars: readonly string[] = ${JSON.stringify(names)};`,
    "",
  ].join("\n"),
);
console.log(`wasm kernels: ${plain.length} bytes plain, ${relaxed.length} relaxed`);
