/** Charts against their laws for any names and numbers, each law against a picture that breaks it, and golden files. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitted, textWidth } from "../../src/charts/lettering.ts";
import { scale } from "../../src/charts/scale.ts";
import { escapeText } from "../../src/charts/svg.ts";
import { number, runs } from "../arbitraries.ts";
import { chartLaws } from "./laws.ts";
import { type ChartInput, chartSubjects } from "./subjects.ts";
import { ownText, parseXml } from "./xml.ts";

const hostile = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "a & b < c > d ' e",
  "]]>",
  "\u0000\u0007\ud800",
  "",
  "漢字かな交じりの長い名前".repeat(3),
  "a-name-that-goes-on-".repeat(20),
  "\u202eright to left",
];
const name = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary" }), fc.string());
const value = fc.oneof(number(-1, 1), number(-1e6, 1e6), number(-1e-4, 1e-4), fc.constantFrom(0, Number.NaN));

/** Names and numbers that repeat after a while. */
const input = fc.record({
  names: fc.array(name, { minLength: 1, maxLength: 9 }),
  values: fc.array(value, { minLength: 1, maxLength: 12 }),
  width: fc.constantFrom(328, 640, 900),
});

const inputOf = ({
  names,
  values,
  width,
}: {
  names: readonly string[];
  values: readonly number[];
  width: number;
}): ChartInput => ({
  name: (index) => names[index % names.length],
  value: (index) => values[index % values.length],
  width,
});

describe.each(chartSubjects)("$name", ({ name: subject, draw }) => {
  test.each(Object.entries(chartLaws))("%s, for any names and numbers", (_, law) => {
    fc.assert(
      fc.property(input, (given) => {
        expect(law(draw(inputOf(given)))).toEqual([]);
      }),
      runs(30),
    );
  });

  test("looks as it did", async () => {
    for (const width of subject === "sparkline" ? [328] : [640, 328]) {
      const svg = draw({
        name: (index) => `name ${index}`,
        value: (index) => Math.sin(index * 0.7) + index / 20,
        width,
      });
      await expect(`${svg.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot(`golden/${subject}-${width}.svg`);
    }
  });

  test("says its title and description whole", () => {
    const svg = draw({ name: (index) => hostile[index % hostile.length], value: (index) => index, width: 328 });
    const [title, description] = parseXml(svg).children.map((child) =>
      typeof child === "string" ? "" : ownText(child),
    );
    expect([title, description]).toEqual([hostile[0], hostile[1]]);
  });
});

describe("each law is broken by", () => {
  const wrap = (inside: string, more = ""): string =>
    `<svg viewBox="0 0 100 100" role="img"${more}><title>t</title><desc>d</desc>${inside}</svg>`;
  const broken: readonly (readonly [keyof typeof chartLaws, string])[] = [
    ["isPlain", wrap("<script>1</script>")],
    ["isPlain", wrap("", ' onload="1"')],
    ["isNamed", "<svg/>"],
    ["isNamed", '<svg role="img"><title/><desc>d</desc></svg>'],
    ["hasPageColours", wrap('<rect fill="#ff0000"/>')],
    ["isReadable", wrap('<text font-size="8">a</text>')],
    ["isReadable", wrap('<g transform="scale(0.5)"/>')],
    ["hasNumbers", wrap('<rect x="NaN"/>')],
    ["hasNumbers", wrap('<path d="M0 0L-0 1"/>')],
    ["isInside", wrap('<text x="90" y="50">too long for its place</text>')],
    ["isInside", wrap('<line x1="0" y1="0" x2="0" y2="130"/>')],
  ];
  test.each(broken)("%s: %s", (law, svg) => expect(chartLaws[law](svg)).not.toEqual([]));

  test.each(["<a>", "<a></b>", "<a b=c/>", "<a>&</a>", "<a/><b/>", "<a>x > y</a>", '<a b="1" b="2"/>'])(
    "what isn't well-formed: %s",
    (text) => expect(() => parseXml(text)).toThrow(),
  );
});

describe("parts", () => {
  test("escaped text is read back as it was, but for what no document holds", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = ownText(parseXml(`<a>${escapeText(text)}</a>`));
        expect(read).toBe(text.replace(/[^\P{Cc}\t\n\r]/gu, "\ufffd"));
      }),
      runs(200),
    );
  });

  test("fitted text is no wider than its place, and keeps beginning and end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 20, max: 400 }), (text, width) => {
        expect(textWidth(fitted(text, width))).toBeLessThanOrEqual(width);
      }),
      runs(200),
    );
    expect(fitted("adaptive pressure=16 weighting=none", 120)).toMatch(/^adapt.*…?.*none$/);
    expect(fitted("short", 120)).toBe("short");
  });

  test("a scale keeps order, meets the ends of its range and puts its ticks inside", () => {
    fc.assert(
      fc.property(number(-1e5, 1e5), number(1e-6, 1e5), fc.boolean(), (low, size, nice) => {
        const made = scale([low, low + size], [0, 100], { nice });
        const [first, last] = made.domain;
        expect(made.at(first)).toBeCloseTo(0, 6);
        expect(made.at(last)).toBeCloseTo(100, 6);
        expect(made.at(low + size)).toBeGreaterThan(made.at(low));
        for (const { value: tick } of made.ticks) {
          expect(made.at(tick)).toBeGreaterThan(-1e-3);
          expect(made.at(tick)).toBeLessThan(100 + 1e-3);
        }
      }),
      runs(200),
    );
  });

  test.each([
    [
      [0, 1],
      ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"],
    ],
    [
      [0.81, 0.83],
      ["0.810", "0.815", "0.820", "0.825", "0.830"],
    ],
    [
      [0, 50_000],
      ["0", "10k", "20k", "30k", "40k", "50k"],
    ],
  ] as const)("ticks of %j", ([low, high], texts) => {
    expect(scale([low, high], [0, 1]).ticks.map(({ text }) => text)).toEqual(texts);
  });

  test("ticks of a logarithmic scale are powers of ten and their parts", () => {
    const texts = (low: number, high: number) =>
      scale([low, high], [0, 1], { kind: "log" }).ticks.map(({ text }) => text);
    expect(texts(0.5, 20)).toEqual(["0.5", "1", "2", "5", "10", "20"]);
    expect(texts(1, 1e4)).toEqual(["1", "10", "100", "1000", "10k"]);
  });
});
