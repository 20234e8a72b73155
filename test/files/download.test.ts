/** Files from a server of the tests: every fault that a server can have, and what is left on the disk. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { DataError, UsageError } from "../../src/errors.ts";
import { type Download, download } from "../../src/files/download.ts";
import { folder } from "../cli/run.ts";

const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(""));
const sha256 = createHash("sha256").update(content).digest("hex");

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/f`;
}

const whole: RequestListener = (_, response) => void response.end(content);
const target = (): string => join(folder(), "new", "file");
const reasonOf = (options: Download): Promise<string> =>
  download(options).then(
    () => "fetched",
    (error: unknown) => {
      expect(error).toBeInstanceOf(DataError);
      return String(error);
    },
  );

it("fetches a file whole, through redirects, and says its hash", async () => {
  const path = target();
  const url = await serve((request, response) => {
    if (request.url === "/f") response.writeHead(302, { location: "/other" }).end();
    else response.end(content);
  });
  let seen = 0;
  const progress = (bytes: number): void => {
    seen = bytes;
  };
  expect(await download({ addresses: [url], path, sha256, progress })).toEqual({
    sha256,
    bytes: content.length,
    from: url,
  });
  expect([readFileSync(path).equals(content), seen, existsSync(`${path}.part`)]).toEqual([true, content.length, false]);
});

it("a wrong hash, a wrong length: nothing is left", async () => {
  const path = target();
  const url = await serve(whole);
  expect(await reasonOf({ addresses: [url], path, sha256: "0".repeat(64) })).toMatch(
    /SHA-256 .*: expected 0000.*deleted/,
  );
  expect(await reasonOf({ addresses: [url], path, bytes: 10 })).toMatch(/more than the 10 bytes/);
  expect([existsSync(path), existsSync(join(path, "..", "file"))]).toEqual([false, false]);
});

it("goes on where a cut connection left off", async () => {
  const path = target();
  const ranges: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    ranges.push(request.headers.range);
    if (ranges.length === 1) {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 9000));
      // A connection that ends before its bytes were read takes them along.
      const clock = setInterval(() => {
        if (!existsSync(`${path}.part`) || statSync(`${path}.part`).size === 0) return;
        clearInterval(clock);
        response.destroy();
      }, 5);
      return;
    }
    const from = Number(/\d+/.exec(request.headers.range ?? "0")?.[0]);
    response.writeHead(206).end(content.subarray(from));
  });
  expect(await reasonOf({ addresses: [url], path, sha256, bytes: content.length })).toMatch(/can't be fetched/);
  expect(existsSync(path)).toBe(false);
  await download({ addresses: [url], path, sha256, bytes: content.length });
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(ranges[1]).toMatch(/^bytes=[1-9]/);
});

it("a server that knows no ranges sends all of it; a part of another file is fetched anew", async () => {
  const path = target();
  const url = await serve(whole);
  await download({ addresses: [url], path });
  writeFileSync(`${path}.part`, content.subarray(0, 100));
  await download({ addresses: [url], path, sha256 });
  expect(readFileSync(path).equals(content)).toBe(true);
  const ranged = await serve((request, response) => {
    const from = Number(/\d+/.exec(request.headers.range ?? "0")?.[0]);
    response.writeHead(from > 0 ? 206 : 200).end(content.subarray(from));
  });
  writeFileSync(`${path}.part`, "something else altogether");
  await download({ addresses: [ranged], path, sha256 });
  expect(readFileSync(path).equals(content)).toBe(true);
  writeFileSync(`${path}.part`, "x".repeat(content.length + 1));
  const short = await serve((request, response) => {
    response.writeHead(request.headers.range ? 416 : 200).end(request.headers.range ? "" : content);
  });
  await download({ addresses: [short], path, sha256 });
  expect(existsSync(`${path}.part`)).toBe(false);
});

it("mirrors in order; every reason is said", async () => {
  const path = target();
  const gone = await serve((_, response) => void response.writeHead(404).end());
  const closed = "http://127.0.0.1:9/f";
  const good = await serve(whole);
  expect((await download({ addresses: [gone, closed, good], path, sha256 })).from).toBe(good);
  const reason = await reasonOf({ addresses: [gone, closed], path: target() });
  expect(reason).toMatch(/the server answers 404 Not Found/);
  expect(reason).toMatch(/127\.0\.0\.1:9\/f: fetch failed/);
});

it("a server that says nothing more is given up", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 10));
  });
  expect(await reasonOf({ addresses: [url], path: target(), patience: 80 })).toMatch(/no data for 1 s/);
});

it("stops when it is asked to", async () => {
  const controller = new AbortController();
  const url = await serve(() => controller.abort(new Error("enough")));
  await expect(download({ addresses: [url], path: target(), signal: controller.signal })).rejects.toThrow("enough");
});

it("only the web", async () => {
  await expect(download({ addresses: ["file:///etc/passwd"], path: target() })).rejects.toThrow(UsageError);
});

it("two at a time: the second is told who is at it, and the first ends whole", async () => {
  const path = target();
  const answers: (() => void)[] = [];
  const url = await serve((_, response) => void answers.push(() => response.end(content)));
  const first = download({ addresses: [url], path, sha256 });
  await expect.poll(() => answers.length).toBe(1);
  expect(await reasonOf({ addresses: [url], path, sha256 })).toMatch(/is being fetched by process \d+ .*; wait until/);
  for (const answer of answers) answer();
  expect((await first).sha256).toBe(sha256);
  expect(existsSync(`${path}.lock`)).toBe(false);
});
