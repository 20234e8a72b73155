/** The published JSON Schema is that of the schemas that the code checks with; HARDBATCH_WRITE=1 writes it anew. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { toJsonSchema } from "@valibot/to-json-schema";
import { expect, test } from "vitest";
import { messages, protocolVersion } from "../../src/laws/protocol/messages.ts";

const file = fileURLToPath(new URL("../../docs/protocol.schema.json", import.meta.url));

const { $schema, ...request } = toJsonSchema(messages.request);
const answers = Object.entries(messages.answers).map(([name, schema]) => {
  const { $schema: _, ...own } = toJsonSchema(schema, { typeMode: "input" });
  return [name, own];
});
const published = {
  $schema,
  title: `hardbatch's protocol of samplers, version ${protocolVersion}`,
  $defs: { request, answers: Object.fromEntries(answers) },
};

test("docs/protocol.schema.json is as made", () => {
  const text = `${JSON.stringify(published, null, 2)}\n`;
  if (process.env.HARDBATCH_WRITE === "1") writeFileSync(file, text);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(text));
});
