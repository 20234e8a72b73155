/**
 * Locks: one owner at a time, also among processes that are killed; what is left behind is taken over, what lives is
 * not.
 */
import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type Busy,
  type Lock,
  lockName,
  removeRemainsOfLock,
  silence,
  tryLock,
  waitForLock,
} from "../../src/files/lock.ts";
import { isRunning, thisProcess } from "../../src/files/process-identity.ts";
import { runs } from "../arbitraries.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "hardbatch-lock-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const mine = (lock: Lock | Busy): Lock => {
  if (lock.kind === "busy") throw new Error(`busy: ${lock.owner}`);
  return lock;
};

const left = (path: string, more: Readonly<Record<string, unknown>>): void =>
  writeFileSync(path, JSON.stringify({ ...thisProcess(), token: "0123456789ab", since: "yesterday", ...more }));

/** So many milliseconds ago. */
const age = (path: string, milliseconds: number): void => {
  const at = new Date(Date.now() - milliseconds);
  utimesSync(path, at, at);
};

describe("a lock", () => {
  test("has one owner, is told to others by its owner's name, and is gone after its release", async () => {
    const path = join(folder(), "x.lock");
    const lock = mine(await tryLock(path));
    expect(lock.takenOver).toBeUndefined();
    expect(await tryLock(path)).toMatchObject({
      kind: "busy",
      owner: expect.stringContaining(`process ${process.pid} on`),
    });
    expect(await lock.isMine()).toBe(true);
    await lock.release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
    await mine(await tryLock(path)).release();
  });

  test("is waited for, and no longer than asked", async () => {
    const path = join(folder(), "x.lock");
    const first = mine(await tryLock(path));
    expect((await waitForLock(path, 20)).kind).toBe("busy");
    const second = waitForLock(path, 240_000);
    await first.release();
    await mine(await second).release();
  });

  test.skipIf(process.platform !== "linux")("of a process that is gone is taken over, with a sentence", async () => {
    const path = join(folder(), "x.lock");
    for (const more of [{ pid: 2 ** 30 }, { started: "1" }, { boot: "another" }]) {
      left(path, more);
      const lock = mine(await tryLock(path));
      expect(lock.takenOver).toMatch(/^the lock of process \d+ on .* was taken over: that process is gone$/);
      await lock.release();
      expect(readdirSync(join(path, ".."))).toEqual([]);
    }
  });

  test("of another machine is left alone until it has been silent for long", async () => {
    const path = join(folder(), "x.lock");
    left(path, { host: `not ${hostname()}` });
    expect((await tryLock(path)).kind).toBe("busy");
    age(path, silence + 60_000);
    const lock = mine(await tryLock(path));
    expect(lock.takenOver).toMatch(/has given no sign for 11 minutes$/);
    await lock.release();
  });

  test("without a name, or with a broken one, is being written at first and left behind later", async () => {
    const path = join(folder(), "x.lock");
    for (const text of ["", "{", "[]", "null", '{"pid":1}', "\0".repeat(100)]) {
      writeFileSync(path, text);
      expect((await tryLock(path)).kind).toBe("busy");
      age(path, 60_000);
      await mine(await tryLock(path)).release();
    }
  });

  test("that was taken over is not removed by its former owner", async () => {
    const path = join(folder(), "x.lock");
    const lock = mine(await tryLock(path));
    left(path, {});
    expect(await lock.isMine()).toBe(false);
    await lock.release();
    expect(readFileSync(path, "utf8")).toContain("0123456789ab");
  });

  test.skipIf(process.platform !== "linux")("has no remains of those that died while they took it over", async () => {
    const place = folder();
    const path = join(place, "x.lock");
    const guard = `${path}.0123456789ab`;
    for (const name of [guard, `${guard}.ba9876543210`, `${path}.inode-17`]) left(name, { pid: 2 ** 30 });
    left(`${path}.aaaaaaaaaaaa`, {});
    left(`${path}.bbbbbbbbbbbb`, { host: `not ${hostname()}` });
    const others = ["x.lock", "x.lock.part", "y.lock.0123456789ab", "z.x.lock.0123456789ab"];
    for (const name of others) left(join(place, name), { pid: 2 ** 30 });
    await removeRemainsOfLock(path);
    const kept = ["x.lock.aaaaaaaaaaaa", "x.lock.bbbbbbbbbbbb", ...others];
    expect(readdirSync(place).sort(), "of this lock, those of processes that may live stay").toEqual(kept.sort());
  });

  test("is named by the files that belong to it", () => {
    for (const name of ["x", "x.0123456789ab", "x.inode-5.0123456789ab"]) expect(lockName(name)).toBe("x");
    for (const name of ["x.part", "x.0123456789abc", "0123456789ab"]) expect(lockName(name)).toBe(name);
  });

  test("a process knows itself", () => {
    expect(isRunning(thisProcess())).not.toBe(false);
    expect(isRunning({ ...thisProcess(), host: "elsewhere" })).toBeUndefined();
  });
});

/** Takes the lock again and again and writes begin and end of each turn into a log; the delay makes overlaps show. */
const worker = `
  const [module, path, log, turns] = process.argv.slice(1);
  const { waitForLock } = await import(module);
  const { appendFileSync } = await import("node:fs");
  for (let turn = 0; turn < Number(turns); turn++) {
    const lock = await waitForLock(path, 240000);
    if (lock.kind === "busy") throw new Error(lock.owner);
    appendFileSync(log, "begin " + process.pid + "\\n");
    await new Promise((resolve) => setTimeout(resolve, (turn * 5) % 4));
    appendFileSync(log, "end " + process.pid + "\\n");
    await lock.release();
  }
`;

describe("several processes", () => {
  test("that are killed at random: never two owners, and the others go on", async () => {
    const place = folder();
    const [path, log] = [join(place, "x.lock"), join(place, "log")];
    appendFileSync(log, "");
    const module = pathToFileURL(join(process.cwd(), "dist/src/files/lock.js")).href;
    const begin = () =>
      spawn(process.execPath, ["--input-type=module", "-e", worker, module, path, log, "25"], { stdio: "inherit" });
    const { numRuns: kills } = runs(3);
    const doomed: number[] = [];
    const workers = Array.from({ length: 4 }, () => {
      const child = begin();
      return { child, ended: new Promise<number | null>((resolve) => child.on("close", resolve)) };
    });
    for (let kill = 0; kill < kills; kill++) {
      const child = begin();
      const ended = new Promise((resolve) => child.on("close", resolve));
      await new Promise((resolve) => setTimeout(resolve, 150 + ((40 * kill) % 100)));
      child.kill("SIGKILL");
      if (child.pid !== undefined) doomed.push(child.pid);
      await ended;
    }
    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    let owner: string | undefined;
    for (const line of readFileSync(log, "utf8").trimEnd().split("\n")) {
      const [word, pid] = line.split(" ");
      if (word === "begin") {
        if (owner !== undefined) expect(doomed).toContain(Number(owner));
        owner = pid;
      } else {
        expect(pid).toBe(owner);
        owner = undefined;
      }
    }
    // A lock whose owner was killed before its name was in it counts as left behind only after some seconds.
    await mine(await waitForLock(path, 240_000)).release();
    const remains = async (): Promise<readonly string[]> => {
      await removeRemainsOfLock(path);
      return readdirSync(place);
    };
    await expect.poll(remains).toEqual(["log"]);
  });
});
