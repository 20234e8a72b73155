/**
 * docs/convergence.md: its program runs and prints what the page says, its table is the report's, and its proofs'
 * inequalities hold by enumeration.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as hardbatch from "../../src/engine/index.ts";
import { Random } from "../../src/random.ts";
import { judge } from "../../src/training/conditions/verdicts.ts";
import { runs, seed } from "../arbitraries.ts";
import { setUp, watch } from "./watched.ts";

const page = readFileSync(new URL("../../docs/convergence.md", import.meta.url), "utf8");

describe("the counter-example on the page", () => {
  const [, code = "", output = ""] = /```js\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/.exec(page) ?? [];
  const [statement = "", names = ""] = /^import \{([^}]*)\} from "hardbatch\/engine";$/m.exec(code) ?? [];

  /** Runs the block as a module that imports the package. */
  async function run(text: string): Promise<string> {
    const imported = names.split(",").map((name) => name.trim());
    const exported = new Map<string, unknown>(Object.entries(hardbatch));
    for (const name of imported) expect(exported.has(name), `${name} is exported`).toBe(true);
    const lines: string[] = [];
    const start = `return (async () => {${text.replace(statement, "")}})();`;
    await new Function(...imported, "console", start)(...imported.map((name) => exported.get(name)), {
      log: (line: unknown) => lines.push(`${line}\n`),
    });
    return lines.join("");
  }

  test("prints what the page says", async () => {
    expect(await run(code)).toBe(output);
  });

  test("would not with another memory of v", async () => {
    expect(await run(code.replace("beta2: 0.1", "beta2: 0.999"))).not.toBe(output);
  });
});

test("the page explains every line of the report, in its order, and shows reports as they are printed", async () => {
  const lines = judge((await watch(setUp({ epochs: 1 }))).end.conditions).map(({ condition }) => condition);
  const explained = [...page.matchAll(/^\| (.*?[^\\]) \| .* \|$/gm)].map(([, first]) => first.replaceAll("\\|", "|"));
  expect(explained.filter((each) => lines.includes(each))).toEqual(lines);
  const shown = [...page.matchAll(/^(\S.*?) {2,}(yes|no) {2,}/gm)].map(([, condition]) => condition);
  expect(shown.length).toBeGreaterThan(lines.length);
  for (const each of shown) expect(lines).toContain(each);
});

/** Chance of each row to be in a batch of `size`, by successive draws without replacement. */
function inclusion(p: readonly number[], size: number): number[] {
  const chances = p.map(() => 0);
  const visit = (drawn: readonly number[], probability: number, rest: number): void => {
    if (drawn.length === size) {
      for (const row of drawn) chances[row] += probability;
      return;
    }
    p.forEach((each, row) => {
      if (!drawn.includes(row)) visit([...drawn, row], (probability * each) / rest, rest - each);
    });
  };
  visit(
    [],
    1,
    p.reduce((a, b) => a + b),
  );
  return chances;
}

describe("by enumeration of all batches", () => {
  const cases = fc
    .record({ rows: fc.integer({ min: 2, max: 6 }), pressure: fc.constantFrom(1, 2, 16, 1000), seed: seed() })
    .map(({ rows, pressure, seed }) => {
      const random = new Random(seed);
      const weights = Array.from({ length: rows }, () => pressure ** random.uniform());
      const total = weights.reduce((a, b) => a + b);
      return { pressure, p: weights.map((weight) => weight / total) };
    });

  test("a row is in the batch with probability at least 1 - (1 - 1/(n s))^b", () => {
    fc.assert(
      fc.property(cases, ({ pressure, p }) => {
        for (let size = 1; size <= p.length; size++) {
          const least = 1 - (1 - 1 / (p.length * pressure)) ** size;
          inclusion(p, size).forEach((chance, i) => {
            expect(chance).toBeGreaterThanOrEqual((1 - (1 - p[i]) ** size) * (1 - 1e-9));
            expect(chance).toBeGreaterThanOrEqual(least * (1 - 1e-9));
          });
        }
      }),
      runs(40),
    );
  });

  test("chances to be in the batch are no further apart than p, and lie within a factor s of uniform", () => {
    fc.assert(
      fc.property(cases, ({ pressure, p }) => {
        for (let size = 1; size <= p.length; size++) {
          const q = inclusion(p, size).map((chance) => chance / size);
          for (const [i, low] of p.entries()) {
            expect(p.length * q[i]).toBeLessThanOrEqual(pressure * (1 + 1e-9));
            expect(p.length * q[i]).toBeGreaterThanOrEqual((1 - 1e-9) / pressure);
            for (const [j, high] of p.entries()) {
              if (high >= low) expect(q[j] / q[i]).toBeLessThanOrEqual((high / low) * (1 + 1e-9));
              if (high >= low) expect(q[j] / q[i]).toBeGreaterThanOrEqual(1 - 1e-9);
            }
          }
        }
      }),
      runs(40),
    );
  });

  test("and are not p itself: the batch mean has another expectation", () => {
    const p = [0.8, 0.15, 0.05];
    expect(inclusion(p, 1)).toEqual(p);
    expect(inclusion(p, 2)[0] / 2).toBeLessThan(0.5);
  });
});
