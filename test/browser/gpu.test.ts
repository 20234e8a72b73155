/**
 * The gpu device in a real browser: WebGPU and WebGL2 of a headless Chromium, both rendered in software. Skipped where
 * there is no Chromium, but not in CI.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runs } from "../arbitraries.ts";
import { type OpenPage, openPage, skipped } from "./chromium.ts";
import type { PageFunctions } from "./page.ts";

describe.skipIf(skipped !== "").each(["webgpu", "webgl2"] as const)(`gpu:%s in Chromium${skipped}`, (mode) => {
  let opened: OpenPage;
  beforeAll(async () => {
    opened = await openPage(fileURLToPath(new URL("page.ts", import.meta.url)));
  });
  afterAll(() => opened?.close());

  /** Calls one of the page's functions there. */
  function call<Name extends keyof PageFunctions>(
    name: Name,
    ...values: Parameters<PageFunctions[Name]>
  ): Promise<Awaited<ReturnType<PageFunctions[Name]>>> {
    return opened.page.evaluate(`hardbatch.${name}(...${JSON.stringify(values)})`);
  }

  test("keeps the laws of a device, and it is that mode which ran", async () => {
    const { numRuns } = runs(1);
    // WebGL2 compiles slowly, and its shaders are those of the same processor.
    const nonFinite = mode === "webgpu" || numRuns > 1;
    const { failures, count, dispatches, draws } = await call("laws", mode, numRuns, nonFinite);
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(70);
    if (mode === "webgpu") expect([dispatches > 1000, draws]).toEqual([true, 0]);
    else expect([dispatches, draws > 1000]).toEqual([0, true]);
  });

  test("would not pass with answers a little off", async () => {
    expect(await call("lawsOfSpoilt", mode)).toEqual([
      "add agrees with its definition",
      "matmul agrees with its definition",
      "sum over rows agrees with its definition",
      "gather agrees with its definition",
    ]);
  });

  test("trains as js does", async () => {
    const run = await call("training", mode);
    expect(run.difference).toBe("none");
    expect(run.description).toContain(`gpu.js ${mode}`);
  });

  test.runIf(mode === "webgpu")("has gpu:webasm beside it, which trains as js does, too", async () => {
    const run = await call("training", "webasm");
    expect(run.difference).toBe("none");
    expect(run.description).toContain("gpu.js webasm");
  });

  test("answers steps that were sent ahead, where it takes them, as those that were awaited", async () => {
    const { answer, submissions } = await call("ahead", mode, mode === "webgpu" ? [3, 4, 2] : [3, 2], 4);
    if (mode === "webgl2") expect(answer).toBe("one by one");
    else expect({ answer, submissions }).toEqual({ answer: "the same", submissions: [12, 1] });
  });

  test.runIf(mode === "webgpu")("answers them also where more is sent than goes into one buffer", async () => {
    const { answer, submissions } = await call("ahead", mode, [3, 200, 2], 128);
    expect({ answer, submissions }).toEqual({ answer: "the same", submissions: [12, 1] });
  });

  test.each(["epoch", "batch"])("trains the same whether steps are sent ahead or not, refresh %s", async (refresh) => {
    const { same, sent } = await call("trainingAhead", mode, refresh);
    expect(same).toBe(true);
    // Six epochs of six steps, two of them warming up.
    const drawn = refresh === "epoch" ? [6] : [1, 1, 1, 1, 1, 1];
    expect(sent).toEqual(mode === "webgpu" ? [6, 6, ...drawn, ...drawn, ...drawn, ...drawn] : []);
  });

  test("passes its self-test", async () => {
    const { reason, facts } = await call("probe", mode);
    expect(reason).toBe("");
    expect(facts["NaN of arithmetic kept"]).toBe(true);
  });

  test("folds matrices that are larger than a texture or a dispatch", async () => {
    expect(await call("large", mode)).toEqual([]);
  });

  test("holds as many buffers and textures after a thousand steps, and after each compile and dispose", async () => {
    const { loss, afterFirst, afterAll, rounds, ofTwo } = await call("memory", mode, 1000);
    expect(loss).toBeGreaterThan(0);
    expect(afterAll).toBe(afterFirst);
    expect(new Set(rounds)).toEqual(new Set([rounds[0]]));
    expect(ofTwo).toBeGreaterThan(rounds[0]); // the count does count
  });

  test.runIf(mode === "webgpu")("does not keep to itself what the device refuses", async () => {
    const answers = await call("refusing");
    expect(answers.filter((answer) => answer !== "fine")).toEqual([
      expect.stringContaining("gpu:webgpu: the device refused some work"),
    ]);
    expect(answers[2]).toBe("fine");
  });

  test("tells of a lost device with the last known weights, and compiles anew", async () => {
    const { name, message, kept, next } = await call("losing", mode);
    expect(message).toContain(`gpu:${mode}: the device was lost`);
    expect({ name, kept, next }).toEqual({ name: "DeviceLostError", kept: true, next: true });
  });

  test.runIf(mode === "webgpu")(
    "tells of a device lost with an epoch's steps on their way, weights and all",
    async () => {
      const { weights, ...rest } = await call("losingAhead");
      expect(rest).toEqual({ name: "DeviceLostError", kept: true, unhandled: [] });
      expect(weights).toBeGreaterThan(0);
    },
  );
});
