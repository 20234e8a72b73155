/**
 * The name that was probably meant, where one is not found: other case, other Unicode form, other signs between the
 * words; where there is none, a slip or two.
 */
import { meant } from "../errors.ts";

/** What is left of a name when everything that people and programs write in two ways is taken away. */
function essence(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/[\s_\-.'"`]+/g, "");
}

/** The first of `names` that differs from `name` in such things alone; undefined where none does. */
export function nearMatch(name: string, names: Iterable<string>): string | undefined {
  const wanted = essence(name);
  if (wanted === "") return undefined;
  for (const candidate of names) if (candidate !== name && essence(candidate) === wanted) return candidate;
  return undefined;
}

/** Beyond so many names a search for slips would take seconds. */
const mostNames = 20_000;

/** `; there is "Notes"` or ` (did you mean notes?)` for the end of a message, where another name was probably meant. */
export function hint(name: string, names: readonly string[]): string {
  const near = nearMatch(name, names);
  if (near === undefined) return names.length > mostNames ? "" : meant(name, names);
  const same = near.normalize("NFC") === name.normalize("NFC");
  return `; there is ${JSON.stringify(near.slice(0, 120))}${same ? ", in another Unicode form" : ""}`;
}
