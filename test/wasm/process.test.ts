/** Whole processes: threads never keep one alive, whatever they are doing. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

/** What a process did; `code` is null where it had to be ended after some minutes. */
interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hardbatch-wasm-"));
  await build({
    entryPoints: [fileURLToPath(new URL("products.ts", import.meta.url))],
    outfile: join(folder, "products.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A script that begins with an executable of two threads that has run once. */
function outcome(script: string): Promise<Outcome> {
  const begin = 'import { executable, feeds } from "./products.mjs"; await executable.run("product", feeds);\n';
  const child = spawn(process.execPath, ["--input-type=module", "-e", begin + script], {
    cwd: folder,
    timeout: 240_000,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}

test.each([
  [
    "by itself, with workers asleep",
    "await new Promise((done) => setTimeout(done, 50)); console.log(executable.description);",
    0,
  ],
  ["by itself, with workers awake", "console.log(executable.description);", 0],
  ["by itself, after dispose", "console.log(executable.description); executable.dispose();", 0],
  ["by process.exit", "console.log(executable.description); process.exit(3);", 3],
])("a process ends %s", async (_title, script, code) => {
  const found = await outcome(script);
  expect(found.output).toMatch(/^wasm (relaxed-)?simd, 2 threads\n$/);
  expect(found.code).toBe(code);
});

test("an error in a process is its end, not a wait for workers", async () => {
  const { code, output } = await outcome('throw new Error("planned");');
  expect(output).toContain("planned");
  expect(code).toBe(1);
});
