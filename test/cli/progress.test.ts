import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { duration, type Progress, startProgress } from "../../src/cli/progress.ts";
import { runs } from "../arbitraries.ts";

const clearLine = "\r\u001b[K";

/** A stream and a clock that stand still until told. */
function recorder(stream: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  const time = { now: 0 };
  const write = (text: string) => written.push(text);
  const progress = startProgress({ stream: { ...stream, write }, clock: () => time.now });
  return { time, written, progress, text: () => written.join("") };
}

/** What a terminal shows after the text: lines, of which carriage return and clearing rewrite the last. */
function screen(text: string): string {
  return text
    .split("\n")
    .map((line) => line.split(clearLine).at(-1))
    .join("\n");
}

beforeEach(() => {
  vi.stubEnv("TERM", "xterm");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("on a terminal", () => {
  test("a bar with rate, time left and label; notes stay above it; at the end it is gone", () => {
    const at = recorder({ isTTY: true, columns: 100 });
    at.progress.begin("training", 40);
    at.progress.label("fold 1");
    at.time.now = 2000;
    at.progress.advance(10);
    expect(screen(at.text())).toBe("training\n[=======                       ]   25 %  5.0/s  6.0 s left  fold 1");
    at.progress.note("epoch 1");
    expect(screen(at.text())).toBe(
      "training\nepoch 1\n[=======                       ]   25 %  5.0/s  6.0 s left  fold 1",
    );
    at.time.now = 4000;
    at.progress.advance(30);
    at.progress.end();
    at.progress.end();
    expect(screen(at.text())).toBe("training\nepoch 1\ndone in 4.0 s, 10.0/s\n");
  });

  test("is redrawn at most ten times a second", () => {
    const at = recorder({ isTTY: true });
    at.progress.begin("x", 10_000);
    const before = at.written.length;
    for (let step = 0; step < 10_000; step++) {
      at.time.now = step / 10; // one second in all
      at.progress.advance();
    }
    expect(at.written.length - before).toBeLessThanOrEqual(10);
    expect(at.written.length - before).toBeGreaterThanOrEqual(9);
  });

  test("never fills a line, however narrow the terminal and long the label", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.string(), fc.nat(10), (columns, label, done) => {
        const at = recorder({ isTTY: true, columns });
        at.progress.begin("x", 10);
        at.time.now = 1e6;
        at.progress.advance(done);
        at.progress.label(label);
        at.time.now = 2e6;
        at.progress.advance(0);
        const last = screen(at.text()).split("\n")[1];
        expect([...last].length).toBeLessThan(Math.max(columns, 2));
      }),
      runs(100),
    );
  });

  test("control characters of names are shown and not obeyed", () => {
    const at = recorder({ isTTY: true });
    at.progress.begin("a\u001b[2Jb\nc", 1);
    at.progress.note("d\re");
    expect(screen(at.text())).toMatch(/^a\\u001b\[2Jb\\nc\nd\\u000de\n/);
  });

  test("a dumb one gets lines", () => {
    vi.stubEnv("TERM", "dumb");
    const at = recorder({ isTTY: true });
    at.progress.begin("x", 2);
    at.progress.advance();
    expect(at.text()).toBe("x\n");
  });
});

describe("elsewhere", () => {
  test("a plain line every ten seconds, and no escape sequence", () => {
    const at = recorder();
    at.progress.begin("8 cells", 80);
    at.progress.label("emotions uniform");
    for (let step = 0; step < 60; step++) {
      at.time.now += 500;
      at.progress.advance();
    }
    at.progress.note("failed: one");
    at.progress.end();
    expect(at.text()).toBe(
      [
        "8 cells",
        "25 % (20 of 80), 2.0/s, 30 s left, emotions uniform",
        "50 % (40 of 80), 2.0/s, 20 s left, emotions uniform",
        "75 % (60 of 80), 2.0/s, 10 s left, emotions uniform",
        "failed: one",
        "stopped after 60 of 80, 30 s, 2.0/s",
        "",
      ].join("\n"),
    );
  });

  test("a second begin ends the first; nothing to do is only its title", () => {
    const at = recorder();
    at.progress.begin("first", 1);
    at.progress.advance();
    at.progress.begin("second", 0);
    at.progress.end();
    expect(at.text()).toBe("first\ndone in 0.0 s\nsecond\n");
  });

  test("slow work has its rate per minute or hour", () => {
    const at = recorder();
    at.progress.begin("x", 4);
    at.time.now = 30_000;
    at.progress.advance();
    at.time.now = 7_200_000;
    at.progress.advance();
    expect(at.text()).toBe("x\n25 % (1 of 4), 2.0/min, 1 min 30 s left\n50 % (2 of 4), 1.0/h, 2 h 00 min left\n");
  });
});

test("quiet writes nothing at all", () => {
  const written: string[] = [];
  const progress = startProgress({ quiet: true, stream: { isTTY: true, write: (text) => written.push(text) } });
  progress.begin("x", 3);
  progress.label("y");
  progress.advance();
  progress.note("z");
  progress.end();
  expect(written).toEqual([]);
});

test("any sequence of calls leaves whole lines and a cleared bar", () => {
  const call = fc.constantFrom<(progress: Progress) => void>(
    (progress) => progress.begin("title", 5),
    (progress) => progress.begin("nothing", 0),
    (progress) => progress.advance(),
    (progress) => progress.label("label"),
    (progress) => progress.note("note"),
    (progress) => progress.end(),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(call, fc.nat(20_000))), fc.boolean(), (calls, isTTY) => {
      const at = recorder({ isTTY });
      for (const [run, time] of calls) {
        at.time.now += time;
        run(at.progress);
      }
      at.progress.end();
      expect(screen(at.text())).toMatch(/^([^\n]+\n)*$/);
      expect(at.text()).not.toMatch(/NaN|Infinity|undefined/);
    }),
    runs(200),
  );
});

test("durations", () => {
  const given = [0, 9.94, 9.96, 59.4, 59.6, 187, 3599.6, 7500, 90_000];
  expect(given.map(duration)).toEqual([
    "0.0 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 00 s",
    "3 min 07 s",
    "1 h 00 min",
    "2 h 05 min",
    "25 h 00 min",
  ]);
});
