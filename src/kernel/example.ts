type Json = Record<string, unknown>;

/**
 * A value that a JSON Schema takes: the first of its `examples`, else its only or first or default value, else one
 * made of the examples of its parts, optional ones included but for those whose list of examples is empty.
 * `definitions` are what it may refer to, by name.
 */
export function exampleOf(schema: Json, definitions: Readonly<Record<string, Json>>): unknown {
  if (typeof schema.$ref === "string") {
    return exampleOf(definitions[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)] ?? {}, definitions);
  }
  for (const values of [schema.examples, schema.enum]) {
    if (Array.isArray(values) && values.length > 0) return values[0];
  }
  for (const key of ["const", "default"]) if (key in schema) return schema[key];
  const [first] = listOf(schema.anyOf ?? schema.oneOf);
  if (first) return exampleOf(first, definitions);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(asJson(schema.properties)).map(([name, part]) => [name, asJson(part)] as const)
          .filter(([, part]) => !isLeftOut(part))
          .map(([name, part]) => [name, exampleOf(part, definitions)]),
      );
    case "array":
      return [exampleOf(asJson(schema.items), definitions)];
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    case "string":
      return "text";
    default:
      return null;
  }
}

function isLeftOut({ examples }: Json): boolean {
  return Array.isArray(examples) && examples.length === 0;
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(asJson) : [];
}

function asJson(value: unknown): Json {
  return typeof value === "object" && value !== null ? value as Json : {};
}
