/** `hardbatch lab`: serves the built page on this machine, and nothing else. The page needs no server of its own. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { interruptible } from "./endings.ts";
import { wholeNumber } from "./options.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".map": "application/json",
};

/** The folder of the built page, in the package and in a clone. */
export const pageFolder = fileURLToPath(new URL("../../lab/", import.meta.url));

export function labCommand(): Command {
  return new Command("lab")
    .option("--port <n>", "port on this machine (0: any free one)", wholeNumber("--port", 0, 65535), 4180)
    .action(async ({ port }: { readonly port: number }) => {
      if (!existsSync(join(pageFolder, "index.html"))) {
        throw new UsageError("the page is not built: run npm run build:lab in the clone");
      }
      const server = await servePage(pageFolder, port);
      console.log(`the lab is at http://127.0.0.1:${portOf(server)}/ (Ctrl-C ends it)`);
      await interruptible(
        (signal) =>
          new Promise<void>((resolve) => {
            signal.addEventListener("abort", () => server.close(() => resolve()), { once: true });
          }),
      );
    });
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/**
 * Serves the files that lie directly in `folder`, to this machine alone.
 * @throws UsageError where the port is taken
 */
export async function servePage(folder: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname.slice(1) || "index.html";
    // Names only: no folder, and so none above.
    if (!/^[\w-]+(\.[\w-]+)+$/.test(path)) {
      response.writeHead(404).end();
      return;
    }
    readFile(join(folder, path)).then(
      (bytes) => {
        response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cache-Control", "no-cache");
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE" || error.code === "EACCES";
      reject(
        taken ? new UsageError(`--port ${port}: it is taken (${error.code}); choose another, or 0 for any`) : error,
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}
