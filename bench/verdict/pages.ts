/**
 * Pages whose figures are made: what stands between `<!-- cells: NAME -->` and `<!-- end -->` is written anew by the
 * part of that name, everything else is a person's.
 */

export type Parts = Readonly<Record<string, () => string>>;

const block = /(<!-- cells: ([a-z0-9 -]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** @throws Error for a mark without a part, naming both */
export function fill(page: string, parts: Parts, file: string): string {
  return page.replace(block, (_, begin: string, name: string, end: string) => {
    if (!Object.hasOwn(parts, name)) {
      throw new Error(`${file}: no part ${name}; there are ${Object.keys(parts).join(", ")}`);
    }
    return `${begin}\n${parts[name]()}\n\n${end}`;
  });
}

/** The names that a page asks for. */
export const partsOf = (page: string): readonly string[] => [...page.matchAll(block)].map(([, , name]) => name);
