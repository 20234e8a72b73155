/**
 * The header of an ARFF file: `@relation`, `@attribute` lines, `@data`, with keywords in any case and `%` comments.
 * Attributes may be numeric (`numeric`, `real`, `integer`) or nominal (`{a, b}`). Reads no rows and chooses no labels.
 */

import { Categories } from "./categories.ts";
import { CLOSE_BRACE, COMMA, DOUBLE_QUOTE, OPEN_BRACE, type Scanner, SINGLE_QUOTE } from "./scanner.ts";

export interface ArffAttribute {
  readonly name: string;
  /** Byte offset of the name in the file. */
  readonly at: number;
  /** Of a nominal attribute. */
  readonly categories?: Categories;
}

export interface ArffHeader {
  readonly relation: { readonly name: string; readonly at: number };
  readonly attributes: readonly ArffAttribute[];
}

const DIRECTIVES = "expected @relation, @attribute or @data";
const TYPES = "expected numeric, real, integer or {value,...}";

/** The last list of categories and its text: files repeat `{0,1}` thousands of times, and all of them share one table. */
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
          const name = JSON.stringify(attribute.name);
          throw scanner.error(
            attribute.at,
            `a second attribute named ${name}: expected another name than in line ${line}`,
          );
        }
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
    requireLineEnd(scanner, "the list of values");
    return { name, at, categories };
  }
  const type = scanner.text(typeAt, scanner.wordEnd(typeAt)).toLowerCase();
  if (type !== "numeric" && type !== "real" && type !== "integer") {
    const known = type === "string" || type === "date" || type === "relational";
    const advice = known ? " (this type can't be learned from: remove the attribute or make it nominal)" : "";
    throw scanner.error(typeAt, `${TYPES}, found ${scanner.found(typeAt)}${advice}`);
  }
  scanner.position = typeAt + type.length;
  requireLineEnd(scanner, "the type");
  return { name, at };
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
    if (names.has(name))
      throw scanner.error(at, `the value ${JSON.stringify(name)} a second time: expected each value once`);
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
  throw scanner.error(position, `expected the end of the line after ${after}, found ${scanner.found(position)}`);
}
