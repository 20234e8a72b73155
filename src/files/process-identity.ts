/**
 * Which process this is, in words that outlive it: machine, start of the machine, process number and the process's own
 * start. So another process can tell later whether it still runs, though numbers are given out again.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface ProcessIdentity {
  readonly host: string;
  /** Changes whenever the machine starts; empty where the system has no such name (other than Linux). */
  readonly boot: string;
  /** Where process numbers count: containers of one machine have several. Empty outside Linux. */
  readonly numbers: string;
  readonly pid: number;
  /** In the system's own unit since the start of the machine; empty where it can't be read. */
  readonly started: string;
}

export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    boot: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    numbers: attempt(() => readlinkSync("/proc/self/ns/pid")),
    pid: process.pid,
    started: startOf(process.pid) ?? "",
  };
}

/**
 * Whether that process runs: false only if it certainly does not. Undefined where this process can't know, as the other
 * is on another machine or counts its numbers elsewhere.
 */
export function isRunning(other: ProcessIdentity): boolean | undefined {
  const own = thisProcess();
  if (other.host !== own.host) return undefined;
  if (other.boot !== own.boot) return false;
  if (other.numbers !== own.numbers) return undefined;
  if (own.started !== "" && other.started !== "") return startOf(other.pid) === other.started;
  // Without a start, a number that is in use may have gone to somebody else.
  return exists(other.pid) ? undefined : false;
}

/**
 * The start of a process on Linux; undefined for one that is gone, or has ended and only waits for its parent to
 * notice.
 */
function startOf(pid: number): string | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The second field is the program's name in parentheses and may hold anything; the third is the state, the 22nd the
  // start.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return text === "" || /^[ZXx]$/.test(fields[0]) ? undefined : fields[19];
}

/** A signal of number 0 asks only whether it could be sent. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
