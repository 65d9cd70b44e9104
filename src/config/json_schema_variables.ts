/** Where a JSON Schema of values is to let variables pass. */

/** A schema, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A text with variables, of which nobody knows yet what it will be. */
const VARIABLES: JsonSchema = { type: "string", pattern: "\\$\\{" };

/** What has a `command`, which is left as it is. */
const COMMAND = "command";

/** A schema that lets variables pass in every text but those of commands. */
export function withVariables(schema: JsonSchema): JsonSchema {
  const { description, ...rest } = schema;
  const deep = withinParts(rest);
  if (!isOfTexts(schema)) return { ...deep, ...described(description) };
  return { ...described(description), anyOf: [deep, VARIABLES] };
}

/** The same of each key of a mapping. */
export function allWithVariables(
  schemas: Readonly<Record<string, JsonSchema>>,
): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([key, schema]) => [
      key,
      key === COMMAND ? schema : withVariables(schema),
    ]),
  );
}

function withinParts(schema: JsonSchema): JsonSchema {
  const { items, properties, additionalProperties: others } = schema;
  return {
    ...schema,
    ...(items ? { items: withVariables(items as JsonSchema) } : {}),
    ...(others
      ? { additionalProperties: withVariables(others as JsonSchema) }
      : {}),
    ...(properties
      ? {
        properties: allWithVariables(properties as Record<string, JsonSchema>),
      }
      : {}),
  };
}

/** Whether it is for single values, and would not take any text. */
function isOfTexts(schema: JsonSchema): boolean {
  const { type, pattern, enum: choices, anyOf } = schema;
  if (choices !== undefined || anyOf !== undefined) return true;
  const types: readonly unknown[] = [type].flat();
  if (types.includes("string")) return pattern !== undefined;
  return ["number", "integer", "boolean"].some((it) => types.includes(it));
}

function described(description: unknown): JsonSchema {
  return description === undefined ? {} : { description };
}
