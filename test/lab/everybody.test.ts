/**
 * The built page for everybody: seen and worked in any way, on a phone, without a network, without WebAssembly, and
 * small. Skipped with a message where there is no Chromium.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printAddress } from "../../src/lab/address.ts";
import { defaultState } from "../../src/lab/state.ts";
import { skipped } from "../browser/chromium.ts";
import { arff, xml } from "./own-file.ts";
import { done, small } from "./small.ts";
import { openSite, type Site } from "./visiting.ts";

describe.skipIf(skipped !== "")(`the page for everybody${skipped}`, () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  });

  afterAll(() => site?.close());

  /** Bytes that are downloaded of these files. */
  async function packed(names: Iterable<string>): Promise<number> {
    const sizes = [...new Set(names)].map(async (name) => gzipSync(await readFile(join(site.folder, name))).length);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  test("is at most 130 kB in gzip until its first run is over; readers and gpu come when they are asked for", async () => {
    site.asked.length = 0;
    const { page, context } = await site.visit({ ...small, backend: "auto" });
    await page.getByText(done).waitFor();
    const first = [...site.asked];
    expect(first).toContain("page.js");
    expect(first).toContain("worker.js");
    expect(first.filter((name) => /^(gpu|readers|js|modes|trace)-/.test(name))).toEqual([]);
    expect(await packed(first)).toBeLessThanOrEqual(130_000);
    const file = (name: string, text: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
    const files = [file("own.arff", arff(["a", "b"])), file("own.xml", xml(["a", "b"]))];
    await page.locator("input[type=file]").setInputFiles(files);
    await page.getByText(/2 features, 2 labels/).waitFor();
    expect(site.asked.filter((name) => name.startsWith("readers-"))).toHaveLength(1);
    const all = (await readdir(site.folder)).filter((name) => !name.startsWith("gpu-"));
    expect(await packed(all)).toBeLessThanOrEqual(180_000);
    await context.close();
  });

  test.each(["light", "dark"] as const)("has no fault that axe finds, %s", async (colorScheme) => {
    const { page, context } = await site.visit(small, { colorScheme });
    await page.getByText(done).waitFor();
    await page.getByRole("button", { name: "tables" }).click();
    await page.locator("#grid-right").focus();
    await page.keyboard.press("End");
    // The policy of the page allows no script of others; the check has a world of its own.
    const session = await context.newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
    await session.send("Runtime.evaluate", { contextId: executionContextId, expression: axe.source });
    const { result } = await session.send("Runtime.evaluate", {
      contextId: executionContextId,
      expression:
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html).join(' | ')))",
      awaitPromise: true,
      returnByValue: true,
    });
    expect(result.value).toEqual([]);
    await context.close();
  });

  test("can be walked by keyboard alone", async () => {
    const { page, context } = await site.visit(small, { reducedMotion: "reduce" });
    await page.getByText("epoch 0, batch 0").waitFor();
    const places = page.locator("button:visible:enabled, select:visible, input:visible:enabled, canvas");
    const wanted = await places.count();
    const met = new Set<string>();
    for (let press = 0; press < wanted + 10; press++) {
      await page.keyboard.press("Tab");
      const place = await page.evaluate(() => {
        const own = document.activeElement;
        return own && own !== document.body ? String([...document.querySelectorAll("*")].indexOf(own)) : "";
      });
      if (place !== "") met.add(place);
    }
    expect(met.size).toBeGreaterThanOrEqual(wanted);
    await context.close();
  });

  test("fits a phone of 360 pixels, one chart at a time", async () => {
    const { page, context } = await site.visit(small, { viewport: { width: 360, height: 780 }, hasTouch: true });
    await page.getByText(done).waitFor();
    await page.locator("#grid-left").tap({ position: { x: 20, y: 20 } });
    await page.getByText(/^Why its weight/).waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expect.poll(() => page.locator("figure.chart:visible").count()).toBe(1);
    const first = await page.locator("figure.chart:visible").innerText();
    await page.getByRole("button", { name: "next chart" }).click();
    // The page is drawn in the next frame.
    await expect.poll(() => page.locator("figure.chart:visible").innerText()).not.toBe(first);
    await context.close();
  });

  test("works offline after it was asked to, isolated, and without going round in circles", async () => {
    const { page, context, complaints } = await site.visit(small);
    await page.getByText(done).waitFor();
    await page.getByRole("button", { name: /offline use/ }).click();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null && crossOriginIsolated);
    await context.setOffline(true);
    await page.reload();
    await page.getByText(done).waitFor();
    await page.getByRole("button", { name: /offline use/ }).click();
    await page.getByText("The page works offline, and may use all cores.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("takes all cores where it is isolated and asked to, and says how many", async () => {
    // A net of some size: a very small one runs on one thread whatever is asked.
    const { page, context } = await site.visit({ ...defaultState, shared: { ...defaultState.shared, epochs: 2 } });
    const over = page.getByText(/After 2 of 2 epochs/);
    await over.waitFor();
    await page.getByRole("button", { name: /offline use/ }).click();
    await page.waitForFunction(() => crossOriginIsolated);
    await over.waitFor();
    await page.getByLabel("runs on").selectOption("threads");
    const several = await page.evaluate(() => navigator.hardwareConcurrency > 1);
    await page
      .getByText(several ? /wasm .*, \d+ threads/ : /wasm .*, 1 thread/)
      .first()
      .waitFor();
    await over.waitFor();
    await context.close();
  });

  test("gpu, where there is none, is answered with the reason; gpu.js is not fetched, and wasm runs again", async () => {
    const { page, context } = await site.visit(small);
    await page.getByText(done).waitFor();
    site.asked.length = 0;
    await page.getByLabel("runs on").selectOption("gpu");
    await page.getByText(/no graphics processor can be used here/).waitFor();
    expect(site.asked.length).toBeGreaterThan(0);
    // gpu.js by itself is some 170 kB.
    expect(await packed(site.asked)).toBeLessThan(100_000);
    await page.getByLabel("runs on").selectOption("wasm");
    await page.getByText(done).waitFor();
    await context.close();
  });

  test("runs on js, and says so, where its policy forbids WebAssembly", async () => {
    const context = await site.browser.newContext({ reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.route("**/*", async (route) => {
      const response = await route.fetch();
      const policy = "default-src 'self'";
      await route.fulfill({ response, headers: { ...response.headers(), "Content-Security-Policy": policy } });
    });
    await page.goto(site.address + printAddress({ ...small, backend: "auto" }));
    await page.getByText("epoch 0, batch 0").waitFor();
    await expect.poll(() => page.locator(".runs span").textContent()).toMatch(/^js/);
    await context.close();
  });
});
