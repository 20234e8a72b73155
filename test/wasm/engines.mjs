/**
 * The tests of the wasm device on other versions of Node, whose binaries come from the npm package `node`, with relaxed SIMD
 * demanded: `node test/wasm/engines.mjs` runs 22 and 24, `node test/wasm/engines.mjs 24` that one. Needs the npm registry once.
 * Ends with a line for each version and exits with 1 where one of them failed.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ["22", "24"];
const env = { ...process.env, HARDBATCH_SIMD: "relaxed" };

const results = versions.map((version) => {
  const command = ["--yes", `node@${version}`, "node_modules/vitest/vitest.mjs", "run", "test/wasm"];
  const started = performance.now();
  const { status, error } = spawnSync("npx", command, {
    cwd: root,
    env,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  return { version, passed: status === 0, seconds, reason: error?.message ?? `exit ${status}` };
});
for (const { version, passed, seconds, reason } of results) {
  console.log(`wasm on Node ${version}: ${passed ? "passed" : `failed (${reason})`}, ${seconds} s`);
}
if (results.some(({ passed }) => !passed)) process.exitCode = 1;
