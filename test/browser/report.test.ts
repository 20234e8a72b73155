/**
 * The report's page in a real browser: no complaint, no request, names stay text, no sideways scroll, print. Skipped
 * without one.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printHtml } from "../../src/experiment/report/print-html.ts";
import { buildReport } from "../../src/experiment/report/report.ts";
import { studyCells } from "../experiment/report/study.ts";
import { chromiumPath, patience, skipped } from "./chromium.ts";

const hostile = [
  "<script>document.title = 'broken'</script>",
  '"><img src="http://127.0.0.1:9/x" onerror="document.title=1">',
  "</style></svg></table>&lt;b&gt; \u202eright to left\u202c \u0000",
  "a-name-without-any-place-to-break-".repeat(12),
];

/** Fields of tables whose number is on two lines, or whose words touch those of the field before them. */
const brokenFields = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("td")].flatMap((field) => {
      const range = document.createRange();
      range.selectNodeContents(field);
      const own = range.getBoundingClientRect();
      const text = field.textContent ?? "";
      const tall = !field.classList.contains("l") && own.height > 30;
      const before = field.previousElementSibling;
      if (before) range.selectNodeContents(before);
      const close = before !== null && text !== "" && own.left < range.getBoundingClientRect().right + 4;
      return tall || close ? [`${before?.textContent} | ${text}`] : [];
    }),
  );

/** Rows below a name that goes on, whose first words do not stand below those of the row with the name. */
const shiftedRows = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const startOf = (field: Element): number => {
      const range = document.createRange();
      range.selectNodeContents(field);
      return range.getBoundingClientRect().left;
    };
    return [...document.querySelectorAll("td[rowspan]")].flatMap((name) => {
      const beside = name.nextElementSibling;
      const below = name.closest("tr")?.nextElementSibling?.firstElementChild;
      if (!beside?.classList.contains("l") || !below) return [];
      return Math.abs(startOf(beside) - startOf(below)) > 1 ? [`${beside.textContent} | ${below.textContent}`] : [];
    });
  });

describe.skipIf(skipped !== "")(`the report's page${skipped}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "hardbatch-report-"));
  const file = join(folder, "report.html");
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const cells = studyCells({ data: hostile, arms: ["A0", "A4", "A6", "<b>bold</b> arm"], epochs: 6 });
    writeFileSync(file, printHtml(buildReport(cells, { timings: true }), { title: hostile[0] }));
    browser = await chromium.launch({
      ...(chromiumPath && { executablePath: chromiumPath }),
      args: ["--no-sandbox"],
      timeout: patience,
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(patience);
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) =>
      complaints.push(...(request.url() === pathToFileURL(file).href ? [] : [request.url()])),
    );
    await page.goto(pathToFileURL(file).href);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("complains of nothing and asks for nothing", () => expect(complaints).toEqual([]));

  test("shows hostile names as text, and holds nothing that runs or loads", async () => {
    expect(await page.title()).toBe(hostile[0]);
    expect(await page.locator("h1").textContent()).toBe(hostile[0]);
    expect(await page.locator("script, img, iframe, link, object, embed, form, foreignObject, b").count()).toBe(0);
    const attributes = await page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((element) => element.getAttributeNames()),
    );
    expect(attributes.filter((name) => name.startsWith("on") || name === "style" || name === "src")).toEqual([]);
    expect(await page.locator("td", { hasText: hostile[0] }).count()).toBeGreaterThan(0);
  });

  test("draws every figure, named for who can't see it, with the numbers of its table", async () => {
    const figures = await page.evaluate(() =>
      [...document.querySelectorAll("figure")].map((figure) => {
        const shown = [...figure.querySelectorAll("svg[role=img]")].filter(
          (svg) => svg.getBoundingClientRect().width > 0,
        );
        return {
          names: shown.map((svg) => svg.querySelector("title")?.textContent ?? ""),
          drawn: shown.flatMap((svg) => [...svg.querySelectorAll("text")].map((text) => text.textContent ?? "")),
          table: [...figure.querySelectorAll("td")].map((field) => field.textContent ?? ""),
        };
      }),
    );
    expect(figures.length).toBeGreaterThan(20);
    for (const { names, drawn, table } of figures) {
      expect(names.length).toBeGreaterThan(0);
      expect(names).not.toContain("");
      const numbers = drawn.flatMap((text) => /^[+-]\d\.\d{4}(?= |$)/.exec(text)?.[0] ?? []);
      const plain = table.map((text) => text.replace(/^[+-]/, ""));
      for (const number of numbers) expect(plain).toContain(number.slice(1));
    }
  });

  test.each([1280, 768, 360])("at %i px nothing makes the page scroll sideways, open tables neither", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    const widths = async () =>
      page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    const [closed, visible] = await widths();
    expect(closed).toBeLessThanOrEqual(visible);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    const [open] = await widths();
    expect(open).toBeLessThanOrEqual(visible);
    expect(await brokenFields(page)).toEqual([]);
    expect(await shiftedRows(page)).toEqual([]);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("svg text")].flatMap((text) => {
        const svg = text.closest("svg[viewBox]");
        const drawn = svg?.getBoundingClientRect().width ?? 0;
        if (drawn === 0) return [];
        const size = Number.parseFloat(getComputedStyle(text).fontSize) * (drawn / Number(svg?.getAttribute("width")));
        return size < 10 ? [size] : [];
      }),
    );
    expect(small).toEqual([]);
  });

  test.each(["light", "dark"] as const)("in %s, words stand out from what is behind them", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const [ink, paper] = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body);
      return [color, backgroundColor].map((own) => (own.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
    });
    const light = (own: readonly number[]): number =>
      own
        .map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const [most, least] = [light(ink), light(paper)].sort((a, b) => b - a);
    expect((most + 0.05) / (least + 0.05)).toBeGreaterThan(7);
    expect(light(paper) > 0.5).toBe(colorScheme === "light");
  });

  test("in print the menu goes and the figures stay", async () => {
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("nav").isVisible()).toBe(false);
    expect(await page.locator("figure .wide").first().isVisible()).toBe(true);
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
    await page.emulateMedia({ media: "screen" });
  });
});
