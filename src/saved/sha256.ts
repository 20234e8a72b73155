/**
 * SHA-256 of bytes (FIPS 180-4), at once and on every page: the platform's own is asynchronous and missing on plain
 * http.
 */

const block = 64;

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

const fractionBits = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32);

/**
 * First 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first
 * 8.
 */
const roundConstants = Uint32Array.from(primes(64), (prime) => fractionBits(Math.cbrt(prime)));
const initialState = Uint32Array.from(primes(8), (prime) => fractionBits(Math.sqrt(prime)));

const rotate = (x: number, bits: number): number => (x >>> bits) | (x << (32 - bits));

/** 64 hexadecimal digits for the bytes of all parts, one after another. */
export function sha256(...parts: readonly Uint8Array[]): string {
  const state = initialState.slice();
  const waiting = new Uint8Array(block);
  let filled = 0;
  let length = 0;
  const add = (bytes: Uint8Array): void => {
    let at = 0;
    if (filled > 0) {
      at = Math.min(block - filled, bytes.length);
      waiting.set(bytes.subarray(0, at), filled);
      filled += at;
      if (filled < block) return;
      compress(state, waiting, 0);
    }
    for (; at + block <= bytes.length; at += block) compress(state, bytes, at);
    waiting.set(bytes.subarray(at));
    filled = bytes.length - at;
  };
  for (const part of parts) {
    add(part);
    length += part.length;
  }
  // A one bit, zeros up to 8 bytes before the end of a block, and the length in bits.
  const padding = new Uint8Array(block - ((length + 8) % block) + 8);
  padding[0] = 0x80;
  new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(length) * 8n);
  add(padding);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

const schedule = new Int32Array(64);

/** One block of `bytes` from `at` on, stirred into the state. */
function compress(state: Uint32Array, bytes: Uint8Array, at: number): void {
  const w = schedule;
  for (let t = 0; t < 16; t++) {
    const i = at + 4 * t;
    w[t] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
  }
  for (let t = 16; t < 64; t++) {
    const [x, y] = [w[t - 15], w[t - 2]];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + roundConstants[t] + w[t]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  const stirred = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) state[i] += stirred[i];
}
