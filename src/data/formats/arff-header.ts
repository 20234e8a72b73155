/**
 * The header of an ARFF file: `@relation`, `@attribute` lines, `@data`, with keywords in any case and `%` comments.
 * Attributes may be numeric (`numeric`, `real`, `integer`), nominal (`{a, b}`) or text (`string`, `date`), which only a
 * column that is left out can be. Reads no rows and chooses no labels.
 */

import { quoted } from "../../errors.ts";
import { bounds } from "./bounds.ts";
import { Categories } from "./categories.ts";
import { CLOSE_BRACE, COMMA, DOUBLE_QUOTE, OPEN_BRACE, type Scanner, SINGLE_QUOTE, ZERO } from "./scanner.ts";

export interface ArffAttribute {
  readonly name: string;
  /** Byte offset of the name in the file. */
  readonly at: number;
  /** Of a nominal attribute. */
  readonly categories?: Categories;
  /** The type of an attribute that nothing can be learned from. */
  readonly text?: "string" | "date";
}

export interface ArffHeader {
  readonly relation: { readonly name: string; readonly at: number };
  readonly attributes: readonly ArffAttribute[];
}

const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const SIGNS = "+-.eE, \t";
const DIRECTIVES = "expected @relation, @attribute or @data";
const TYPES = "expected numeric, real, integer or {value,...}";

/**
 * The last list of categories and its text: files repeat `{0,1}` thousands of times, and all of them share one table.
 */
interface Repeated {
  text: Uint8Array;
  categories: Categories;
}

/** Reads up to and with the `@data` line. @throws DataError at the first thing that is not ARFF. */
export function readArffHeader(scanner: Scanner): ArffHeader {
  const { bytes } = scanner;
  const attributes: ArffAttribute[] = [];
  const seen = new Map<string, number>();
  const repeated: Repeated = { text: new Uint8Array(0), categories: new Categories([]) };
  let relation = { name: "", at: scanner.position };
  for (;;) {
    if (!scanner.skipToContent())
      throw scanner.error(bytes.length, "the file ends here: expected @data and rows; it may be cut off");
    const at = scanner.position;
    const directive = scanner.text(at, scanner.wordEnd(at));
    scanner.position = scanner.wordEnd(at);
    scanner.skipBlanks();
    switch (directive.toLowerCase()) {
      case "@relation":
        relation = { at: scanner.position, name: readRelation(scanner) };
        break;
      case "@attribute": {
        const attribute = readAttribute(scanner, repeated);
        const first = seen.get(attribute.name);
        if (first !== undefined) {
          const line = scanner.place(first).line;
          const name = quoted(attribute.name);
          throw scanner.error(
            attribute.at,
            `a second attribute named ${name}: expected another name than in line ${line}`,
          );
        }
        if (attributes.length === bounds.columns)
          throw scanner.error(at, `more than ${bounds.columns} attributes: expected at most so many`);
        seen.set(attribute.name, attribute.at);
        attributes.push(attribute);
        break;
      }
      case "@data":
        requireLineEnd(scanner, "@data");
        if (attributes.length === 0) throw scanner.error(at, "@data before any @attribute: expected attributes first");
        scanner.skipLine();
        return { relation, attributes };
      default:
        throw scanner.error(at, `${DIRECTIVES}, found ${scanner.found(at)}`);
    }
  }
}

/** A quoted name, or everything up to the end of the line: `@relation Music: -C 6` is seen without quotes too. */
function readRelation(scanner: Scanner): string {
  const start = scanner.position;
  const byte = scanner.bytes[start];
  if (byte === SINGLE_QUOTE || byte === DOUBLE_QUOTE) {
    const name = scanner.quoted();
    requireLineEnd(scanner, "the relation's name");
    return name;
  }
  while (!scanner.atLineEnd()) scanner.position++;
  return scanner.text(start, scanner.position).trim();
}

function readAttribute(scanner: Scanner, repeated: Repeated): ArffAttribute {
  const at = scanner.position;
  const name = scanner.word("an attribute's name");
  scanner.skipBlanks();
  const typeAt = scanner.position;
  if (scanner.bytes[typeAt] === OPEN_BRACE) {
    const categories = readCategories(scanner, repeated);
    finishType(scanner, "the list of values");
    return { name, at, categories };
  }
  const type = scanner.text(typeAt, scanner.wordEnd(typeAt)).toLowerCase();
  scanner.position = typeAt + type.length;
  if (type === "string" || type === "date") {
    // A date may say its format, which nobody needs who leaves the column out.
    while (!scanner.atLineEnd()) scanner.position++;
    return { name, at, text: type };
  }
  if (type !== "numeric" && type !== "real" && type !== "integer") {
    const advice = type === "relational" ? " (this type can't be learned from: remove the attribute)" : "";
    throw scanner.error(typeAt, `${TYPES}, found ${scanner.found(typeAt)}${advice}`);
  }
  finishType(scanner, "the type");
  return { name, at };
}

/** Passes over what may follow a type and says nothing that is needed: a range, `[0,9]`, and a weight, `{0.5}`. */
function finishType(scanner: Scanner, after: string): void {
  const { bytes } = scanner;
  for (const [opening, closing] of [
    [OPEN_BRACKET, CLOSE_BRACKET],
    [OPEN_BRACE, CLOSE_BRACE],
  ]) {
    scanner.skipBlanks();
    if (bytes[scanner.position] !== opening) continue;
    let end = scanner.position + 1;
    while (end < bytes.length && isOfNumbers(bytes[end] as number)) end++;
    if (bytes[end] === closing) scanner.position = end + 1;
  }
  requireLineEnd(scanner, after);
}

/** Digits, signs, points, exponents, commas and blanks. */
function isOfNumbers(byte: number): boolean {
  return (byte >= ZERO && byte <= ZERO + 9) || SIGNS.includes(String.fromCharCode(byte));
}

function readCategories(scanner: Scanner, repeated: Repeated): Categories {
  const { bytes } = scanner;
  const start = scanner.position;
  if (startsWith(bytes, start, repeated.text)) {
    scanner.position += repeated.text.length;
    return repeated.categories;
  }
  const names = new Set<string>();
  do {
    scanner.position++;
    scanner.skipBlanks();
    const at = scanner.position;
    const name = scanner.word("a value");
    if (names.has(name)) throw scanner.error(at, `the value ${quoted(name)} a second time: expected each value once`);
    names.add(name);
    scanner.skipBlanks();
  } while (bytes[scanner.position] === COMMA);
  const end = scanner.position;
  if (bytes[end] !== CLOSE_BRACE) throw scanner.error(end, `expected "," or "}", found ${scanner.found(end)}`);
  scanner.position++;
  repeated.text = bytes.subarray(start, scanner.position);
  repeated.categories = new Categories([...names]);
  return repeated.categories;
}

function startsWith(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return text.length > 0;
}

function requireLineEnd(scanner: Scanner, after: string): void {
  scanner.skipBlanks();
  if (scanner.atLineEnd()) return;
  const { position } = scanner;
  const found = scanner.found(position);
  throw scanner.error(position, `expected the end of the line after ${after}, found ${found}; delete what follows`);
}
