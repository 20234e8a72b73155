/**
 * A cursor over the bytes of a text file: words, quoted strings, comments. Lines and columns are worked out only when
 * something is wrong. Reads no numbers (decimal.ts) and knows nothing of any one file format.
 */

import { DataError, type Place, quoted } from "../../errors.ts";
import { bounds } from "./bounds.ts";

export const TAB = 9;
export const NEWLINE = 10;
export const RETURN = 13;
export const SPACE = 32;
export const DOUBLE_QUOTE = 34;
export const PERCENT = 37;
export const SINGLE_QUOTE = 39;
export const COMMA = 44;
/** The digit 0. */
export const ZERO = 48;
const BACKSLASH = 92;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;

/** 1 for the bytes that end an unquoted word: blanks, line ends, comma, braces and the comment sign. */
const endsWord = new Uint8Array(256);
endsWord.fill(1, 0, SPACE + 1);
for (const byte of [COMMA, OPEN_BRACE, CLOSE_BRACE, PERCENT]) endsWord[byte] = 1;

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class Scanner {
  readonly bytes: Uint8Array;
  readonly file: string;
  position = 0;
  /** Whether a CR occurs at all: without one the end of a line is found by a native search. */
  readonly #hasReturn: boolean;
  /** Number of the line that the bytes begin with. */
  readonly #firstLine: number;

  /**
   * @param bytes a file, or whole lines of it from line `firstLine` on.
   * @param expected what the file should hold, for the message about one that holds no text at all.
   * @throws DataError for an empty file, UTF-16 text, or a zero byte.
   */
  constructor(bytes: Uint8Array, file: string, expected: string, firstLine = 1) {
    // A plain view whatever subclass came in (Node's Buffer): one hidden class keeps the loops below fast.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.file = file;
    this.#firstLine = firstLine;
    if (firstLine > 1) {
      this.#hasReturn = this.#checkText(expected);
      return;
    }
    if (bytes.length === 0)
      throw new DataError({ file, line: 1, column: 1 }, `the file is empty: expected ${expected}`);
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
      throw new DataError({ file, line: 1, column: 1 }, `UTF-16 text: expected ${expected} in UTF-8; save it as UTF-8`);
    }
    this.#hasReturn = this.#checkText(expected);
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.position = 3;
  }

  /** @returns whether a CR occurs. @throws DataError for a zero byte. */
  #checkText(expected: string): boolean {
    const zero = this.bytes.indexOf(0);
    if (zero >= 0) throw this.error(zero, `a zero byte, so this is not a text file: expected ${expected}`);
    return this.bytes.indexOf(RETURN) >= 0;
  }

  /** The error to throw for a fault at byte `at`. */
  error(at: number, message: string): DataError {
    return new DataError(this.place(at), message);
  }

  /** Line and column of byte `at`. Lines end with LF, CRLF or CR; columns count characters. */
  place(at: number): Place {
    const { bytes, file } = this;
    let line = this.#firstLine;
    let lineStart = line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb ? Math.min(3, at) : 0;
    for (let i = 0; i < at; i++) {
      if (bytes[i] === NEWLINE || (bytes[i] === RETURN && bytes[i + 1] !== NEWLINE)) {
        line++;
        lineStart = i + 1;
      }
    }
    let column = 1;
    for (let i = lineStart; i < at; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) column++;
    return { file, line, column };
  }

  /** What stands at byte `at`, in words for a message: a quoted excerpt, or the end of the line or file. */
  found(at: number): string {
    const { bytes } = this;
    if (at >= bytes.length) return "the end of the file";
    if (isLineEnd(bytes[at] as number)) return "the end of the line";
    let end = at + 1;
    if (endsWord[bytes[at] as number] === 1) return JSON.stringify(String.fromCharCode(bytes[at] as number));
    while (end < bytes.length && end < at + 40 && endsWord[bytes[end] as number] === 0) end++;
    // A sign of percent that touches the word was hardly meant to start a comment.
    const percent = bytes[end] === PERCENT ? " before a % that starts a comment: a value with % wants quotes" : "";
    return JSON.stringify(new TextDecoder().decode(bytes.subarray(at, end))) + percent;
  }

  /** The text of a range of bytes. @throws DataError if it is not UTF-8. */
  text(start: number, end: number): string {
    const { bytes } = this;
    if (end - start <= 24) {
      let text = "";
      let i = start;
      for (; i < end && (bytes[i] as number) < 128; i++) text += String.fromCharCode(bytes[i] as number);
      if (i === end) return text;
    }
    try {
      return decoder.decode(bytes.subarray(start, end));
    } catch {
      throw this.error(start, "a name or value that is not UTF-8: expected text in UTF-8; save the file as such");
    }
  }

  /** True where the line holds nothing more but, perhaps, a `%` comment. */
  atLineEnd(): boolean {
    const { bytes, position } = this;
    return position >= bytes.length || bytes[position] === PERCENT || isLineEnd(bytes[position] as number);
  }

  skipBlanks(): void {
    const { bytes } = this;
    let at = this.position;
    while (at < bytes.length && isBlank(bytes[at] as number)) at++;
    this.position = at;
  }

  /** Moves past the end of this line. */
  skipLine(): void {
    const { bytes } = this;
    let at = this.position;
    if (this.#hasReturn) {
      while (at < bytes.length && !isLineEnd(bytes[at] as number)) at++;
    } else {
      at = bytes.indexOf(NEWLINE, at);
      if (at < 0) at = bytes.length;
    }
    this.position = at + 1;
  }

  /** Moves to the next byte that is neither blank, line end nor comment. False at the end of the file. */
  skipToContent(): boolean {
    for (;;) {
      this.skipBlanks();
      if (this.position >= this.bytes.length) return false;
      if (!this.atLineEnd()) return true;
      this.skipLine();
    }
  }

  /** The byte after the unquoted word that starts at `start`. */
  wordEnd(start: number): number {
    const { bytes } = this;
    let end = start;
    while (end < bytes.length && endsWord[bytes[end] as number] === 0) end++;
    return end;
  }

  /** Reads a word, quoted or not. @throws DataError naming `expected` where there is none. */
  word(expected: string): string {
    const start = this.position;
    const byte = this.bytes[start];
    if (byte === SINGLE_QUOTE || byte === DOUBLE_QUOTE) return this.quoted();
    const end = this.wordEnd(start);
    if (end === start) throw this.error(start, `expected ${expected}, found ${this.found(start)}`);
    this.checkLength(start, end);
    this.position = end;
    return this.text(start, end);
  }

  /** @throws DataError for a name or value that is longer than any should be. */
  checkLength(start: number, end: number): void {
    if (end - start <= bounds.nameBytes) return;
    const found = `a name or value of ${end - start} bytes, ${quoted(new TextDecoder().decode(this.bytes.subarray(start, start + 40)))}`;
    throw this.error(start, `${found}: expected at most ${bounds.nameBytes}`);
  }

  /**
   * Reads a quoted string; a backslash takes the next character as it is, but for n, r, t and u with four hexadecimal
   * digits. @throws DataError where the line ends before the quote does.
   */
  quoted(): string {
    const { bytes } = this;
    const start = this.position;
    const quote = bytes[start];
    let text = "";
    let from = start + 1;
    for (let at = from; ; at++) {
      const byte = bytes[at];
      if (byte === quote) {
        this.position = at + 1;
        this.checkLength(start, at);
        return text + this.text(from, at);
      }
      if (byte === undefined || isLineEnd(byte)) {
        const sign = quote === SINGLE_QUOTE ? "'" : '"';
        throw this.error(start, `a quote that is not closed: expected ${sign} before ${this.found(at)}`);
      }
      if (byte !== BACKSLASH) continue;
      text += this.text(from, at);
      const escaped = String.fromCharCode(bytes[at + 1] ?? NEWLINE);
      const digits = escaped === "u" ? String.fromCharCode(...bytes.subarray(at + 2, at + 6)) : "";
      if (/^[0-9a-fA-F]{4}$/.test(digits)) {
        text += String.fromCharCode(Number.parseInt(digits, 16));
        from = at + 6;
      } else if (escapes[escaped] !== undefined) {
        text += escapes[escaped];
        from = at + 2;
      } else if (isLineEnd(bytes[at + 1] ?? NEWLINE)) {
        from = at + 1;
      } else {
        from = at + 1;
        at++;
        continue;
      }
      at = from - 1;
    }
  }
}

export function isLineEnd(byte: number): boolean {
  return byte === NEWLINE || byte === RETURN;
}

export function isBlank(byte: number): boolean {
  return byte <= SPACE && byte !== NEWLINE && byte !== RETURN;
}
