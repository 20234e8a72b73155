/**
 * Through the protocol, too, each planted fault is found, what stays healthy passes, and the transcript shows it again.
 */
import { describe, expect, test } from "vitest";
import { naiveSubject } from "../../src/laws/faults/altered.ts";
import { faults } from "../../src/laws/faults/catch.ts";
import { laws, samplerLaws } from "../../src/laws/laws.ts";
import { remoteSubject } from "../../src/laws/protocol/client.ts";
import { SamplerServer } from "../../src/laws/protocol/server.ts";
import { parseTranscript, printTranscript, RecordedConnection, replay } from "../../src/laws/protocol/transcript.ts";
import type { Subject } from "../../src/laws/subject.ts";
import { local } from "./connections.ts";
import { subjectMaker } from "./served-subject.ts";

const recorded = (subject: Subject) => new RecordedConnection(local(new SamplerServer(subjectMaker(subject))));

/** Mistakes that the protocol itself rules out or does not carry, with the reason. */
const ruledOut: Readonly<Record<string, string>> = {
  "NaN passes the check of the evidence": "JSON has no NaN: the line is refused before the sampler sees it",
  "a snapshot that goes on changing": "a state that was sent is a copy",
  "importance weights of the batch drawn last": "the weights of a batch come with the batch",
  "ages count from the batch last drawn": "traces do not travel",
  "the trace forgets the rows drawn in earlier epochs": "traces do not travel",
};

const visible = faults.filter(({ fault }) => !Object.hasOwn(ruledOut, fault));

test("what is ruled out is in the list of faults", () => {
  expect(faults.map(({ fault }) => fault)).toEqual(expect.arrayContaining(Object.keys(ruledOut)));
});

describe("through the protocol", () => {
  test.each(visible)("$fault: $law", async ({ law, subject }) => {
    const connection = recorded(subject);
    const remote = await remoteSubject(connection);
    const watch = { begin: () => connection.begin(), failed: () => connection.keep(), stopped: () => false };
    let found: unknown;
    const counted = laws[law].level === "frequency";
    for (let seed = 1; seed <= 5 && found === undefined; seed++) {
      const options = { seed, watch, anyCase: true, runs: counted ? 0.1 : 1 };
      const check = samplerLaws(remote, options).find(({ name }) => name === law);
      await check?.run().catch((error: unknown) => {
        found = error;
      });
    }
    expect(found).toMatchObject({ name: "BrokenLaw" });
    if (counted || law === "golden") return; // thousands of draws are no transcript; vectors have no random cases
    const exchanges = connection.failed;
    expect(exchanges?.length).toBeGreaterThan(0);
    if (law === "determinism") return; // the fault is that a second time is not like the first
    const text = printTranscript(["program"], [`law: ${law}`], exchanges ?? []);
    const again = await replay(parseTranscript(text, "file"), local(new SamplerServer(subjectMaker(subject))));
    expect(again).toEqual({ exchanges: exchanges?.length, difference: undefined });
  });

  test("a healthy sampler keeps all that it claims", async () => {
    const remote = await remoteSubject(recorded(naiveSubject("adaptive", { refresh: "batch" })));
    for (const { claimed, level, run } of samplerLaws(remote, { runs: 0.3 })) {
      if (claimed && level !== "frequency") expect(await run()).toBe("held");
    }
  });
});

test("a transcript says what differs", async () => {
  const connection = recorded(naiveSubject("uniform"));
  await remoteSubject(connection);
  connection.keep();
  const text = printTranscript(["p"], [], connection.failed ?? []).replace('"ahead":2', '"ahead":7');
  const other = local(new SamplerServer(subjectMaker(naiveSubject("uniform"))));
  const { difference } = await replay(parseTranscript(text, "file"), other);
  expect(difference).toMatchObject({ number: 1, expected: expect.stringContaining('"ahead":7') });
  expect(() => parseTranscript("> {}\n< {}\n< {}", "file")).toThrow("file:3: expected a line that begins with");
});
