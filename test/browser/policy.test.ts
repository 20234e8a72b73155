/**
 * Devices in a headless Chromium under content security policies, as docs/browser.md says: what runs, or the directive
 * that is missing.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pageWorker } from "../../src/backends/wasm/worker-program.ts";
import { type OpenPage, openPage, skipped } from "./chromium.ts";

const wasm = "script-src 'self' 'wasm-unsafe-eval'";

describe.skipIf(skipped !== "")(`a page's policy in Chromium${skipped}`, () => {
  let opened: OpenPage;
  let policy = "";
  beforeAll(async () => {
    opened = await openPage(fileURLToPath(new URL("policy-page.ts", import.meta.url)));
    await opened.page.route("**/*", async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/wasm-worker.js") {
        const headers = { "Cross-Origin-Embedder-Policy": "require-corp" };
        return route.fulfill({ contentType: "text/javascript", body: pageWorker, headers });
      }
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": policy } });
    });
  });
  afterAll(() => opened?.close());

  async function runs(under: string, ...call: readonly unknown[]): Promise<string> {
    policy = under;
    await opened.page.reload();
    return opened.page.evaluate(`hardbatch.runs(...${JSON.stringify(call)})`);
  }

  test("that forbids WebAssembly leaves js to auto, which says why; by name it is an error", async () => {
    const reason = /forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src/;
    expect(await runs("script-src 'self'", "auto")).toMatch(/^js float32 \(wasm: /);
    expect(await runs("script-src 'self'", "auto")).toMatch(reason);
    expect(await runs("script-src 'self'", "wasm")).toMatch(reason);
    expect(await runs("script-src 'self'", "gpu:webasm")).toMatch(reason);
    expect(await runs("script-src 'self'", "js")).toBe("js float32");
  });

  test("that forbids functions from text refuses gpu:cpu alone", async () => {
    expect(await runs(wasm, "gpu:cpu")).toMatch(/add 'unsafe-eval' to its script-src/);
  });

  test("that forbids workers from blobs leaves one thread, with the reason; more are an error, or come from a script", async () => {
    const strict = `${wasm}; worker-src 'self'`;
    const reason = /forbids workers from blobs: add blob: to its worker-src/;
    const alone = await runs(strict, "auto");
    expect(alone).toMatch(/^wasm (relaxed-)?simd, 1 thread/);
    // A machine of one processor starts no worker in the first place.
    if (await opened.page.evaluate("navigator.hardwareConcurrency > 1")) expect(alone).toMatch(reason);
    expect(await runs(strict, "wasm", { threads: 2 })).toMatch(reason);
    expect(await runs(strict, "wasm", { threads: 2, workerScript: "/wasm-worker.js" })).toMatch(/simd, 2 threads$/);
    expect(await runs(strict, "wasm", { threads: 2, workerScript: "/nowhere.js" })).toMatch(
      /no worker from \/nowhere.js/,
    );
    expect(await runs(strict, "gpu:webasm")).toMatch(reason);
    expect(await runs(`${wasm}; worker-src blob:`, "wasm", { threads: 2 })).toMatch(/simd, 2 threads$/);
  });
});
