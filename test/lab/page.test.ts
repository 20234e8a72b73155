/**
 * The built page in a real browser: what a visitor sees, does and drops on it. Skipped with a message where there is no
 * Chromium.
 */
import { execFileSync } from "node:child_process";
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import fc from "fast-check";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pageFolder, portOf, servePage } from "../../src/cli/lab.ts";
import { configure, createBackend, parseSynthetic, prepare, train } from "../../src/index.ts";
import { parseAddress, printAddress } from "../../src/lab/address.ts";
import { type LabState, settingsOf } from "../../src/lab/state.ts";
import { runs } from "../arbitraries.ts";
import { chromiumPath } from "../browser/chromium.ts";
import { arff, hostile, xml } from "./own-file.ts";
import { done, small } from "./small.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(chromiumPath === undefined)("the page (skipped: no Chromium)", () => {
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    execFileSync(process.execPath, ["src/lab/build.mjs"], { cwd: root });
    server = await servePage(`${root}dist/lab/`, 0);
    address = `http://127.0.0.1:${portOf(server)}/`;
    browser = await chromium.launch({
      ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
      args: ["--no-sandbox", "--disable-background-networking"],
    });
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  interface Visit {
    readonly page: Page;
    readonly context: BrowserContext;
    readonly complaints: string[];
  }

  async function visit(state: LabState | string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Visit> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(address + (typeof state === "string" ? state : printAddress(state)));
    return { page, context, complaints };
  }

  const labWork = (page: Page): Promise<{ messages: number; frames: number; cells: number }> =>
    page.evaluate("window.labWork");

  test("is the page that the command serves", () => {
    expect(pageFolder.endsWith("lab/")).toBe(true);
  });

  test("runs when it is opened, says what is to be seen, and computes what the library computes", async () => {
    const { page, context, complaints } = await visit(small);
    await page.getByText(done).waitFor();
    await page.getByRole("button", { name: "tables" }).click();
    const shown = await page
      .locator("tbody tr")
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll("td")].slice(0, 2).map((cell) => cell.textContent)),
      );
    const data = prepare(parseSynthetic(small.data, 1), { seed: 1, dropLabelsAtMost: 0 });
    const curves: string[][] = [];
    for (const lane of [0, 1] as const) {
      let epoch = 0;
      for await (const event of train(configure(data, await createBackend("js"), settingsOf(small, lane)))) {
        if (event.kind !== "epoch") continue;
        curves[epoch] ??= [];
        curves[epoch++][lane] = (event.validation?.macroAuc ?? Number.NaN).toFixed(4);
      }
    }
    expect(shown).toEqual(curves);
    await expect(page.locator(".runs span").textContent()).resolves.toBe("js float32");
    const { cells, frames, messages } = await labWork(page);
    // Each row is painted once in each lane; no more messages than steps, no more frames than messages and looks.
    expect(cells).toBe(2 * data.rows.training.length);
    expect(messages).toBeLessThanOrEqual(2 + 4 * Math.ceil(data.rows.training.length / 32));
    expect(frames).toBeLessThanOrEqual(messages + 20);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("goes on by one batch and by one epoch, looks back, and fills a row's numbers into the formula", async () => {
    const { page, context, complaints } = await visit(small, { reducedMotion: "reduce" });
    await page.getByText("epoch 0, batch 0").waitFor();
    await page.getByRole("button", { name: "one batch" }).click();
    await page.getByText("epoch 0, batch 1").waitFor();
    await page.getByRole("button", { name: "one epoch" }).click();
    await page.getByText("epoch 1, batch 0").waitFor();
    await page.locator("#grid-right").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.getByText(/^z = w l = \d/).waitFor();
    await page.getByText(/^Why its weight/).waitFor();
    const text = await page.locator(".formula.lane-2").innerText();
    const [, w, l, z] = /z = w l = ([\d.]+) × ([\d.]+) = ([\d.]+)/.exec(text) ?? [];
    expect(Math.abs(Number(w) * Number(l) - Number(z))).toBeLessThan(2e-4);
    await page.getByRole("slider").fill("0");
    await page.getByText("back at epoch 0").waitFor();
    await page.keyboard.press("Escape");
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("refuses a bad address with the reason, and shows its default", async () => {
    const { page, context } = await visit("#v=1&data=synthetic:noise=2000", { reducedMotion: "reduce" });
    await page.getByRole("alert").waitFor();
    await expect(page.getByRole("alert").textContent()).resolves.toMatch(/noise=2000: expected a number from 0 to 0.5/);
    await page.getByText(/Two runs from the same weights/).waitFor();
    await context.close();
  });

  test("goes back to the state before, and hides what the address hides", async () => {
    const { page, context } = await visit({ ...small, hidden: ["export", "model"] }, { reducedMotion: "reduce" });
    await page.getByText("epoch 0, batch 0").waitFor();
    expect(await page.getByText("copy link").count()).toBe(0);
    expect(await page.getByText("model and loop").count()).toBe(0);
    const before = page.url();
    await page.locator(".looks select").nth(1).selectOption("value");
    expect(page.url()).not.toBe(before);
    await page.goBack();
    expect(page.url()).toBe(before);
    await expect(page.locator(".looks select").nth(1).inputValue()).resolves.toBe("label");
    await context.close();
  });

  test("asks before a preset runs, then reveals", async () => {
    const { page, context } = await visit(small, { reducedMotion: "reduce" });
    await page.getByLabel("preset").selectOption("nothing");
    await page.getByRole("button", { name: "no difference" }).click();
    await page.getByText(/of 1 guesses right/).waitFor({ timeout: 60_000 });
    await context.close();
  });

  test("trains on a file of its visitor, whose names stay text; errors have line and column", async () => {
    const { page, context, complaints } = await visit(
      { ...small, shared: { ...small.shared, epochs: 2 } },
      { reducedMotion: "reduce" },
    );
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const names = ["good", hostile];
    const file = (name: string, text: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
    await page.locator("input[type=file]").setInputFiles([file("own.arff", arff(names)), file("own.xml", xml(names))]);
    await page
      .getByText("36 training rows")
      .or(page.getByText(/training rows, \d+ validation rows, 2 features, 2 labels/))
      .waitFor();
    await page.getByRole("button", { name: "one epoch" }).click();
    await page.getByText(/After 1 of 2 epochs/).waitFor();
    await page.locator("#grid-left").focus();
    await page.keyboard.press("Home");
    await page.getByText(/^labels: .*<img src=x onerror=alert\(1\)>/).waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    await page
      .locator("input[type=file]")
      .setInputFiles([file("bad.arff", `${arff(names)}1,2\n`), file("bad.xml", xml(names))]);
    await page.getByRole("alert").waitFor();
    await expect(page.getByRole("alert").textContent()).resolves.toMatch(/bad\.arff:\d+:\d+/);
    expect(requests.filter((url) => !url.startsWith(address) && !url.startsWith("blob:"))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each(["light", "dark"] as const)("has no fault that axe finds, %s", async (colorScheme) => {
    const { page, context } = await visit(small, { colorScheme });
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
    const { page, context } = await visit(small, { reducedMotion: "reduce" });
    await page.getByText("epoch 0, batch 0").waitFor();
    const wanted = await page.locator("button:visible:enabled, select:visible, input:visible:enabled, canvas").count();
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
    const { page, context } = await visit(small, { viewport: { width: 360, height: 780 }, hasTouch: true });
    await page.getByText(done).waitFor();
    await page.locator("#grid-left").tap({ position: { x: 20, y: 20 } });
    await page.getByText(/^Why its weight/).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await page.locator("figure.chart:visible").count()).toBe(1);
    const first = await page.locator("figure.chart:visible").innerText();
    await page.getByRole("button", { name: "next chart" }).click();
    // The page is drawn in the next frame.
    await expect.poll(() => page.locator("figure.chart:visible").innerText()).not.toBe(first);
    await context.close();
  });

  test("works offline after it was asked to, isolated, and without going round in circles", async () => {
    const { page, context, complaints } = await visit(small);
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

  test("runs on js, and says so, where its policy forbids WebAssembly", async () => {
    const context = await browser.newContext({ reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.route("**/*", async (route) => {
      const response = await route.fetch();
      const policy = "default-src 'self'";
      await route.fulfill({ response, headers: { ...response.headers(), "Content-Security-Policy": policy } });
    });
    await page.goto(address + printAddress({ ...small, backend: "auto" }));
    await page.getByText("epoch 0, batch 0").waitFor();
    await expect(page.locator(".runs span").textContent()).resolves.toMatch(/^js/);
    await context.close();
  });

  test("whatever is clicked, the address gives the same state back and the lanes stay in step", async () => {
    const { page, context, complaints } = await visit(small, { reducedMotion: "reduce" });
    await page.getByText("epoch 0, batch 0").waitFor();
    // In one go: a run may end, and its buttons with it, between a look at the button and a click on it.
    const click = (name: string) => (): Promise<void> =>
      page.getByRole("button", { name, exact: true }).evaluate((button) => {
        if (button instanceof HTMLElement) button.click();
      });
    const choose = (place: string, value: string) => (): Promise<unknown> => page.locator(place).selectOption(value);
    const colour = ".looks label:nth-of-type(1) select";
    const clicks = {
      batch: click("one batch"),
      epoch: click("one epoch"),
      again: click("start again"),
      tables: click("tables"),
      byLoss: choose(colour, "loss"),
      byIndex: choose(colour, "index"),
      byValue: choose(".looks label:nth-of-type(2) select", "value"),
      steps: choose(".bar select", "steps"),
    };
    const names = fc.constantFrom(...Object.keys(clicks).filter((key): key is keyof typeof clicks => key in clicks));
    await fc.assert(
      fc.asyncProperty(fc.array(names, { minLength: 1, maxLength: 6 }), async (sequence) => {
        for (const name of sequence) await clicks[name]();
        await page.waitForFunction("window.labWork.frames > 0");
        const hash = new URL(page.url()).hash;
        expect(printAddress(parseAddress(hash))).toBe(hash);
        const titles = await page.locator(".lane figcaption").allInnerTexts();
        expect(titles.map((title) => title.trim())).toEqual(["uniform", "adaptive"]);
      }),
      runs(4),
    );
    expect(complaints).toEqual([]);
    await context.close();
  });
});
