/**
 * SVG as text: elements, attributes and escaped words. Pure functions of plain data; no DOM is needed, and no string
 * from outside reaches the markup unescaped.
 */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** What XML 1.0 can't hold: control characters, lone surrogates, the two non-characters. */
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for element content and attribute values of XML and HTML alike. What no document can hold becomes U+FFFD. */
export function escapeText(text: string): string {
  return text.replace(unprintable, "\ufffd").replace(/[&<>"']/g, (character) => entities[character]);
}

/** A coordinate with at most two decimals; never "-0". */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

/**
 * An element; attribute values are escaped, undefined ones are left out. Children are markup, as this module gives it.
 */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [` ${key}="${typeof value === "number" ? coordinate(value) : escapeText(value)}"`];
  });
  const inside = children.join("");
  return inside === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${inside}</${name}>`;
}

/** An element whose content is words. */
export function words(name: string, attributes: Attributes, text: string): string {
  return element(name, attributes, escapeText(text));
}

/** A path through points, `M x y L x y ...`; empty for none. */
export function pathThrough(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${coordinate(x)} ${coordinate(y)}`).join("");
}

/** The stretches of items that are there, between gaps. */
export function stretches<T>(items: readonly T[], isThere: (item: T) => boolean): readonly (readonly T[])[] {
  const found: T[][] = [[]];
  for (const item of items) {
    const last = found[found.length - 1];
    if (isThere(item)) last.push(item);
    else if (last.length > 0) found.push([]);
  }
  return found.filter((stretch) => stretch.length > 0);
}
