/** The text of a study's file as a value of JSON. What is no JSON is said with its line and column. */
import { DataError, quoted } from "../errors.ts";
import { requireDistinctNames } from "../saved/distinct-names.ts";

const deepest = 64;

/** @throws DataError with the place of what is no JSON, or for a name that an object has twice */
export function parseStudyText(text: string, file: string): unknown {
  // Some editors begin a file with a byte-order mark.
  const json = text.replace(/^\ufeff/, "");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new DataError({ file, ...placeAt(json, faultAt(json)) }, `no JSON: ${whatStands(json, faultAt(json))}`);
  }
  try {
    requireDistinctNames(json, deepest);
  } catch (error) {
    throw new DataError({ file }, error instanceof Error ? error.message : String(error));
  }
  return value;
}

function placeAt(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function whatStands(text: string, at: number): string {
  if (at >= text.length) return "the text ends before the study does";
  const word = /^[^\s{}[\],:]+|^./su.exec(text.slice(at, at + 200))?.[0] ?? "";
  const after = /,\s*$/.test(text.slice(Math.max(0, at - 200), at)) && "]}".includes(word);
  return `${quoted(word)} is not expected here${after ? " after a comma" : ""}`;
}

const blank = /[ \t\n\r]*/y;
const token =
  /[{}[\],:]|"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/uy;

/** Where the first token stands that JSON does not allow there; the text's length where it only ends too early. */
function faultAt(text: string): number {
  const open: string[] = [];
  let expected: "value" | "value or end" | "name" | "name or end" | "colon" | "end or comma" = "value";
  for (let at = 0; ; at = token.lastIndex) {
    blank.lastIndex = at;
    blank.exec(text);
    const begin = blank.lastIndex;
    if (begin >= text.length) return text.length;
    token.lastIndex = begin;
    const found = token.exec(text)?.[0];
    if (found === undefined) return begin;
    const isText = found.startsWith('"');
    if (expected === "colon") {
      if (found !== ":") return begin;
      expected = "value";
    } else if (expected.startsWith("name") && isText) expected = "colon";
    else if (expected.startsWith("value") && (isText || !"{}[],:".includes(found))) expected = "end or comma";
    else if (expected.startsWith("value") && (found === "{" || found === "[")) {
      open.push(found);
      expected = found === "{" ? "name or end" : "value or end";
    } else if (expected === "end or comma" && found === "," && open.length > 0) {
      expected = open.at(-1) === "{" ? "name" : "value";
    } else if (expected.includes("end") && found === (open.at(-1) === "{" ? "}" : "]") && open.length > 0) {
      open.pop();
      expected = "end or comma";
    } else return begin;
  }
}
