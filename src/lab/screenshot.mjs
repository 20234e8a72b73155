/**
 * Takes the picture of the README, docs/lab.png: the default run at its end. Needs the page (`npm run build:lab`) and a
 * Chromium.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { pageFolder, portOf, servePage } from "../../dist/src/cli/lab.js";

const executablePath = [process.env.HARDBATCH_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path && existsSync(path),
);
if (!executablePath) throw new Error("no Chromium: install it or set HARDBATCH_CHROMIUM");
const server = await servePage(pageFolder, 0);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`http://127.0.0.1:${portOf(server)}/`);
  await page.getByText(/After 40 of 40 epochs/).waitFor({ timeout: 120_000 });
  await page.locator("#grid-right").click({ position: { x: 60, y: 40 } });
  await page.getByText("Why its weight").waitFor();
  await page.screenshot({ path: fileURLToPath(new URL("../../docs/lab.png", import.meta.url)) });
} finally {
  await browser.close();
  server.close();
}
