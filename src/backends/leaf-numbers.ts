/** What noise knows a leaf by: its name as two numbers of 32 bits. */
import type { LeafNumbers } from "../../kernels/noise.ts";

/** A leaf's name as 64 bits: what a leaf draws does not depend on which others there are. */
export function leafNumbers(name: string): LeafNumbers {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < name.length; i++) {
    a = Math.imul(a ^ name.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ name.charCodeAt(i), 0x5bd1e995);
    b ^= b >>> 15;
  }
  return [a >>> 0, b >>> 0];
}
