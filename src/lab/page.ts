/**
 * The page: keeps one `PageState`, changes it by what the visitor and the worker do, and draws it at most once a frame.
 * The address follows the state, and the state follows the address.
 */
import { render } from "lit-html";
import { UsageError } from "../index.ts";
import { parseAddress, printAddress } from "./address.ts";
import { copyText, download, offline } from "./browser.ts";
import { codeOf, commandOf } from "./command.ts";
import { csvOf, svgOf } from "./curves-file.ts";
import { duration } from "./duration.ts";
import { chosenFile } from "./files.ts";
import { workerLink } from "./link.ts";
import type { FromWorker } from "./messages.ts";
import { answerOf, type Guess, type PageState } from "./page-state.ts";
import { Painter } from "./painter.ts";
import { presets } from "./presets.ts";
import { defaultState, type LabState, sameRuns } from "./state.ts";
import type { Actions } from "./view/actions.ts";
import { view } from "./view/view.ts";

const place = document.querySelector<HTMLElement>("#lab");
if (!place) throw new Error("the page has no element #lab");

place.replaceChildren();

const painter = new Painter();
const darkness = matchMedia("(prefers-color-scheme: dark)");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

let run = 0;
/** Whether the visitor paused, rather than a hidden tab. */
let wasPlaying = false;
let page: PageState = {
  state: defaultState,
  curves: [],
  history: [],
  epoch: 0,
  step: 0,
  playing: false,
  finished: false,
  asking: false,
  guesses: { right: 0, all: 0 },
  tables: false,
  chart: 0,
  controlsOpen: false,
  dark: darkness.matches,
};

const send = workerLink(
  (message) => {
    work.messages++;
    if (message.run === run) receive(message);
  },
  (failure) => update({ failure, playing: false }),
);

let drawing = false;

/** Changes what the page knows, and draws it with the next frame. */
function update(changes: Partial<PageState>): void {
  page = { ...page, ...changes };
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(draw);
}

/** What was done so far, for tests: messages taken, frames drawn, cells painted in the last one. */
const work = { messages: 0, frames: 0, cells: 0 };
Object.assign(window, { labWork: work });

function draw(): void {
  drawing = false;
  if (!place) return;
  const inner = Math.min(1240, place.clientWidth);
  render(view(page, actions, inner < 700 ? Math.max(280, inner - 8) : Math.floor((inner - 32) / 3)), place);
  const { cells } = painter.paint(page);
  work.frames++;
  work.cells = cells;
}

function milestone(words: string): void {
  const line = document.querySelector("#milestone");
  if (line) line.textContent = words;
}

/** Starts both runs anew. */
function open(play: boolean, asking = false): void {
  run++;
  const { state, file } = page;
  update({
    curves: [],
    history: [],
    epoch: 0,
    step: 0,
    finished: false,
    playing: play && !asking,
    asking,
    selected: undefined,
    reasons: undefined,
    shownEpoch: undefined,
    failure: undefined,
    forecast: undefined,
    notice: undefined,
    ...(asking && { guess: undefined }),
  });
  send({ kind: "open", run, state, ...(file && { file }) });
}

function receive(message: FromWorker): void {
  if (message.kind === "opened") {
    update({ opened: message });
    if (page.playing) send({ kind: "advance", run, steps: Number.POSITIVE_INFINITY });
  } else if (message.kind === "forecast") {
    update({ forecast: message, opened: undefined, frames: undefined, playing: false });
    milestone(`This takes ${duration(message.seconds)}; the button Start begins.`);
  } else if (message.kind === "progress") {
    const { frames, ended, epoch, step, finished } = message;
    const first = page.history.length === 0;
    update({
      frames,
      epoch,
      step,
      finished,
      playing: page.playing && !finished,
      ...(ended && { curves: [...page.curves, ended] }),
      ...((ended || first) && { history: [...page.history, frames] }),
    });
    if (finished) finish();
  } else if (message.kind === "cells") {
    download("hardbatch-lab.jsonl", "application/x-ndjson", message.text);
  } else if (message.kind === "reasons") {
    if (message.row === page.selected) update({ reasons: message });
  } else {
    update({ failure: message.message, playing: false });
  }
}

function finish(): void {
  const { guess, guesses } = page;
  if (guess !== undefined) {
    const hit = answerOf(page) === guess ? 1 : 0;
    update({ guesses: { right: guesses.right + hit, all: guesses.all + 1 } });
  }
  milestone(`All epochs are done.`);
}

/** Takes another state over: the address follows, and other runs begin where they are other runs. */
function change(state: LabState, isNewPage = true): void {
  let checked: LabState;
  try {
    checked = parseAddress(printAddress(state));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    update({ failure: error.message });
    return;
  }
  const same = sameRuns(checked, page.state);
  update({ state: checked, failure: undefined, guess: undefined });
  if (isNewPage && printAddress(checked) !== location.hash) history.pushState(null, "", printAddress(checked));
  if (!same) open(page.playing || !stillness.matches);
}

const actions: Actions = {
  play() {
    update({ playing: true, shownEpoch: undefined });
    send({ kind: "advance", run, steps: Number.POSITIVE_INFINITY });
  },
  pause() {
    update({ playing: false });
    send({ kind: "pause", run });
  },
  start() {
    update({ forecast: undefined, playing: true });
    send({ kind: "start", run });
  },
  batch: () => advance(1),
  epoch: () => advance((page.opened?.stepsPerEpoch ?? 1) - page.step),
  again: () => open(true),
  scrub: (epoch) => update({ shownEpoch: epoch >= page.history.length - 1 ? undefined : epoch }),
  select(row) {
    if (row === page.selected) return;
    update({ selected: row, reasons: undefined });
    if (row !== undefined) send({ kind: "reasons", run, row });
  },
  change,
  preset(id) {
    const preset = presets.find((one) => one.id === id);
    if (!preset) return;
    const state = { ...preset.state, hidden: page.state.hidden };
    update({ state, failure: undefined });
    history.pushState(null, "", printAddress(state));
    open(false, true);
  },
  guess(guess: Guess) {
    update({ guess, asking: false });
    actions.play();
  },
  file(files) {
    chosenFile(files)
      .then((file) => {
        update({ file });
        const state = { ...page.state, data: `file:${file.name}` };
        history.pushState(null, "", printAddress(state));
        update({ state });
        open(false);
      })
      .catch((error: unknown) => update({ failure: error instanceof Error ? error.message : String(error) }));
  },
  labelColumns(text) {
    if (!page.file) return;
    const { labels: _, ...file } = page.file;
    update({ file: text === "" ? file : { ...file, labels: text } });
    open(false);
  },
  toggleTables: () => update({ tables: !page.tables }),
  toggleControls: () => update({ controlsOpen: !page.controlsOpen }),
  chart: (chart) => update({ chart }),
  copy(what) {
    const text = what === "link" ? location.href : what === "command" ? commandOf(page.state) : codeOf(page.state);
    copyText(text).then((words) => update({ notice: words }));
  },
  download(what) {
    if (what === "cells") send({ kind: "cells", run });
    if (what === "csv") download("hardbatch-lab.csv", "text/csv", csvOf(page));
    if (what === "svg") download("hardbatch-lab.svg", "image/svg+xml", svgOf(page));
  },
  offline() {
    offline().then((words) => update({ notice: words }));
  },
};

function advance(steps: number): void {
  update({ playing: false, shownEpoch: undefined });
  send({ kind: "advance", run, steps });
}

const isCanvas = (target: EventTarget | null): target is HTMLCanvasElement => target instanceof HTMLCanvasElement;

place.addEventListener("pointermove", (event) => {
  if (isCanvas(event.target) && event.pointerType === "mouse")
    actions.select(painter.rowAt(event.offsetX, event.offsetY) ?? page.selected);
});
place.addEventListener("pointerdown", (event) => {
  if (isCanvas(event.target)) actions.select(painter.rowAt(event.offsetX, event.offsetY));
});
place.addEventListener("keydown", (event) => {
  if (!isCanvas(event.target)) return;
  if (event.key === "Escape") actions.select(undefined);
  const row = painter.rowBeside(page.selected, event.key);
  if (row === undefined) return;
  event.preventDefault();
  actions.select(row);
});
place.addEventListener("dragover", (event) => event.preventDefault());
place.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer && event.dataTransfer.files.length > 0) actions.file(event.dataTransfer.files);
});
darkness.addEventListener("change", () => update({ dark: darkness.matches }));
window.addEventListener("resize", () => update({}));
window.addEventListener("popstate", () => follow());
window.addEventListener("hashchange", () => follow());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    wasPlaying = page.playing;
    if (wasPlaying) actions.pause();
  } else if (wasPlaying && !page.finished) actions.play();
});

/** The state of the address, or the reason why there is none. */
function follow(): void {
  try {
    const state = parseAddress(location.hash);
    const same = page.opened !== undefined && sameRuns(state, page.state);
    update({ state });
    if (!same) open(!stillness.matches);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    update({ failure: `${error.message}. The page shows its default instead.`, state: defaultState });
    const words = page.failure;
    open(!stillness.matches);
    update({ failure: words });
  }
}

follow();
