/** The negative controls: each planted fault is noticed by its law, and without a fault the same laws hold. */
import { describe, expect, test } from "vitest";
import { explorer } from "../../src/laws/explore.ts";
import { naiveSubject } from "../../src/laws/faults/altered.ts";
import { catchFault, faults } from "../../src/laws/faults/catch.ts";
import { lawNames, laws, samplerLaws } from "../../src/laws/laws.ts";

describe("planted faults", () => {
  test.each(faults)("$fault: $law of $subject.name", async (fault) => {
    expect(fault.subject.claims.laws).toContain(fault.law);
    expect((await catchFault(fault, 1)).found).toBeDefined();
  });

  test("every law has a fault that it finds", () => {
    expect(new Set(faults.map(({ law }) => law))).toEqual(new Set(lawNames));
  });
});

describe("no fault", () => {
  const subjects = new Map(faults.map(({ subject }) => [subject.name, subject]));
  test.each([...subjects.keys()])("%s keeps the laws that its faults break", async (name) => {
    const [formula, ...variant] = name.replace("naive ", "").split(", ");
    const given = Object.fromEntries(
      variant.map((words) => {
        const [key, value] = words.split(" ");
        return [key, /^\d+$/.test(value) ? Number(value) : value];
      }),
    );
    const subject = naiveSubject(formula, given);
    expect(subject.name).toBe(name);
    const broken = new Set(faults.filter((fault) => fault.subject.name === name).map(({ law }) => law));
    for (const law of broken) {
      await laws[law].run(await explorer({ runs: laws[law].level === "frequency" ? 0.1 : 1 }), subject);
    }
  });
});

test("what is not claimed is not run, and a claim of no law is refused", async () => {
  const subject = naiveSubject("uniform");
  const none = { ...subject, claims: { ...subject.claims, laws: [] } };
  expect(await Promise.all(samplerLaws(none).map(({ run }) => run()))).toEqual(lawNames.map(() => "not claimed"));
  const unknown = { ...subject, claims: { ...subject.claims, laws: ["speed"] } };
  expect(() => samplerLaws(unknown)).toThrow(/claims the law "speed"; the laws are distinct, sizes/);
});
