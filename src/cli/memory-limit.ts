/** How much memory a cell may take: what is said, or a share of what there is. */
import { totalmem } from "node:os";
import { UsageError } from "../errors.ts";
import { quoted } from "./options.ts";

/** Of the machine, or of the container that this runs in. */
export function defaultLimit(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  return 0.75 * (allowed > 0 ? Math.min(allowed, totalmem()) : totalmem());
}

/** `8G`, `500M` and the like, in bytes. @throws UsageError for other text */
export function memorySize(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*([kMGT]?)i?B?$/i.exec(text.trim());
  if (!found) throw new UsageError(`--memory-limit ${quoted(text)}: expected a size such as 8G or 500M`);
  return Number(found[1]) * 1000 ** " kmgt".indexOf(found[2].toLowerCase() || " ");
}
