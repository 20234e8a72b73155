/**
 * How the lab feels in a real Chromium on this machine: time until the first epoch of its default run is on the screen,
 * times between frames while it runs, and long tasks of the page's own thread (above 50 ms). Run by
 * `npm run bench -- lab`; `--visits N` for more than five.
 */
import { loadavg } from "node:os";
import { openSite } from "../test/lab/visiting.ts";

interface Measured {
  /** Milliseconds from the start of the visit. */
  readonly first: number;
  readonly end: number;
  /** Milliseconds between two frames from the first epoch to the last. */
  readonly frames: readonly number[];
  readonly longTasks: readonly number[];
}

/** Runs in the page, before its own scripts. */
const watch = `
  const found = { frames: [], longTasks: [] };
  Object.assign(window, { measured: found });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) found.longTasks.push(duration);
  }).observe({ type: "longtask", buffered: true });
  let before;
  const look = (now) => {
    const words = document.querySelector(".sentence")?.textContent ?? "";
    if (found.first === undefined && words.startsWith("After")) found.first = performance.now();
    else if (found.first !== undefined && before !== undefined) found.frames.push(now - before);
    before = now;
    if (/^After (\\d+) of \\1 /.test(words)) found.end = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;

const at = process.argv.indexOf("--visits");
const visits = at < 0 ? 5 : Number(process.argv[at + 1]);
const load = loadavg()[0];
const site = await openSite();
try {
  const measured: Measured[] = [];
  for (let visit = 0; visit < visits; visit++) {
    // The page's policy lets nobody else run words as code, and what waits for its end does.
    const context = await site.browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
    await context.addInitScript(watch);
    const page = await context.newPage();
    await page.goto(site.address);
    await page.waitForFunction("window.measured?.end !== undefined", undefined, { timeout: 300_000 });
    measured.push(await page.evaluate("window.measured"));
    await context.close();
  }
  const all = (of: (one: Measured) => readonly number[]): readonly number[] =>
    measured.flatMap(of).sort((a, b) => a - b);
  const quantile = (values: readonly number[], share: number): string =>
    values.length === 0 ? "-" : values[Math.min(values.length - 1, Math.floor(share * values.length))].toFixed(0);
  const [first, end] = [all((one) => [one.first]), all((one) => [one.end])];
  const [frames, long] = [all((one) => one.frames), all((one) => one.longTasks)];
  console.log(
    [
      `${visits} visits, Chromium ${site.browser.version()}, load before and after ${load.toFixed(1)}, ${loadavg()[0].toFixed(1)}`,
      `first epoch on the screen after: median ${quantile(first, 0.5)} ms, longest ${quantile(first, 1)} ms`,
      `all 40 epochs after: median ${quantile(end, 0.5)} ms`,
      `between frames: median ${quantile(frames, 0.5)} ms, 95 % ${quantile(frames, 0.95)} ms, longest ${quantile(frames, 1)} ms`,
      `long tasks: ${(long.length / visits).toFixed(1)} a visit, longest ${quantile(long, 1)} ms`,
    ].join("\n"),
  );
} finally {
  await site.close();
}
