/** Every sampler against every law that it claims. */
import { describe, test } from "vitest";
import { samplerLaws } from "../../src/laws/laws.ts";
import { ownSubjects } from "../../src/laws/own-samplers.ts";
import { runs } from "../arbitraries.ts";

const { numRuns } = runs(100);

describe.each(ownSubjects())("$name", (subject) => {
  test.for(samplerLaws(subject, { runs: numRuns / 100 }))("$level: $name", async ({ run, claimed }, context) => {
    if (!claimed) context.skip("not claimed");
    await run();
  });
});
