/** Lists of numbers beside what they should be, for tests of single figures. */
import { close } from "../../src/laws/broken.ts";

/** Every number within `tolerance` of the expected one, relative to it. */
export function closeTo(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  close("the list", found, expected, tolerance);
}
