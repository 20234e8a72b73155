/**
 * A page in a headless Chromium: bundles a TypeScript file, serves it on localhost and opens it. For tests and
 * benchmarks; the browser is the system's, nothing is downloaded.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** `HARDBATCH_CHROMIUM`, else the first of the usual places; undefined where there is none. */
export const chromiumPath: string | undefined = [
  process.env.HARDBATCH_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path && existsSync(path));

/** Why tests of pages are skipped, to stand behind their title; empty where they run. In CI they always do. */
export const skipped: string =
  chromiumPath || process.env.CI ? "" : " (skipped: no Chromium; apt-get install chromium, or set HARDBATCH_CHROMIUM)";

/** Milliseconds that a page may take to do what it was asked: a busy machine is slow, not wrong. */
export const patience = 150_000;

/** Quiet, and WebGPU wherever it can be had. */
const always = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan,WebGPU",
];

/** Renders in software, the same on every machine, or on the machine's own graphics processor. */
const renderers = {
  software: ["--use-webgpu-adapter=swiftshader", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  hardware: ["--ignore-gpu-blocklist", "--use-angle=vulkan"],
} as const;

export interface OpenPage {
  readonly page: Page;
  /** What the browser calls itself. */
  readonly version: string;
  /** Warnings and errors of the page so far. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** @param script path of the TypeScript file that the page runs */
export async function openPage(script: string, renderer: keyof typeof renderers = "software"): Promise<OpenPage> {
  if (!chromiumPath)
    throw new Error("no Chromium: install it (Debian: apt-get install chromium) or set HARDBATCH_CHROMIUM");
  const server = await serve(await bundle(script));
  const profile = await mkdtemp(join(tmpdir(), "hardbatch-chromium-"));
  let context: BrowserContext | undefined;
  const close = async (): Promise<void> => {
    await context?.close();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const args = [...always, ...renderers[renderer]];
    context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath,
      headless: true,
      args,
      timeout: patience,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${portOf(server)}/`);
    return { page, version: context.browser()?.version() ?? "unknown", complaints, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bundle(script: string): Promise<string> {
  // Names must stay: gpu.js reads kernels as text, and `keepNames` would wrap them.
  const { outputFiles } = await build({
    entryPoints: [script],
    // What only Node has is imported where Node runs, and never here.
    external: ["node:*"],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    target: "es2022",
    logLevel: "error",
    // A page has no environment.
    define: Object.fromEntries(
      ["HARDBATCH_RUNS", "HARDBATCH_SEED"].map((name) => [
        `process.env.${name}`,
        JSON.stringify(process.env[name]) ?? "undefined",
      ]),
    ),
  });
  return outputFiles[0].text;
}

/** Cross-origin isolated, so that shared memory and exact clocks are there. */
async function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    if (request.url === "/page.js") {
      response.setHeader("Content-Type", "text/javascript; charset=utf-8").end(script);
    } else if (request.url === "/") {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end("<!doctype html><title>hardbatch</title><link rel=icon href=data:,><script src=/page.js></script>");
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
