/**
 * What a compiled module need not carry: names of functions, and exports that only kept the compiler from melting a
 * loop into its caller.
 */

const customSection = 0;
const exportSection = 7;

function unsigned(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}

/** Reads numbers and runs of bytes from `at` on. */
function reader(bytes, start = 0) {
  let at = start;
  const byte = () => bytes[at++];
  const number = () => {
    const low = byte();
    return low < 128 ? low : low - 128 + 128 * number();
  };
  const run = (count) => {
    at += count;
    return bytes.subarray(at - count, at);
  };
  return { byte, number, run, ended: () => at >= bytes.length };
}

/** The entries of the export section with these names, counted anew. */
function neededExports(content, called) {
  const { byte, number, run } = reader(content);
  const entries = Array.from({ length: number() }, () => {
    const name = run(number()).toString();
    return { name, words: [byte(), ...unsigned(number())] };
  });
  const needed = entries.filter(({ name }) => called.includes(name));
  if (needed.length !== called.length) throw new Error(`wasm kernels: the module exports not all of ${called}`);
  const bytes = needed.flatMap(({ name, words }) => [...unsigned(name.length), ...Buffer.from(name), ...words]);
  return Buffer.from([...unsigned(needed.length), ...bytes]);
}

/** The same module with nothing but what runs, and exports of these names alone. */
export function strip(bytes, called) {
  const parts = [bytes.subarray(0, 8)];
  const { byte, number, run, ended } = reader(bytes, 8);
  while (!ended()) {
    const section = byte();
    const content = run(number());
    if (section === customSection) continue;
    const kept = section === exportSection ? neededExports(content, called) : content;
    parts.push(Buffer.from([section, ...unsigned(kept.length)]), kept);
  }
  return Buffer.concat(parts);
}
