/** Checksums: SHA-256 as the platform computes it, and files whose every byte is under it. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../../src/errors.ts";
import { decodeSafetensors } from "../../src/saved/safetensors.ts";
import { decodeSealed, encodeSealed } from "../../src/saved/sealed.ts";
import { sha256 } from "../../src/saved/sha256.ts";
import { runs } from "../arbitraries.ts";

const platform = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("sha256", () => {
  test("is the platform's, for every length around the ends of blocks", () => {
    for (let length = 0; length < 260; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
      expect(sha256(bytes), `${length} bytes`).toBe(platform(bytes));
    }
  });

  test("is of all parts together, however they are cut", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 6 });
    fc.assert(
      fc.property(parts, (some) => void expect(sha256(...some)).toBe(platform(Buffer.concat(some)))),
      runs(200),
    );
  });
});

const file = encodeSealed(
  new Map([
    ["a", { shape: [2, 1], values: Float32Array.of(1, -2) }],
    ["b", { shape: [3], values: Uint8Array.of(1, 2, 3) }],
  ]),
  new Map([["about", '{"sha256":"none"}']]),
);

describe("a sealed file", () => {
  test("is a safetensors file that says it is whole", () => {
    const { sealed, ...rest } = decodeSealed(file, "f");
    expect(sealed).toBe(true);
    expect(rest).toEqual(decodeSafetensors(file, "f"));
  });

  test("is refused with any byte changed, or shows that it has no digest", () => {
    for (let at = 0; at < file.length; at++) {
      for (const flip of [1, 2, 16, 32, 128, 255]) {
        const changed = file.slice();
        changed[at] ^= flip;
        let found: boolean | undefined;
        try {
          found = decodeSealed(changed, "f").sealed;
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
        expect(found, `byte ${at} changed by ${flip}`).not.toBe(true);
      }
    }
  });

  test("is refused cut short anywhere", () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeSealed(file.subarray(0, length), "f")).toThrow(DataError);
    }
  });
});
