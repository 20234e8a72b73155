import { describe, test } from "vitest";
import { candidates } from "./candidates.ts";
import { laws } from "./laws.ts";
import * as subject from "./subject.ts";

describe.each(candidates(subject))("$name", (candidate) => {
  test.each(Object.entries(laws))("%s", (_, law) => law(subject, candidate));
});
