/**
 * A report's page in fewer bytes that shows the same: what many elements of its pictures have alike is said once, as a
 * class of the style sheet; coordinates have one decimal; end tags that HTML does without are left out. Names from
 * outside have their `<` and `"` escaped, so that no part of them is taken for markup.
 */

/** Attributes that a style sheet may hold. */
const presentational = new Set([
  ...["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin"],
  ...["font-family", "font-size", "font-weight", "text-anchor"],
]);
const geometric = new Set(["d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform"]);

/** Elements of pictures with their attributes. */
const tags = /<(svg|g|line|path|rect|text)((?: [A-Za-z0-9-]+="[^"]*")+)(\/?)>/g;
const attributes = / ([A-Za-z0-9-]+)="([^"]*)"/g;

/** Fewer than this many are as short in their own attributes. */
const fewest = 4;

interface Tag {
  readonly style: string;
  /** What stays with the element: all of it, and without the style. */
  readonly whole: string;
  readonly rest: string;
}

function parsed(written: string): Tag {
  const styles: string[] = [];
  const whole: string[] = [];
  const rest: string[] = [];
  for (const [, name, given] of written.matchAll(attributes)) {
    // This page needs no namespace for inline pictures.
    if (name === "xmlns") continue;
    const value = geometric.has(name) ? oneDecimal(given) : withoutFallback(given);
    whole.push(` ${name}="${value}"`);
    const plain = value.replaceAll("&#39;", "'");
    if (presentational.has(name) && /^[\w#(),.%' -]*$/.test(plain)) {
      styles.push(`${name}:${plain}${name === "font-size" ? "px" : ""}`);
    } else rest.push(` ${name}="${value}"`);
  }
  return { style: styles.join(";"), whole: whole.join(""), rest: rest.join("") };
}

const oneDecimal = (value: string): string =>
  value.replace(/\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10));

/** The page defines the colours of charts. */
const withoutFallback = (value: string): string =>
  value.replace(/^var\((--chart-[a-z0-9-]+), #[0-9a-f]{6}\)$/, "var($1)");

/** @param html a page with `</style>` in its head */
export function compactHtml(html: string): string {
  const uses = new Map<string, number>();
  for (const [, , written] of html.matchAll(tags)) {
    const { style } = parsed(written);
    uses.set(style, (uses.get(style) ?? 0) + 1);
  }
  const often = [...uses].filter(([style, count]) => style !== "" && count >= fewest);
  const names = new Map(often.map(([style], index) => [style, `s${index.toString(36)}`]));
  const rules = [...names].map(([style, name]) => `.${name}{${style}}`).join("");
  return html
    .replace(tags, (_, element: string, written: string, end: string) => {
      const { style, whole, rest } = parsed(written);
      const name = names.get(style);
      return `<${element}${name === undefined ? whole : ` class="${name}"${rest}`}${end}>`;
    })
    .replace("</style>", () => `${rules}</style>`)
    .replace(/<\/(?:td|th|tr|thead|tbody)>/g, "");
}
