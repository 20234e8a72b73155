/**
 * Every program of the documentation runs as it stands: TypeScript by itself, shell commands on synthetic data with the
 * built command line. A block that needs more than it shows is marked `fragment`; the tour has a test of its own.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { fences, readPage, run } from "./program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const main = join(root, "dist/src/cli/main.js");
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith(".md") && path !== "docs/tour.md",
);
const blocks = pages.flatMap((path) => fences(readPage(path)).map((fence) => ({ path, ...fence })));
const programs = blocks.filter(({ language, mark }) => language === "ts" && mark === "");
const scripts = blocks.filter(({ language, mark }) => language === "sh" && mark === "");

/** The lines that a page says a program prints: the block behind it, with the word "prints" alone between them. */
function outputAfter(path: string, line: number): string[] | undefined {
  const page = readPage(path);
  const at = blocks.findIndex((block) => block.path === path && block.line === line);
  const next = blocks[at + 1];
  if (next?.path !== path || next.language !== "text") return undefined;
  const between = page
    .split("\n")
    .slice(line - 1, next.line - 1)
    .join("\n")
    .split("```")
    .at(-1);
  return between?.trim() === "prints" ? next.text.trimEnd().split("\n") : undefined;
}

/** Runs `npx hardbatch ...` lines one after another in a folder of their own. */
async function runScript(text: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hardbatch-docs-"));
  try {
    for (const line of text.replaceAll("\\\n", " ").split("\n")) {
      const command = line.replace(/\s+#.*$/, "").trim();
      if (command === "" || command.startsWith("#")) continue;
      const [npx, name, ...words] = command.split(/\s+/);
      if (npx !== "npx" || name !== "hardbatch") throw new Error(`${command}: expected npx hardbatch ...`);
      await promisify(execFile)(process.execPath, [main, ...words], { cwd: folder });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the documentation", () => {
  test("has programs that can be run", () => {
    expect(programs.length).toBeGreaterThan(0);
    expect(scripts.length).toBeGreaterThan(0);
  });

  test("marks its blocks with known words", () => {
    const wrong = blocks.filter(({ mark }) => mark !== "" && mark !== "fragment");
    expect(wrong.map(({ path, line, mark }) => `${path}:${line}: ${mark}`)).toEqual([]);
  });

  test.each(programs.map((block) => [block.path, block.line, block.text] as const))(
    "%s:%i runs",
    async (path, line, text) => {
      const { printed } = await run(text);
      const shown = outputAfter(path, line);
      if (shown !== undefined) expect(printed.map((words) => words.trimEnd())).toEqual(shown);
    },
  );

  test.each(scripts.map((block) => [block.path, block.line, block.text] as const))(
    "%s:%i runs in a shell",
    async (_path, _line, text) => {
      await runScript(text);
    },
  );

  test("a program that fails, and one that imports what is not there, are found", async () => {
    await expect(run('throw new Error("no");')).rejects.toThrow("no");
    await expect(run('import { nothing } from "hardbatch";')).rejects.toThrow('"hardbatch" exports no nothing');
    await expect(runScript("npx hardbatch train synthetic:rows=0 --out x")).rejects.toThrow();
    await expect(runScript("rm -r x")).rejects.toThrow("expected npx hardbatch");
  });
});
