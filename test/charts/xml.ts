/** A strict reader of the little XML that charts are made of: throws on what isn't well-formed. For tests only. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

const characters: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function unescaped(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    if (!whole.endsWith(";") || characters[name] === undefined) throw new Error(`a bare & in ${text}`);
    return characters[name];
  });
}

/** The one element that the text is. */
export function parseXml(text: string): XmlElement {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML can't hold them
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) throw new Error("a character that XML lacks");
  if (/\p{Cs}/u.test(text)) throw new Error("a lone surrogate");
  const tokens = text.match(/<[^>]*>|[^<]+/g) ?? [];
  if (tokens.join("") !== text) throw new Error("a bare <");
  const root: (XmlElement | string)[] = [];
  const open: { name: string; attributes: Record<string, string>; children: (XmlElement | string)[] }[] = [];
  for (const token of tokens) {
    const inside = open.at(-1)?.children ?? root;
    if (!token.startsWith("<")) {
      if (token.includes(">")) throw new Error(`a bare > in ${token}`);
      inside.push(unescaped(token));
    } else if (token.startsWith("</")) {
      const last = open.pop();
      if (`</${last?.name}>` !== token) throw new Error(`${token} closes ${last?.name}`);
    } else {
      const found = /^<([a-zA-Z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>$/.exec(token);
      if (!found) throw new Error(`not a tag: ${token}`);
      const pairs = [...found[2].matchAll(/ ([a-zA-Z0-9:-]+)="([^"]*)"/g)].map(([, key, value]) => [
        key,
        unescaped(value),
      ]);
      if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`an attribute twice: ${token}`);
      const element = { name: found[1], attributes: Object.fromEntries(pairs), children: [] };
      inside.push(element);
      if (found[3] === "") open.push(element);
    }
  }
  const [only, ...more] = root;
  if (open.length > 0 || more.length > 0 || only === undefined || typeof only === "string")
    throw new Error("expected one element, closed");
  return only;
}

/** The element and all that are in it. */
export function descendants(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap((child) => (typeof child === "string" ? [] : descendants(child)))];
}

/** Its own words, not those of elements in it. */
export const ownText = ({ children }: XmlElement): string =>
  children.filter((child) => typeof child === "string").join("");
