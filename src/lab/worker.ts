/**
 * The worker of the page: one session at a time, advanced as the page asks, with no more messages than a screen can
 * show.
 */
import { DataError, defaultSettings, UsageError } from "../index.ts";
import { forecast, isQuick } from "./forecast.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { type Basis, basisOf, Session } from "./session.ts";

/** Milliseconds between two frames on their way to the page. */
const frameTime = 40;

/** Runs of more seconds than this are announced, and wait for the visitor. */
const patience = 20;

/** What waits to be started. */
let waiting: Basis | undefined;
let session: Session | undefined;
/** The run that was asked for last: one that takes longer to open must not come after it. */
let latest: number | undefined;
/** Steps that are still to be done. */
let wanted = 0;
let advancing = false;

const post = (message: FromWorker): void => self.postMessage(message);

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  handle(data).catch((error: unknown) => post({ kind: "failure", run: data.run, message: messageOf(error) }));
});

async function handle(message: ToWorker): Promise<void> {
  if (message.kind === "open") {
    wanted = 0;
    session = undefined;
    waiting = undefined;
    latest = message.run;
    const basis = await basisOf(message.run, message.state, message.file);
    const { data, backend } = basis;
    const seconds = isQuick(data, message.state) ? 0 : await forecast(data, backend, message.state);
    if (latest !== message.run) return;
    if (seconds <= patience) {
      await begin(basis);
      return;
    }
    waiting = basis;
    const { epochs = defaultSettings.epochs } = message.state.shared;
    const trainingRows = data.rows.training.length;
    post({ kind: "forecast", run: message.run, seconds, trainingRows, epochs });
    return;
  }
  if (message.kind === "start") {
    if (waiting?.run === message.run) await begin(waiting);
    return;
  }
  if (!session || session.opened.run !== message.run) return;
  if (message.kind === "pause") wanted = 0;
  if (message.kind === "cells") post({ kind: "cells", run: message.run, text: session.cells() });
  if (message.kind === "reasons") post(session.reasons(message.row));
  if (message.kind === "advance") {
    wanted = message.steps;
    await advance(session);
  }
}

async function begin(basis: Basis): Promise<void> {
  waiting = undefined;
  const opened = await Session.open(basis);
  if (latest !== basis.run) return;
  session = opened;
  post(opened.opened);
  post(opened.progress());
}

async function advance(current: Session): Promise<void> {
  if (advancing) return;
  advancing = true;
  let last = performance.now();
  try {
    while (wanted > 0 && !current.finished && session === current) {
      wanted--;
      const due = wanted === 0 || performance.now() - last >= frameTime;
      const progress = await current.step(due);
      if (progress && session === current) {
        post(progress);
        last = performance.now();
      }
    }
  } finally {
    advancing = false;
  }
  // Another run was opened and asked for while this one had its last step.
  if (session && session !== current && wanted > 0) await advance(session);
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof DataError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
