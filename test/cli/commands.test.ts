import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { commands, commandsFor } from "../../src/cli/commands.ts";

describe("the list of commands", () => {
  test.each(commands.map((entry) => [entry.name, entry] as const))("%s is in it as it is", async (name, entry) => {
    const command = await entry.load([name]);
    const standIn = (await commandsFor([])).find((other) => other.name() === name);
    // The words stand in the list alone, and are put on the command that is loaded.
    expect(command.description()).toBe("");
    const asked = (await commandsFor([name])).find((other) => other.name() === name);
    expect([standIn?.description(), asked?.description()]).toEqual([entry.description, entry.description]);
    expect(standIn?.registeredArguments.map((one) => [one.name(), one.required, one.variadic])).toEqual(
      command.registeredArguments.map((one) => [one.name(), one.required, one.variadic]),
    );
    expect(standIn?.options.length === 0).toBe(command.options.length === 0);
  });

  test("the first word decides what is loaded, after help the second", async () => {
    const loaded = async (...words: string[]): Promise<string[]> =>
      (await commandsFor(words)).filter(({ options }) => options.length > 1).map((command) => command.name());
    expect(await loaded("predict", "train")).toEqual(["predict"]);
    expect(await loaded("help", "folds")).toEqual(["folds"]);
    expect(await loaded("--help")).toEqual([]);
  });

  /** The files that a file loads at once, and those that these load. */
  function loadedWith(file: string, found = new Set<string>()): Set<string> {
    if (found.has(file)) return found;
    found.add(file);
    const imports = readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*?from "(\.[^"]+)";/gms);
    for (const [, path] of imports) loadedWith(resolve(dirname(file), path), found);
    return found;
  }

  test("the list alone loads a dozen files, no command's", () => {
    const root = resolve(import.meta.dirname, "../../src/cli");
    expect(loadedWith(join(root, "main.ts")).size).toBeLessThan(14);
    expect(loadedWith(join(root, "train.ts")).size).toBeGreaterThan(100);
  });
});
