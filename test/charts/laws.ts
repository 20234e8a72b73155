/** What every chart has to keep, as functions that answer with what is wrong (nothing: the law holds). */
import { textWidth } from "../../src/charts/lettering.ts";
import { descendants, ownText, parseXml, type XmlElement } from "./xml.ts";

const elements = new Set(["svg", "title", "desc", "g", "path", "line", "rect", "text"]);
const attributes = new Set(
  (
    "xmlns viewBox width height role font-family font-size font-weight fill fill-opacity stroke stroke-width stroke-dasharray " +
    "stroke-linejoin stroke-linecap x y x1 x2 y1 y2 d transform text-anchor overflow rx dy"
  ).split(" "),
);

export type ChartLaw = (svg: string) => readonly string[];

const all = (svg: string): readonly XmlElement[] => descendants(parseXml(svg));

/** Only these elements and attributes: no script, no style, no link, no image. */
const isPlain: ChartLaw = (svg) =>
  all(svg).flatMap(({ name, attributes: own }) => [
    ...(elements.has(name) ? [] : [`element ${name}`]),
    ...Object.keys(own)
      .filter((key) => !attributes.has(key))
      .map((key) => `attribute ${key} of ${name}`),
  ]);

/** A name and a description, so that it can be read aloud. */
const isNamed: ChartLaw = (svg) => {
  const root = parseXml(svg);
  const words = root.children.map((child) => (typeof child === "string" ? ["", child] : [child.name, ownText(child)]));
  return [
    ...(root.attributes.role === "img" ? [] : ["no role"]),
    ...(words[0]?.[0] === "title" && words[0][1] !== "" ? [] : ["no title"]),
    ...(words[1]?.[0] === "desc" && words[1][1] !== "" ? [] : ["no description"]),
  ];
};

/** Every colour is one of the page's, so that light and dark can set it. */
const hasPageColours: ChartLaw = (svg) =>
  all(svg).flatMap(({ attributes: own }) =>
    [own.fill, own.stroke].filter(
      (value) => value !== undefined && !/^(none|var\(--chart-[a-z0-9-]+, #[0-9a-f]{6}\))$/.test(value),
    ),
  );

/** No letter is smaller than 11 pixels, and nothing scales it down. */
const isReadable: ChartLaw = (svg) =>
  all(svg).flatMap(({ attributes: own }) => [
    ...(own["font-size"] !== undefined && Number(own["font-size"]) < 11 ? [`letters of ${own["font-size"]}`] : []),
    ...(/scale|matrix/.test(own.transform ?? "") ? [`transform ${own.transform}`] : []),
  ]);

/** Numbers are numbers: no NaN, no infinity, no "-0", no "undefined". */
const hasNumbers: ChartLaw = (svg) =>
  all(svg).flatMap(({ attributes: own }) =>
    ["x", "y", "x1", "x2", "y1", "y2", "width", "height", "d", "transform", "viewBox"].flatMap((key) =>
      /NaN|Infinity|undefined|e[+-]\d|(?<![\d.])-0(?![.\d])/.test(own[key] ?? "") ? [`${key}="${own[key]}"`] : [],
    ),
  );

/** Lines, boxes and words lie inside the picture, by the estimate of how wide words are. */
const isInside: ChartLaw = (svg) => {
  const root = parseXml(svg);
  const [, , width, height] = root.attributes.viewBox.split(" ").map(Number);
  const wrong: string[] = [];
  const visit = ({ name, attributes: own, children }: XmlElement, size: number, dx: number, dy: number): void => {
    const letters = Number(own["font-size"] ?? size);
    const [, tx = "0", ty = "0"] = /translate\((-?[\d.]+) (-?[\d.]+)\)/.exec(own.transform ?? "") ?? [];
    const [left, top] = [dx + Number(tx), dy + Number(ty)];
    const number = (key: string): number => Number(own[key] ?? 0);
    const check = (x: number, y: number): void => {
      if (x < -1 || x > width + 1 || y < -1 || y > height + 1)
        wrong.push(`${name} ${JSON.stringify(own)} at ${x} ${y}`);
    };
    if (name === "line") {
      check(left + number("x1"), top + number("y1"));
      check(left + number("x2"), top + number("y2"));
    }
    if (name === "rect") {
      check(left + number("x"), top + number("y"));
      check(left + number("x") + number("width"), top + number("y") + number("height"));
    }
    if (name === "text") {
      const long = textWidth(children.filter((child) => typeof child === "string").join(""), letters);
      const start = { end: long, middle: long / 2 }[own["text-anchor"] ?? ""] ?? 0;
      check(left + number("x") - start, top + number("y"));
      check(left + number("x") - start + long, top + number("y"));
    }
    const inner = name === "svg" && own.viewBox === undefined;
    for (const child of children)
      if (typeof child !== "string")
        visit(child, letters, left + (inner ? number("x") : 0), top + (inner ? number("y") : 0));
  };
  visit(root, 12, 0, 0);
  return wrong;
};

export const chartLaws: Readonly<Record<string, ChartLaw>> = {
  isPlain,
  isNamed,
  hasPageColours,
  isReadable,
  hasNumbers,
  isInside,
};
