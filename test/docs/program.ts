/** Programs that stand in the documentation: found in a page, and run as a reader would run them. */
import { readFileSync } from "node:fs";
import { transform } from "esbuild";

/**
 * A fenced block of a page. The words behind the fence are its language and, where it cannot be run as it is, a mark.
 */
export interface Fence {
  readonly language: string;
  readonly mark: string;
  readonly text: string;
  readonly line: number;
}

export const readPage = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

export function fences(page: string): Fence[] {
  return [...page.matchAll(/^```(\w*)[ \t]*([^\n]*)\n([\s\S]*?)^```/gm)].map(
    ({ 1: language, 2: mark, 3: text, index }) => ({
      language,
      mark: mark.trim(),
      text,
      line: page.slice(0, index).split("\n").length,
    }),
  );
}

/** The public entries by the name under which a program imports them. */
const entries: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  hardbatch: () => import("../../src/index.ts"),
};

export interface Run {
  /** What it printed by `console.log`, a line each call. */
  readonly printed: readonly string[];
  /** The values of the names asked for. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Runs a TypeScript program whose imports are all of public entries.
 * @param names variables of the program whose values are wanted at its end
 * @throws what the program throws, and an error for an import that no entry has
 */
export async function run(program: string, names: readonly string[] = []): Promise<Run> {
  const imported = new Map<string, unknown>();
  for (const [, list, entry] of program.matchAll(/^import \{([^}]*)\} from "([^"]+)";$/gm)) {
    const exported = await entries[entry]?.();
    if (!exported) throw new Error(`import from "${entry}": expected one of ${Object.keys(entries).join(", ")}`);
    for (const name of list.split(",").map((word) => word.trim())) {
      if (name === "" || name.startsWith("type ")) continue;
      if (!Object.hasOwn(exported, name)) throw new Error(`"${entry}" exports no ${name}`);
      imported.set(name, exported[name]);
    }
  }
  const { code } = await transform(program.replace(/^import \{[^}]*\} from "[^"]+";$/gm, ""), { loader: "ts" });
  const printed: string[] = [];
  const log = (...words: unknown[]): void => {
    printed.push(words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" "));
  };
  const start = new Function(
    ...imported.keys(),
    "console",
    `return (async () => {${code}; return { ${names.join(", ")} };})()`,
  );
  return { values: await start(...imported.values(), { log }), printed };
}
