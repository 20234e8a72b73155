/**
 * The XML file in which Mulan names the labels of an ARFF file: `<labels><label name="..."/></labels>`, nested where
 * labels form a hierarchy. Only what such files hold is read: elements, attributes, comments, declarations, entities.
 */

import type { DataError } from "../../errors.ts";
import type { NamedLabel } from "../preparation/label-selection.ts";
import { DOUBLE_QUOTE, Scanner, SINGLE_QUOTE, SPACE } from "./scanner.ts";

const EXPECTED = 'Mulan\'s XML, <labels><label name="..."></label></labels>';
const LESS_THAN = 60;
const GREATER_THAN = 62;
const SLASH = 47;
const EQUALS = 61;

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads the names of all labels, in the file's order, whatever their depth.
 * @param bytes the file, UTF-8. @throws DataError with line and column for anything but such XML, a name given twice,
 * or none.
 */
export function parseMulan(bytes: Uint8Array, file: string): NamedLabel[] {
  const scanner = new Scanner(bytes, file, EXPECTED);
  const labels = new Map<string, NamedLabel>();
  const open: string[] = [];
  let closedRoot = false;
  for (;;) {
    skipSpace(scanner);
    const at = scanner.position;
    if (at >= bytes.length) break;
    if (bytes[at] !== LESS_THAN) throw scanner.error(at, `expected a tag, found ${scanner.found(at)}`);
    if (skipped(scanner, "<?", "?>") || skipped(scanner, "<!--", "-->") || skipped(scanner, "<!", ">")) continue;
    if (bytes[at + 1] === SLASH) {
      scanner.position += 2;
      const name = readName(scanner);
      if (open.pop() !== name) throw scanner.error(at, `</${name}> closes nothing: expected a tag that fits`);
      closedRoot = open.length === 0;
      closeTag(scanner);
      continue;
    }
    scanner.position++;
    const element = readName(scanner);
    const expected = open.length === 0 && !closedRoot ? "labels" : "label";
    if (element !== expected || closedRoot) throw scanner.error(at, `expected ${EXPECTED}, found <${element}>`);
    const name = readAttributes(scanner, element === "label");
    if (name !== undefined) {
      if (labels.has(name.text))
        throw scanner.error(name.at, `the label ${JSON.stringify(name.text)} a second time: expected each once`);
      labels.set(name.text, { name: name.text, place: () => scanner.place(name.at) });
    } else if (element === "label") {
      throw scanner.error(at, '<label> without a name: expected <label name="...">');
    }
    if (bytes[scanner.position] === SLASH) {
      scanner.position++;
      closedRoot = open.length === 0;
    } else {
      open.push(element);
    }
    closeTag(scanner);
  }
  const unclosed = open.pop();
  if (unclosed !== undefined)
    throw scanner.error(bytes.length, `the file ends here: expected </${unclosed}>; it may be cut off`);
  if (labels.size === 0) throw scanner.error(bytes.length, `no <label>: expected ${EXPECTED}`);
  return [...labels.values()];
}

/** Mulan's XML for the names. Reading it gives them back, whatever characters they hold. */
export function printMulan(labelNames: readonly string[]): string {
  const lines = labelNames.map((name) => `<label name="${escapeXml(name)}"></label>\n`);
  const root = '<labels xmlns="http://mulan.sourceforge.net/labels">';
  return `<?xml version="1.0" encoding="utf-8"?>\n${root}\n${lines.join("")}</labels>\n`;
}

function escapeXml(text: string): string {
  // Control characters would be changed on reading, and lone surrogates by UTF-8.
  return text.replace(/[&<>"\p{Cc}\p{Cs}]/gu, (character) => `&#${character.codePointAt(0)};`);
}

function skipSpace(scanner: Scanner): void {
  const { bytes } = scanner;
  while (scanner.position < bytes.length && (bytes[scanner.position] as number) <= SPACE) scanner.position++;
}

/** Moves behind `closing` where `opening` stands here. */
function skipped(scanner: Scanner, opening: string, closing: string): boolean {
  const { bytes, position: start } = scanner;
  if (!standsAt(bytes, start, opening)) return false;
  for (let at = start + opening.length; at < bytes.length; at++) {
    if (!standsAt(bytes, at, closing)) continue;
    scanner.position = at + closing.length;
    return true;
  }
  throw scanner.error(start, `${opening} that is not closed: expected ${closing}`);
}

function standsAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function readName(scanner: Scanner): string {
  const { bytes, position: start } = scanner;
  let end = start;
  while (end < bytes.length && !endsName(bytes[end] as number)) end++;
  if (end === start) throw scanner.error(start, `expected a name, found ${scanner.found(start)}`);
  scanner.position = end;
  return scanner.text(start, end);
}

function endsName(byte: number): boolean {
  return byte <= SPACE || byte === LESS_THAN || byte === GREATER_THAN || byte === SLASH || byte === EQUALS;
}

/** Reads the attributes of a tag up to its end. @returns the one called name, where it is wanted. */
function readAttributes(scanner: Scanner, wanted: boolean): { text: string; at: number } | undefined {
  const { bytes } = scanner;
  let name: { text: string; at: number } | undefined;
  for (;;) {
    skipSpace(scanner);
    const byte = bytes[scanner.position];
    if (byte === SLASH || byte === GREATER_THAN) return name;
    if (byte === undefined)
      throw scanner.error(bytes.length, "the file ends inside a tag: expected >; it may be cut off");
    const attribute = readName(scanner);
    skipSpace(scanner);
    if (bytes[scanner.position] !== EQUALS) {
      throw scanner.error(scanner.position, `expected = after ${attribute}, found ${scanner.found(scanner.position)}`);
    }
    scanner.position++;
    skipSpace(scanner);
    const at = scanner.position;
    const text = readValue(scanner);
    if (wanted && attribute === "name") name = { text, at };
  }
}

function readValue(scanner: Scanner): string {
  const { bytes, position: start } = scanner;
  const quote = bytes[start];
  if (quote !== DOUBLE_QUOTE && quote !== SINGLE_QUOTE) {
    throw scanner.error(start, `expected a quoted value, found ${scanner.found(start)}`);
  }
  let end = start + 1;
  while (end < bytes.length && bytes[end] !== quote && bytes[end] !== LESS_THAN) end++;
  if (bytes[end] !== quote) throw scanner.error(start, "a quote that is not closed: expected it before the next tag");
  scanner.position = end + 1;
  return scanner
    .text(start + 1, end)
    .replace(/[\t\n\r]/g, " ")
    .replace(/&([^;&]*);?/g, (whole, reference: string) => {
      const character = whole.endsWith(";") ? decode(reference) : undefined;
      if (character === undefined) throw unknownEntity(scanner, start, whole);
      return character;
    });
}

function unknownEntity(scanner: Scanner, at: number, text: string): DataError {
  return scanner.error(
    at,
    `${JSON.stringify(text.slice(0, 12))} in a value: expected &amp; &lt; &gt; &quot; &apos; or &#number;`,
  );
}

function decode(reference: string): string | undefined {
  const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(reference);
  if (!number) return Object.hasOwn(entities, reference) ? entities[reference] : undefined;
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function closeTag(scanner: Scanner): void {
  skipSpace(scanner);
  const { position } = scanner;
  if (scanner.bytes[position] !== GREATER_THAN)
    throw scanner.error(position, `expected >, found ${scanner.found(position)}`);
  scanner.position++;
}
