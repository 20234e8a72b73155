/**
 * Progress on standard error: a bar with rate and time left on a terminal, now and then a plain line elsewhere, nothing
 * under --quiet. The clock and the stream are handed in, so that tests need neither. Results never go through here.
 */
import { inertLine } from "./terminal.ts";

/** What is written to; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** Print nothing. */
  readonly quiet?: boolean;
  /** Default `process.stderr`. */
  readonly stream?: ProgressStream;
  /** Milliseconds, never falling. Default `performance.now`. */
  readonly clock?: () => number;
}

export interface Progress {
  /** Starts counting to `total` under a title, which is printed. Ends what was begun before. */
  begin(title: string, total: number): void;
  /** What is being done now; shown beside the bar. */
  label(text: string): void;
  advance(count?: number): void;
  /** A line that stays. */
  note(text: string): void;
  /** Takes the bar away and says how it went; again, or before any `begin`, it does nothing. */
  end(): void;
}

/** Redrawing more often than the eye follows costs time; a log wants a line now and then. In milliseconds. */
const barInterval = 100;
const lineInterval = 10_000;
const clearLine = "\r\u001b[K";

export function startProgress(options: ProgressOptions = {}): Progress {
  const { quiet = false, stream = process.stderr, clock = () => performance.now() } = options;
  if (quiet) return { begin() {}, label() {}, advance() {}, note() {}, end() {} };
  return new Reporter(stream, clock, stream.isTTY === true && process.env.TERM !== "dumb");
}

class Reporter implements Progress {
  readonly #stream: ProgressStream;
  readonly #clock: () => number;
  readonly #bar: boolean;
  #total: number | undefined;
  #done = 0;
  #label = "";
  #started = 0;
  #shown = 0;

  constructor(stream: ProgressStream, clock: () => number, bar: boolean) {
    this.#stream = stream;
    this.#clock = clock;
    this.#bar = bar;
  }

  begin(title: string, total: number): void {
    this.end();
    this.note(title);
    if (!(total > 0)) return;
    this.#total = total;
    this.#done = 0;
    this.#label = "";
    this.#started = this.#clock();
    this.#show();
  }

  label(text: string): void {
    this.#label = inertLine(text);
    this.#showWhenDue();
  }

  advance(count = 1): void {
    this.#done += count;
    this.#showWhenDue();
  }

  note(text: string): void {
    this.#stream.write(`${this.#bar ? clearLine : ""}${inertLine(text)}\n`);
    if (this.#bar) this.#show();
  }

  end(): void {
    if (this.#total === undefined) return;
    const seconds = (this.#clock() - this.#started) / 1000;
    const whole = this.#done >= this.#total * (1 - 1e-9); // parts may not add up to the last digit
    const how = whole
      ? `done in ${duration(seconds)}`
      : `stopped after ${Math.round(this.#done)} of ${Math.round(this.#total)}, ${duration(seconds)}`;
    this.#total = undefined;
    this.note([how, ...rateOf(this.#done, seconds)].join(", "));
  }

  #showWhenDue(): void {
    const due = this.#shown + (this.#bar ? barInterval : lineInterval);
    if (this.#clock() >= due) this.#show();
  }

  #show(): void {
    if (this.#total === undefined) return;
    this.#shown = this.#clock();
    const seconds = (this.#shown - this.#started) / 1000;
    const share = Math.min(1, this.#done / this.#total);
    const left = this.#done > 0 ? [`${duration((seconds * (1 - share)) / share)} left`] : [];
    const facts = [...rateOf(this.#done, seconds), ...left, ...(this.#label === "" ? [] : [this.#label])];
    const percent = `${Math.floor(100 * share)} %`;
    if (this.#bar) {
      // One column stays free: a full line would make some terminals scroll.
      const room = (this.#stream.columns ?? 80) - 1;
      const width = Math.max(0, Math.min(30, room - 50));
      const line = [...(width > 0 ? [bar(share, width)] : []), percent.padStart(5), ...facts].join("  ");
      this.#stream.write(clearLine + [...line].slice(0, room).join(""));
    } else if (this.#done > 0) {
      this.#stream.write(
        `${[`${percent} (${Math.round(this.#done)} of ${Math.round(this.#total)})`, ...facts].join(", ")}\n`,
      );
    }
  }
}

function bar(share: number, width: number): string {
  const full = Math.floor(share * width);
  return `[${"=".repeat(full)}${" ".repeat(width - full)}]`;
}

/**
 * In the largest unit of time in which it is a number of at least 1, or else per hour. Nothing is known at the start.
 */
function rateOf(done: number, seconds: number): readonly string[] {
  if (done === 0 || seconds <= 0) return [];
  const perSecond = done / seconds;
  if (perSecond >= 1) return [`${figure(perSecond)}/s`];
  return perSecond >= 1 / 60 ? [`${figure(perSecond * 60)}/min`] : [`${figure(perSecond * 3600)}/h`];
}

const figure = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toString());

/** `4.2 s`, `42 s`, `3 min 07 s`, `2 h 05 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}
