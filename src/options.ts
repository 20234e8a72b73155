/** Option records that come from outside (command line, files), checked field by field against a schema. */
import * as v from "valibot";
import { UsageError } from "./errors.ts";

/**
 * `given` as the schema says, with its defaults.
 * @param subject whose options they are, such as "model mlp"
 * @throws UsageError naming the subject, the option, its value and what was expected
 */
export function parseOptions<const Schema extends v.StrictObjectSchema<v.ObjectEntries, undefined>>(
  subject: string,
  schema: Schema,
  given: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const option = v.getDotPath(issue) ?? "";
  if (issue.type === "strict_object" && issue.path) {
    const known = Object.keys(schema.entries);
    throw new UsageError(
      `${subject} has no option ${option}; it has ${known.length === 0 ? "none" : known.join(", ")}`,
    );
  }
  const what = option === "" ? "the options are" : `option ${option} is`;
  const wanted = option === "" ? "an object" : issue.message;
  throw new UsageError(`${subject}: ${what} ${JSON.stringify(issue.input)}, expected ${wanted}`);
}
