/** Cuts pieces of text into lines, and none of them may be longer than a limit: a flood takes no memory. */

/** Called for each line, without its end; `undefined` as soon as one is too long; the rest of it is thrown away. */
export type LineListener = (line: string | undefined) => void;

export class LineReader {
  readonly #limit: number;
  readonly #listener: LineListener;
  #pieces: string[] = [];
  #length = 0;

  /** @param limit longest line, in characters */
  constructor(limit: number, listener: LineListener) {
    this.#limit = limit;
    this.#listener = listener;
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      this.#add(text.slice(from, end));
      this.#end();
      from = end + 1;
    }
    this.#add(text.slice(from));
  }

  /** The last line, where its end is missing. */
  finish(): void {
    if (this.#length > 0) this.#end();
  }

  #add(piece: string): void {
    if (piece === "") return;
    const fitted = this.#length <= this.#limit;
    this.#length += piece.length;
    if (this.#length <= this.#limit) this.#pieces.push(piece);
    else {
      this.#pieces = [];
      if (fitted) this.#listener(undefined);
    }
  }

  #end(): void {
    const line = this.#length > this.#limit ? "" : this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    if (line !== "") this.#listener(line);
  }
}
