/**
 * The declared values of a nominal attribute, found again from the bytes of a cell without making a string of them: a
 * hash table over the encoded values.
 */

export class Categories {
  readonly names: readonly string[];
  /** Encoded names, one after another: name i is `bytes[starts[i] .. starts[i + 1])`. */
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  /** Open addressing with linear probing; holds index + 1, 0 where free. */
  readonly #slots: Uint32Array;

  /** @param names distinct. */
  constructor(names: readonly string[]) {
    this.names = names;
    const encoder = new TextEncoder();
    const encoded = names.map((name) => encoder.encode(name));
    this.#starts = new Uint32Array(names.length + 1);
    encoded.forEach((bytes, i) => {
      this.#starts[i + 1] = (this.#starts[i] as number) + bytes.length;
    });
    this.#bytes = new Uint8Array(this.#starts[names.length] as number);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * names.length + 1)));
    encoded.forEach((bytes, i) => {
      this.#bytes.set(bytes, this.#starts[i]);
      let slot = hash(bytes, 0, bytes.length) & (this.#slots.length - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = i + 1;
    });
  }

  /** The index of the name that stands in `bytes[start .. end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash(bytes, start, end) & mask; ; slot = (slot + 1) & mask) {
      const candidate = (this.#slots[slot] as number) - 1;
      if (candidate < 0 || this.#equals(candidate, bytes, start, end)) return candidate;
    }
  }

  /** The index of a value, also where a number is written in another way; -1 for none. */
  indexOf(text: string): number {
    const { names } = this;
    const index = names.indexOf(text);
    if (index >= 0 || text.trim() === "" || !Number.isFinite(Number(text))) return index;
    return names.findIndex((name) => name.trim() !== "" && Number(name) === Number(text));
  }

  #equals(candidate: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[candidate] as number;
    if ((this.#starts[candidate + 1] as number) - from !== end - start) return false;
    for (let i = start; i < end; i++) if (bytes[i] !== this.#bytes[from + i - start]) return false;
    return true;
  }
}

/** The values, cut short where there are many. */
export function listed({ names }: Categories): string {
  const text = names.slice(0, 8).join(",").slice(0, 100);
  return names.length > 8 ? `{${text},... ${names.length} values}` : `{${text}}`;
}

/** FNV-1a, 32 bits. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ (bytes[i] as number), 0x01000193);
  return value >>> 0;
}
