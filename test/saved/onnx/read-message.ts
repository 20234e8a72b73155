/** Reads protobuf messages, field by field; which field means what is for the tests to say. */

export interface Message {
  /** Whole numbers under this field, in order. */
  numbers(field: number): readonly number[];
  texts(field: number): readonly string[];
  messages(field: number): readonly Message[];
}

/** @throws Error for bytes that are no message, or a kind of value that is not read here */
export function readMessage(bytes: Uint8Array): Message {
  const numbers: (readonly [field: number, value: number])[] = [];
  const pieces: (readonly [field: number, value: Uint8Array])[] = [];
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("cut short");
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, type] = [Math.floor(key / 8), key % 8];
    if (type === 0) numbers.push([field, varint()]);
    else if (type === 2) {
      const length = varint();
      pieces.push([field, bytes.subarray(at, at + length)]);
      at += length;
    } else if (type === 5) at += 4;
    else throw new Error(`type ${type}`);
  }
  const of = <T>(list: readonly (readonly [number, T])[], field: number): T[] =>
    list.filter(([own]) => own === field).map(([, value]) => value);
  return {
    numbers: (field) => of(numbers, field),
    texts: (field) => of(pieces, field).map((piece) => new TextDecoder("utf-8", { fatal: true }).decode(piece)),
    messages: (field) => of(pieces, field).map(readMessage),
  };
}

/** The sizes of a ValueInfoProto's tensor: numbers, or names of what is free. */
export function shapeOf(value: Message): readonly (number | string)[] {
  const [tensor] = value.messages(2)[0].messages(1);
  return tensor
    .messages(2)[0]
    .messages(1)
    .map((dimension) => dimension.numbers(1)[0] ?? dimension.texts(2)[0]);
}
