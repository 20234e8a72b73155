/**
 * Noise of the next step, drawn by workers while they have nothing else to do: the same records and so the same bits as
 * in its own step. A ticket like that of a job holds the number of the drawing and the chunks left; what is left when
 * the step begins is done by all threads, or given up where another step comes.
 */
import { runChunk } from "./chunk";
import { aheadDoneAt, aheadJobAt, aheadTicketAt, brokenAt, chunksWord, lengthWord } from "./records";
import { word } from "./words";

const chunkBits: u64 = 0xffffffff;
/** How often a thread that waits looks before it sleeps, and for how many nanoseconds: nobody wakes it. */
const patience = 20000;
const nap = 50000;

/** Nobody may draw when this begins. */
export function publishAhead(first: usize, chunks: i32): void {
  store<usize>(aheadJobAt, first);
  atomic.store<i32>(aheadDoneAt, -chunks);
  const number = (atomic.load<u64>(aheadTicketAt) >> 32) + 1;
  atomic.store<u64>(aheadTicketAt, (number << 32) | <u64>chunks);
}

/** Takes one chunk and draws it; false where none is left. */
export function takeAhead(scratch: usize): bool {
  let ticket = atomic.load<u64>(aheadTicketAt);
  while ((ticket & chunkBits) !== 0) {
    const found = atomic.cmpxchg<u64>(aheadTicketAt, ticket, ticket - 1);
    if (found === ticket) {
      drawChunk(load<usize>(aheadJobAt), <i32>(ticket & chunkBits) - 1, scratch);
      atomic.add<i32>(aheadDoneAt, 1);
      return true;
    }
    ticket = found;
  }
  return false;
}

/** Chunk number `chunk` of the records from `record` on, one behind the other. */
function drawChunk(record: usize, chunk: i32, scratch: usize): void {
  for (;;) {
    const chunks = word(record, chunksWord);
    if (chunk < chunks) {
      runChunk(record, 0, chunk, scratch);
      return;
    }
    chunk -= chunks;
    record += word(record, lengthWord) << 2;
  }
}

/** Takes what is left from everybody and waits for the chunks that were taken; traps where one never will be done. */
export function awaitAhead(maySleep: bool): void {
  let ticket = atomic.load<u64>(aheadTicketAt);
  for (;;) {
    const found = atomic.cmpxchg<u64>(aheadTicketAt, ticket, ticket & ~chunkBits);
    if (found === ticket) break;
    ticket = found;
  }
  // Below 0 by as many as are never done.
  const last = -(<i32>(ticket & chunkBits));
  let looks = 0;
  for (;;) {
    const done = atomic.load<i32>(aheadDoneAt);
    if (done === last) break;
    if (atomic.load<i32>(brokenAt) !== 0) unreachable();
    if (maySleep && ++looks > patience) atomic.wait<i32>(aheadDoneAt, done, nap);
  }
  atomic.store<i32>(aheadDoneAt, 0);
}
