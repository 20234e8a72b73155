/** Visits to the built page in a real browser: builds the page, serves it, opens it. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { portOf, servePage } from "../../src/cli/lab.ts";
import { printAddress } from "../../src/lab/address.ts";
import type { LabState } from "../../src/lab/state.ts";
import { chromiumPath, patience } from "../browser/chromium.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the page so far. */
  readonly complaints: string[];
}

export interface Site {
  readonly browser: Browser;
  readonly address: string;
  /** The built page. */
  readonly folder: string;
  /** Names of files in the order in which they were asked for. */
  readonly asked: string[];
  /** Opens the page in that state, or at that part of an address. */
  visit(state: LabState | string, options?: Parameters<Browser["newContext"]>[0]): Promise<Visit>;
  close(): Promise<void>;
}

export async function openSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), "hardbatch-lab-"));
  execFileSync(process.execPath, ["src/lab/build.mjs", folder], { cwd: root });
  const server = await servePage(folder, 0);
  const address = `http://127.0.0.1:${portOf(server)}/`;
  const asked: string[] = [];
  server.on("request", ({ url = "/" }: { readonly url?: string }) => {
    asked.push(new URL(url, address).pathname.slice(1) || "index.html");
  });
  const browser = await chromium.launch({
    ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    args: ["--no-sandbox", "--disable-background-networking"],
    timeout: patience,
  });
  return {
    browser,
    address,
    folder,
    asked,
    async visit(state, options = {}) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      page.setDefaultTimeout(patience);
      const complaints: string[] = [];
      page.on("pageerror", ({ message }) => complaints.push(message));
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      await page.goto(address + (typeof state === "string" ? state : printAddress(state)));
      return { page, context, complaints };
    },
    async close() {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
