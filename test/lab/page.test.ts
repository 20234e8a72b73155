/**
 * The built page in a real browser: what a visitor sees, does and drops on it. Skipped with a message where there is no
 * Chromium.
 */
import fc from "fast-check";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pageFolder } from "../../src/cli/lab.ts";
import { configure, createBackend, parseSynthetic, prepare, train } from "../../src/index.ts";
import { parseAddress, printAddress } from "../../src/lab/address.ts";
import { settingsOf } from "../../src/lab/state.ts";
import { runs } from "../arbitraries.ts";
import { skipped } from "../browser/chromium.ts";
import { arff, hostile, xml } from "./own-file.ts";
import { done, small } from "./small.ts";
import { openSite, type Site } from "./visiting.ts";

describe.skipIf(skipped !== "")(`the page${skipped}`, () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  });

  afterAll(() => site?.close());

  const labWork = (page: Page): Promise<{ messages: number; frames: number; cells: number }> =>
    page.evaluate("window.labWork");

  test("is the page that the command serves", () => {
    expect(pageFolder.endsWith("lab/")).toBe(true);
  });

  test("runs when it is opened, says what is to be seen, and computes what the library computes", async () => {
    const { page, context, complaints } = await site.visit(small);
    await page.getByText(done).waitFor();
    await page.getByRole("button", { name: "tables" }).click();
    const shown = () =>
      page
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
    await expect.poll(shown).toEqual(curves);
    await expect.poll(() => page.locator(".runs span").textContent()).toBe("js float32");
    const { cells, frames, messages } = await labWork(page);
    // Each row is painted once in each lane; no more messages than steps, no more frames than messages and looks.
    expect(cells).toBe(2 * data.rows.training.length);
    expect(messages).toBeLessThanOrEqual(2 + 4 * Math.ceil(data.rows.training.length / 32));
    expect(frames).toBeLessThanOrEqual(messages + 20);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("goes on by one batch and by one epoch, looks back, and fills a row's numbers into the formula", async () => {
    const { page, context, complaints } = await site.visit(small, { reducedMotion: "reduce" });
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
    const [w, l, z] = (/z = w l = ([\d.]+) × ([\d.]+) = ([\d.]+)/.exec(text) ?? []).slice(1).map(Number);
    // Each of the three is rounded to four decimals.
    expect(Math.abs(w * l - z)).toBeLessThanOrEqual(0.5001e-4 * (w + l + 1));
    await page.getByRole("slider").fill("0");
    await page.getByText("back at epoch 0").waitFor();
    await page.keyboard.press("Escape");
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("refuses a bad address with the reason, and shows its default", async () => {
    const { page, context } = await site.visit("#v=1&data=synthetic:noise=2000", { reducedMotion: "reduce" });
    await expect
      .poll(() => page.getByRole("alert").textContent())
      .toMatch(/noise=2000: expected a number from 0 to 0.5/);
    await page.getByText(/Two runs from the same weights/).waitFor();
    await context.close();
  });

  test("goes back to the state before, and hides what the address hides", async () => {
    const { page, context } = await site.visit({ ...small, hidden: ["export", "model"] }, { reducedMotion: "reduce" });
    await page.getByText("epoch 0, batch 0").waitFor();
    expect(await page.getByText("copy link").count()).toBe(0);
    expect(await page.getByText("model and loop").count()).toBe(0);
    const order = page.locator(".looks select").nth(1);
    const before = page.url();
    await order.selectOption("value");
    // The address is known here, and the page drawn, a moment after what was done.
    await expect.poll(() => page.url()).not.toBe(before);
    await page.goBack();
    await expect.poll(() => page.url()).toBe(before);
    await expect.poll(() => order.inputValue()).toBe("label");
    // Also where the visitor has chosen both.
    for (const choice of ["value", "label"]) {
      await order.selectOption(choice);
      await page.waitForFunction((words) => location.hash.includes(words), `order=${choice}`);
    }
    await page.goBack();
    await expect.poll(() => order.inputValue()).toBe("value");
    await context.close();
  });

  test("says before a long run how long it takes, and waits; another may be begun instead", async () => {
    const long = { ...small, shared: { ...small.shared, epochs: 400_000 } };
    const { page, context, complaints } = await site.visit(long);
    await page
      .getByText(/Two runs of 400000 epochs on \d+ training rows take about \d+ (second|minute|hour)s?/)
      .waitFor();
    await expect.poll(() => page.locator("canvas").count()).toBe(0);
    await expect.poll(() => page.getByRole("button", { name: "play" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText(/After \d+ of 400000 epochs/).waitFor();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, printAddress(small));
    await page.getByText(done).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("asks before a preset runs, then reveals", async () => {
    const { page, context } = await site.visit(small, { reducedMotion: "reduce" });
    await page.getByLabel("preset").selectOption("nothing");
    await page.getByRole("button", { name: "no difference" }).click();
    await page.getByText(/of 1 guesses right/).waitFor();
    await context.close();
  });

  test("trains on a file of its visitor, whose names stay text; errors have line and column", async () => {
    const { page, context, complaints } = await site.visit(
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
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/bad\.arff:\d+:\d+/);
    expect(requests.filter((url) => !url.startsWith(site.address) && !url.startsWith("blob:"))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("whatever is clicked, the address gives the same state back and the lanes stay in step", async () => {
    const { page, context, complaints } = await site.visit(small, { reducedMotion: "reduce" });
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
        const hash = await page.evaluate(() => location.hash);
        expect(printAddress(parseAddress(hash))).toBe(hash);
        const titles = async () =>
          (await page.locator(".lane figcaption").allInnerTexts()).map((title) => title.trim());
        await expect.poll(titles).toEqual(["uniform", "adaptive"]);
      }),
      runs(4),
    );
    expect(complaints).toEqual([]);
    await context.close();
  });
});
