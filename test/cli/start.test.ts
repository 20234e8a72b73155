/** The built program: two files, the list of commands and every command, that say what the tree says. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { hardbatch, program, start } from "./run.ts";

describe("the built program", () => {
  test.each([["--help"], ["-V"], ["help", "train"]])("says to %s %s what the tree says", async (...words) =>
    expect(await start(words).ended).toEqual(await hardbatch(...words)),
  );

  test("ends on a word that is no command as the tree does", async () => {
    const ran = await start(["trian"]).ended;
    expect(ran).toEqual(await hardbatch("trian"));
    expect(ran.code).toBe(2);
  });

  const imported = (file: string): readonly string[] => {
    const text = readFileSync(join(dirname(program), file), "utf8");
    return [...text.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g)].map(([, path]) => path);
  };

  test("loads one file for the list, and one more for a command", () => {
    const generated = expect.stringMatching(/^\.\.\/\.\.\/kernels\/wasm\/generated\/\w+\.js$/);
    expect(imported("every-command.js")).toEqual([generated, generated]);
    expect(imported("main.js")).toContain("./every-command.js");
    expect(imported("main.js")).not.toContain("./command-line.js");
    // The control: a file of the tree names what it imports.
    expect(imported("compare.js")).toContain("./grid-options.js");
  });
});
