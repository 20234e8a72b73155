/**
 * The wasm device in a headless Chromium: with threads on a page that is isolated from other origins, alone on one that
 * is not.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runs } from "../arbitraries.ts";
import { type OpenPage, openPage, skipped } from "./chromium.ts";
import type { WasmPage } from "./wasm-page.ts";

describe.skipIf(skipped !== "")(`wasm in Chromium${skipped}`, () => {
  let opened: OpenPage;
  beforeAll(async () => {
    opened = await openPage(fileURLToPath(new URL("wasm-page.ts", import.meta.url)));
  });
  afterAll(() => opened?.close());

  function call<Name extends keyof WasmPage>(
    name: Name,
    ...values: Parameters<WasmPage[Name]>
  ): Promise<Awaited<ReturnType<WasmPage[Name]>>> {
    return opened.page.evaluate(`hardbatch.${name}(...${JSON.stringify(values)})`);
  }

  test("takes the machine's threads, as its page is isolated from other origins", async () => {
    const found = await call("product");
    expect(found).toMatchObject({ isolated: true, result: 300 });
    expect(found.description).toMatch(new RegExp(`, ${found.threads} threads?$`));
  });

  test("keeps the laws of a device on one thread", async () => {
    expect(await call("laws", 1, runs(2).numRuns)).toEqual([]);
  });

  test("keeps them on two, though the main thread of a page can't sleep", async () => {
    expect(await call("laws", 2, runs(1).numRuns)).toEqual([]);
  });

  test("takes one thread on a page that is not isolated, and refuses two", async () => {
    const { page } = opened;
    await page.route("**/*", async (route) => {
      const response = await route.fetch();
      const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith("cross-origin-"));
      await route.fulfill({ response, headers: Object.fromEntries(headers) });
    });
    await page.reload();
    const found = await call("product");
    expect(found).toMatchObject({ isolated: false, result: 300 });
    expect(found.description).toMatch(/^wasm (relaxed-)?simd, 1 thread$/);
    expect(await call("refusal")).toMatch(/not cross-origin isolated.*ask for 1/);
  });
});
