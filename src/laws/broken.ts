/**
 * How a law says that it does not hold: an error with the law's finding in words. No test runner is needed for it.
 */

/** A law that does not hold, with what was found. */
export class BrokenLaw extends Error {
  override readonly name = "BrokenLaw";
}

export function broken(found: string): never {
  throw new BrokenLaw(found);
}

/** @throws BrokenLaw with these words unless it holds. */
export function require(holds: boolean, found: () => string): asserts holds {
  if (!holds) broken(found());
}

/** @throws BrokenLaw unless both are the same in every part. */
export function same(what: string, found: unknown, expected: unknown): void {
  const difference = differenceOf(found, expected, "");
  if (difference !== undefined) broken(`${what}${difference}`);
}

/** Every number within `tolerance` of the expected one, relative to it. @throws BrokenLaw otherwise */
export function close(what: string, found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  if (found.length !== expected.length) broken(`${what}: ${found.length} numbers, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(found[i] - expected[i]);
    if (!(error <= tolerance * Math.max(Math.abs(expected[i]), 1e-9))) {
      broken(`${what}: number ${i} is ${found[i]}, expected ${expected[i]} to within ${tolerance}, relative`);
    }
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Where and how the two differ, in words; undefined where they are the same. */
function differenceOf(found: unknown, expected: unknown, path: string): string | undefined {
  if (Object.is(found, expected)) return undefined;
  if (!isObject(found) || !isObject(expected) || found.constructor !== expected.constructor) {
    return `${path} is ${shown(found)}, expected ${shown(expected)}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const difference = differenceOf(found[key], expected[key], `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function shown(value: unknown): string {
  if (ArrayBuffer.isView(value) && "length" in value) return `${value.constructor.name} of ${value.length}`;
  return isObject(value) ? JSON.stringify(value) : String(value);
}
