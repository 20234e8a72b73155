import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../src/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  type TensorValues,
} from "../../src/saved/safetensors.ts";
import { runs } from "../arbitraries.ts";
import { describeWith, fixtures } from "../fixtures.ts";

/** A file with the given header text and data, whether they fit together or not. */
function fileOf(header: string, data: Uint8Array = new Uint8Array(), declared?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, declared ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

/** Equal to the bit, so that NaN equals NaN and -0 differs from 0. */
function expectSameBits(actual: TensorValues, expected: TensorValues): void {
  expect(actual.constructor).toBe(expected.constructor);
  const bytes = ({ buffer, byteOffset, byteLength }: TensorValues) => Buffer.from(buffer, byteOffset, byteLength);
  expect(bytes(actual).equals(bytes(expected))).toBe(true);
}

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);
const kinds = [
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
] as const;

const tensor: fc.Arbitrary<StoredTensor> = fc.tuple(shapes, fc.constantFrom(...kinds)).chain(([shape, Kind]) => {
  const length = sizeOf(shape) * Kind.BYTES_PER_ELEMENT;
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => ({
    shape,
    values: new Kind(bytes.slice().buffer),
  }));
});
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("__proto__", "0", "constructor", ""),
);
const anyFile = fc.record({
  tensors: fc.array(fc.tuple(text, tensor), { maxLength: 5 }).map((entries) => new Map(entries)),
  metadata: fc.array(fc.tuple(text, text), { maxLength: 3 }).map((entries) => new Map(entries)),
});

/** decode(encode(x)) is x, to the bit. */
function roundTrips(encode: typeof encodeSafetensors): void {
  fc.assert(
    fc.property(anyFile, ({ tensors, metadata }) => {
      const decoded = decodeSafetensors(encode(tensors, metadata), "made");
      expect(new Map(decoded.metadata)).toEqual(metadata);
      expect([...decoded.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
      for (const [name, { shape, values }] of tensors) {
        const found = decoded.tensors.get(name);
        expect(found?.shape).toEqual(shape);
        if (found) expectSameBits(found.values, values);
      }
    }),
    runs(200),
  );
}

describe("writing, then reading", () => {
  test("is the identity", () => roundTrips(encodeSafetensors));

  test("negative control: a flipped data bit is seen", () => {
    const flipped: typeof encodeSafetensors = (tensors, metadata) => {
      const file = encodeSafetensors(tensors, metadata);
      const dataStart = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
      if (file.length > dataStart) file[file.length - 1] ^= 1;
      return file;
    };
    expect(() => roundTrips(flipped)).toThrow();
  });

  test("aligns every array and pads the header with spaces", () => {
    fc.assert(
      fc.property(anyFile, ({ tensors, metadata }) => {
        const file = encodeSafetensors(tensors, metadata);
        const length = Number(new DataView(file.buffer).getBigUint64(0, true));
        expect(length % 8).toBe(0);
        const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
        for (const [name, { values }] of tensors) {
          expect(header[name].data_offsets[0] % values.BYTES_PER_ELEMENT).toBe(0);
        }
      }),
      runs(50),
    );
  });

  test("gives the bytes that the format's description says", () => {
    const file = encodeSafetensors(new Map([["w", { shape: [1, 2], values: Float32Array.of(1, -2) }]]));
    const header = '{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    expect(Buffer.from(file).toString("hex")).toBe(
      "3800000000000000" + Buffer.from(header).toString("hex") + "0000803f000000c0",
    );
  });

  test("reads from the middle of a larger buffer, and copies", () => {
    const file = encodeSafetensors(new Map([["x", { shape: [], values: Float64Array.of(0.1) }]]));
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    const { tensors } = decodeSafetensors(larger.subarray(3), "made");
    larger.fill(0);
    expect(tensors.get("x")).toEqual({ type: "F64", shape: [], values: Float64Array.of(0.1) });
  });

  test("keeps the order of the data", () => {
    const one = { shape: [1], values: Float32Array.of(1) };
    const wide = { shape: [1], values: Float64Array.of(1) };
    const file = encodeSafetensors(
      new Map<string, StoredTensor>([
        ["10", one],
        ["2", one],
        ["b", wide],
      ]),
    );
    expect([...decodeSafetensors(file, "made").tensors.keys()]).toEqual(["b", "10", "2"]);
  });
});

describe("narrow types of other writers", () => {
  const read = (type: string, bytes: number[], length: number) =>
    decodeSafetensors(
      fileOf(
        `{"x":{"dtype":"${type}","shape":[${length}],"data_offsets":[0,${bytes.length}]}}`,
        Uint8Array.from(bytes),
      ),
      "made",
    ).tensors.get("x")?.values;

  test("half precision, widened exactly", () => {
    // 1, -2, the largest, the smallest subnormal, the smallest normal, infinity, NaN, -0
    const words = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x7c00, 0x7e00, 0x8000];
    expect(
      read(
        "F16",
        words.flatMap((word) => [word & 255, word >> 8]),
        words.length,
      ),
    ).toEqual(Float32Array.of(1, -2, 65504, 2 ** -24, 2 ** -14, Number.POSITIVE_INFINITY, Number.NaN, -0));
  });
  test("bfloat16, widened exactly", () => {
    expect(read("BF16", [0x80, 0x3f, 0x49, 0xc0], 2)).toEqual(Float32Array.of(1, -3.140625));
  });
  test("booleans", () => expect(read("BOOL", [1, 0], 2)).toEqual(Uint8Array.of(1, 0)));
});

describe("files that can't be read", () => {
  const entry = (offsets: string, shape = "[1]", type = '"F32"') =>
    `{"dtype":${type},"shape":${shape},"data_offsets":${offsets}}`;
  const four = new Uint8Array(4);
  const eight = new Uint8Array(8);
  test.each<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(), "the file has 0 bytes; a safetensors file has at least 10"],
    ["shorter than its length field", new Uint8Array(5), "the file has 5 bytes"],
    [
      "a text file",
      new TextEncoder().encode("@relation emotions\n@attribute a numeric"),
      "above the limit of 100000000",
    ],
    ["a file of torch.save", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0), "begins with PK: a file of torch.save"],
    ["an old one", Uint8Array.of(0x80, 2, 0x8a, 10, 0, 0, 0, 0, 0, 0), "a pickle, perhaps an old file of torch.save"],
    ["an HDF5 file", Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0), "an HDF5 file, such as Keras writes"],
    ["header of 2^64 - 1", fileOf("{}", four, 2n ** 64n - 1n), "18446744073709551615, above the limit"],
    ["header longer than the file", fileOf("{}", four, 99_999_999n), "but only 6 follow: the file is cut short"],
    ["no header", fileOf("", four), "doesn't start with {"],
    ["an array as header", fileOf("[1]"), "doesn't start with {"],
    ["not JSON", fileOf('{"x":'), "the header can't be read"],
    ["not UTF-8", fileOf("{}", Uint8Array.of(0xff), 3n), "the header can't be read"],
    ["endless brackets", fileOf("{".repeat(1000)), "brackets nest too deep at character 3"],
    ["a name twice", fileOf(`{"x":${entry("[0,4]")},"\\u0078" :${entry("[0,4]")}}`, four), 'it names "x" twice'],
    ["metadata twice", fileOf('{"__metadata__":{},"__metadata__":{}}'), 'it names "__metadata__" twice'],
    ["metadata of numbers", fileOf('{"__metadata__":{"epoch":3}}'), '__metadata__ has "epoch" as 3; expected a string'],
    ["metadata as text", fileOf('{"__metadata__":"x"}'), "expected an object of strings"],
    ["a tensor that is a number", fileOf('{"x":3}'), 'tensor "x" is 3; expected dtype, shape and data_offsets'],
    [
      "unknown type",
      fileOf(`{"x":${entry("[0,4]", "[1]", '"F8_E4M3"')}}`, four),
      'has dtype "F8_E4M3"; expected one of',
    ],
    ["inherited type", fileOf(`{"x":${entry("[0,4]", "[1]", '"toString"')}}`, four), 'has dtype "toString"'],
    ["negative size", fileOf(`{"x":${entry("[0,4]", "[-1,-1]")}}`, four), "has shape [-1,-1]; expected whole numbers"],
    ["fractional size", fileOf(`{"x":${entry("[0,4]", "[0.5,2]")}}`, four), "expected whole numbers >= 0"],
    ["overflowing size", fileOf(`{"x":${entry("[0,4]", "[4294967296,4294967296]")}}`, four), "needs NaN bytes"],
    ["no shape", fileOf('{"x":{"dtype":"F32","data_offsets":[0,4]}}', four), "has shape missing"],
    ["reversed offsets", fileOf(`{"x":${entry("[4,0]")}}`, four), "expected [begin, end] with begin <= end"],
    ["three offsets", fileOf(`{"x":${entry("[0,4,8]")}}`, four), "expected [begin, end]"],
    ["wrong span", fileOf(`{"x":${entry("[0,8]")}}`, eight), "needs 4 bytes, but its data_offsets span 8"],
    ["data cut short", fileOf(`{"x":${entry("[0,4]")}}`, four.subarray(1)), "but the file has 3: it is cut short"],
    ["overlap", fileOf(`{"x":${entry("[0,4]")},"y":${entry("[2,6]")}}`, eight), "inside the one that ends at 4"],
    ["gap", fileOf(`{"x":${entry("[4,8]")}}`, eight), "data bytes 0 to 4 belong to no tensor"],
    ["bytes left over", fileOf(`{"x":${entry("[0,4]")}}`, eight), "4 bytes follow the last tensor"],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, "weights.safetensors")).toThrow(DataError);
    expect(() => decodeSafetensors(bytes, "weights.safetensors")).toThrow(message);
    expect(() => decodeSafetensors(bytes, "weights.safetensors")).toThrow(/^weights\.safetensors: .{10,250}$/);
  });

  const valid = encodeSafetensors(
    new Map<string, StoredTensor>([
      ["a", { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
      ["b", { shape: [3], values: Uint8Array.of(1, 2, 3) }],
    ]),
    new Map([["note", "x"]]),
  );

  /** Either the file is read in full, or a DataError of one line says why not: no other error, no hang. */
  const readsOrRefuses = (bytes: Uint8Array): boolean => {
    try {
      const { tensors } = decodeSafetensors(bytes, "fuzzed");
      for (const { shape, values } of tensors.values()) expect(values.length).toBe(sizeOf(shape));
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      return false;
    }
  };

  test("every prefix of a file is refused", () => {
    for (let length = 0; length < valid.length; length++) expect(readsOrRefuses(valid.subarray(0, length))).toBe(false);
    expect(readsOrRefuses(valid)).toBe(true);
  });

  test("damaged bytes are read or refused, nothing else", () => {
    const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = valid.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        readsOrRefuses(bytes);
      }),
      runs(2000),
    );
  });

  test("headers of the right form with arbitrary fields are read or refused, nothing else", () => {
    const field = fc.oneof(fc.jsonValue(), fc.array(fc.nat(9), { maxLength: 3 }), fc.constantFrom("F32", "U8", "BF16"));
    const header = fc.dictionary(text, fc.record({ dtype: field, shape: field, data_offsets: field }), { maxKeys: 3 });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 20 }), (fields, data) => {
        readsOrRefuses(fileOf(JSON.stringify(fields), data));
      }),
      runs(1000),
    );
  });
});

describe("calls that can't be written", () => {
  test("shape and values that disagree", () => {
    const given = new Map([["w", { shape: [2, 3], values: new Float32Array(5) }]]);
    expect(() => encodeSafetensors(given)).toThrow(UsageError);
    expect(() => encodeSafetensors(given)).toThrow('tensor "w" has shape [2,3], 6 values, but holds 5');
  });
  test("a size that isn't whole", () => {
    const given = new Map([["w", { shape: [0.5, 2], values: new Float32Array(1) }]]);
    expect(() => encodeSafetensors(given)).toThrow(UsageError);
  });
  test("the reserved name", () => {
    const given = new Map([["__metadata__", { shape: [0], values: new Float32Array(0) }]]);
    expect(() => encodeSafetensors(given)).toThrow("the format keeps that name");
  });
});

const models = `${fixtures}/models`;
describeWith(models, "files written by the reference implementation", () => {
  const files = readdirSync(models, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".safetensors"),
  );
  test.each(files)("%s", (name) => {
    const { tensors, metadata } = decodeSafetensors(readFileSync(`${models}/${name}`), name);
    expect(metadata.get("model")).toBe(name.replace(/^.*[\\/]|\.safetensors$/g, ""));
    const batch = Number(metadata.get("batch"));
    const labels = Number(metadata.get("labels"));
    expect(tensors.get("input/y")?.shape).toEqual([batch, labels]);
    const y = Array.from(tensors.get("input/y")?.values ?? [], Number);
    expect(y.slice(0, 2 * labels)).toEqual([...Array(labels).fill(0), ...Array(labels).fill(1)]);
    const again = decodeSafetensors(encodeSafetensors(tensors, metadata), name);
    expect(new Map(again.metadata)).toEqual(new Map(metadata));
    for (const [key, { values }] of tensors) expectSameBits(again.tensors.get(key)?.values ?? new Uint8Array(), values);
  });
});
