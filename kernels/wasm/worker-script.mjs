/**
 * Writes the program of the wasm device's workers as a script of its own, for pages that may not make workers from
 * text.
 */
import { writeFile } from "node:fs/promises";
import { pageWorker } from "../../dist/src/backends/wasm/worker-program.js";

const title = "/* The worker of hardbatch's wasm device, for pages that forbid workers from blobs: docs/browser.md. */";
await writeFile(new URL("../../dist/wasm-worker.js", import.meta.url), `${title}\n"use strict";${pageWorker}\n`);
