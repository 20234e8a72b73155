/** The version of this program, as its package says. */
import { createRequire } from "node:module";

export function version(): string {
  const read: unknown = createRequire(import.meta.url)("hardbatch/package.json");
  const found = typeof read === "object" && read !== null && "version" in read ? read.version : undefined;
  return typeof found === "string" ? found : "unknown";
}
