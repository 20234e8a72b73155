/**
 * The pool: the thread that runs the program publishes a job of many chunks, a share for each thread, and every thread
 * takes chunks of its own share, then of the others', until none is left: so step after step the same thread has the
 * same rows in its cache. The ticket of a share holds the job's number and the chunks left in one atomic word, so that
 * a late worker can never take a chunk of a job that is over; a worker that is slow to wake costs nothing.
 * One that loses its core with a chunk in hand holds up all: where the machine does other things, jobs are done alone
 * for a while, then tried again.
 */

import { awaitAhead, publishAhead, takeAhead } from "./ahead";
import { runChunk } from "./chunk";
import { now } from "./clock";
import {
  brokenAt,
  controlEnd,
  doneAt,
  jobAt,
  phaseAt,
  signalAt,
  sleepersAt,
  stopAt,
  threadBytes,
  threadsAt,
  ticketOffset,
  waitingAt,
} from "./records";

/** How often an idle thread looks before it sleeps: some tens of microseconds. */
const patience = 20000;
const chunkBits: u64 = 0xffffffff;

/**
 * A wait is too long beyond the time of so many chunks and so many milliseconds: a core was lost, for a slice of some
 * milliseconds.
 */
const chunksOfPatience = 3.0;
const leastWait = 0.5;
/** After it jobs are done alone for so many times its length: twice as many each further time, up to the last. */
const leastCaution = 2.0;
const mostCaution = 64.0;
/** Milliseconds of jobs shared without such a wait after which caution is forgotten. */
const forgetting = 32.0;

/** This thread's own memory. */
let scratch: usize = 0;
/** Whether this thread may sleep; the main thread of a page may not. */
let maySleep = false;
/** Whether jobs may be done alone where sharing them does not pay. */
let mayBeAlone = false;
/** Milliseconds that are still to be worked alone, and how many times the next wait that is too long they will be. */
let alone = 0.0;
let caution = leastCaution;

export function initialize(ownScratch: usize, sleepAllowed: bool, aloneAllowed: bool): void {
  scratch = ownScratch;
  maySleep = sleepAllowed;
  mayBeAlone = aloneAllowed;
}

/** Does the chunks of one phase of a record; returns when all are done. */
export function doChunks(record: usize, phase: i32, chunks: i32, shared: bool): void {
  if (!shared || chunks === 1) {
    doAll(record, phase, chunks);
    return;
  }
  const begun = now();
  if (alone > 0.0) {
    doAll(record, phase, chunks);
    alone -= now() - begun;
    return;
  }
  store<usize>(jobAt, record);
  store<i32>(phaseAt, phase);
  atomic.store<i32>(doneAt, 0);
  const threads = load<i32>(threadsAt);
  let taken = 0;
  for (let thread = 0; thread < threads; ) {
    const ticket = ticketOf(thread++);
    const end = (chunks * thread) / threads;
    const number = (atomic.load<u64>(ticket) >> 32) + 1;
    store<i32>(ticket, end, 8);
    atomic.store<u64>(ticket, (number << 32) | <u64>(end - taken));
    taken = end;
  }
  atomic.add<i32>(signalAt, 1);
  if (atomic.load<i32>(sleepersAt) > 0) atomic.notify(signalAt, -1);
  let own = 0;
  while (takeChunk()) own++;
  const free = now();
  awaitAll(chunks);
  if (mayBeAlone && own > 0) judge(free - begun, own, now() - free);
}

function doAll(record: usize, phase: i32, chunks: i32): void {
  for (let chunk = 0; chunk < chunks; chunk++) runChunk(record, phase, chunk, scratch);
}

/** Learns whether to share the next jobs: `worked` milliseconds went into `own` chunks, then so many into waiting. */
function judge(worked: f64, own: i32, waited: f64): void {
  if (waited > (chunksOfPatience * worked) / own + leastWait) {
    alone = waited * caution;
    caution = Math.min(2.0 * caution, mostCaution);
  } else {
    caution = Math.max(caution * (1.0 - (worked + waited) / forgetting), leastCaution);
  }
}

function ticketOf(thread: i32): usize {
  return controlEnd + <usize>thread * threadBytes + ticketOffset;
}

/** Does one chunk, of this thread's share or else of another's; false where none is left. */
function takeChunk(): bool {
  const threads = load<i32>(threadsAt);
  let thread = <i32>((scratch - controlEnd) / threadBytes);
  for (let i = threads; i > 0; i--) {
    if (takeFrom(ticketOf(thread))) return true;
    if (++thread === threads) thread = 0;
  }
  return false;
}

function takeFrom(at: usize): bool {
  let ticket = atomic.load<u64>(at);
  while ((ticket & chunkBits) !== 0) {
    const found = atomic.cmpxchg<u64>(at, ticket, ticket - 1);
    if (found === ticket) {
      // As long as this chunk is not done the job can't end, so its description stands.
      runChunk(load<usize>(jobAt), load<i32>(phaseAt), load<i32>(at, 8) - <i32>(ticket & chunkBits), scratch);
      atomic.add<i32>(doneAt, 1);
      if (atomic.load<i32>(waitingAt) !== 0) atomic.notify(doneAt, 1);
      return true;
    }
    ticket = found;
  }
  return false;
}

/** Lets the workers draw noise, `chunks` chunks of the records from `first` on, while they have nothing else to do. */
export function drawAhead(first: usize, chunks: i32): void {
  publishAhead(first, chunks);
  atomic.add<i32>(signalAt, 1);
  if (atomic.load<i32>(sleepersAt) > 0) atomic.notify(signalAt, -1);
}

/** Returns when no worker draws ahead any more: everything is drawn then, or, where it is not wanted, maybe a part. */
export function finishAhead(wanted: bool): void {
  if (wanted) while (takeAhead(scratch)) {}
  awaitAhead(maySleep);
}

/** Waits until all chunks that others took are done; traps where one never will be. */
function awaitAll(chunks: i32): void {
  let looks = 0;
  for (;;) {
    const done = atomic.load<i32>(doneAt);
    if (done === chunks) return;
    if (atomic.load<i32>(brokenAt) !== 0) unreachable();
    if (maySleep && ++looks > patience) {
      atomic.store<i32>(waitingAt, 1);
      if (atomic.load<i32>(doneAt) === done) atomic.wait<i32>(doneAt, done, 10000000);
      atomic.store<i32>(waitingAt, 0);
      looks = 0;
    }
  }
}

/** A worker's whole life: chunks while there are some, noise ahead, then sleep, until told to stop. */
export function work(): void {
  let looks = 0;
  let seen = -1;
  for (;;) {
    // The signal is read before the tickets and the flag: whoever changes those changes the signal afterwards, so
    // nothing is looked for twice, and no sleep outlasts it.
    const signal = atomic.load<i32>(signalAt);
    if (atomic.load<i32>(stopAt) !== 0) return;
    if (signal !== seen && (takeChunk() || takeAhead(scratch))) {
      looks = 0;
    } else if (++looks > patience) {
      atomic.add<i32>(sleepersAt, 1);
      atomic.wait<i32>(signalAt, signal, -1);
      atomic.sub<i32>(sleepersAt, 1);
      looks = 0;
    } else {
      seen = signal;
    }
  }
}
