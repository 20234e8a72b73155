/**
 * What JSON.parse lets pass: of equal names in an object it keeps the last without a word, and it takes memory for any
 * depth.
 */

/** @throws SyntaxError if a name occurs twice in an object, or brackets nest deeper than `deepest` */
export function requireDistinctNames(json: string, deepest: number): void {
  // The names so far of each object that is open; lists have none.
  const open: Set<string>[] = [];
  const colon = /[ \t\n\r]*:/y;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{" || character === "[") open.push(new Set());
    else if (character === "}" || character === "]") open.pop();
    if (open.length > deepest) throw new SyntaxError(`brackets nest too deep at character ${at}`);
    if (character !== '"') continue;
    const start = at;
    for (at++; at < json.length && json[at] !== '"'; at++) if (json[at] === "\\") at++;
    colon.lastIndex = at + 1;
    if (!colon.test(json)) continue;
    const name = String(JSON.parse(json.slice(start, at + 1)));
    const seen = open.at(-1);
    if (seen?.has(name)) throw new SyntaxError(`it names ${JSON.stringify(name.slice(0, 60))} twice`);
    seen?.add(name);
  }
}
