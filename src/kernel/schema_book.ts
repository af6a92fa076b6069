import { z } from "zod";
import { exampleOf } from "./example.ts";

/** Parsed JSON that is an object. */
export type Json = Record<string, unknown>;

/** Whether a schema is of what is sent, or of what is answered: defaults and conversions differ. */
export type Side = "input" | "output";

/** Members of a JSON Schema that hold values and no schemas. */
const VALUES = new Set(["examples", "default", "const", "enum"]);

/**
 * JSON Schemas of zod schemas, for the documents that the server publishes of itself; those with an id stand once
 * under `components` and are referred to as `#/components/schemas/<id>`.
 */
export class SchemaBook {
  readonly components: Record<string, Json> = {};

  /** The schema of what is sent (`input`) or of what is answered (`output`). */
  schema(schema: z.ZodType, side: Side): Json {
    const { $defs = {}, ...own } = convert(schema, side) as { $defs?: Record<string, Json> };
    const names = new Map<string, string>();
    for (const name of Object.keys($defs)) names.set(name, this.#nameOf(name, $defs, side));
    for (const [name, definition] of Object.entries($defs)) {
      this.components[names.get(name) ?? name] ??= refer(definition, names) as Json;
    }
    return refer(own, names) as Json;
  }

  /** The schema of a path or a query, field by field. */
  inline(schema: z.ZodType): Json {
    return convert(schema, "input");
  }

  /** A value that one of this book's schemas takes: its own example, or one made of those of its parts. */
  example(schema: Json): unknown {
    return exampleOf(schema, this.components);
  }

  /** All the examples that one of this book's schemas has of its own, or else the one made of its parts. */
  examples(schema: Json): readonly unknown[] {
    const { examples } = typeof schema.$ref === "string"
      ? this.components[schema.$ref.replace("#/components/schemas/", "")] ?? {}
      : schema;
    return Array.isArray(examples) && examples.length > 0 ? examples : [this.example(schema)];
  }

  #nameOf(name: string, definitions: Record<string, Json>, side: Side): string {
    const same = new Map(Object.keys(definitions).map((key) => [key, key]));
    return this.#free(name, refer(definitions[name], same) as Json, side);
  }

  /** A schema that reads differently from its namesake, as input or output, goes by another name. */
  #free(name: string, body: Json, side: Side): string {
    const taken = this.components[name];
    return taken === undefined || JSON.stringify(taken) === JSON.stringify(body)
      ? name
      : `${name}${side === "input" ? "Input" : "Output"}`;
  }
}

function convert(schema: z.ZodType, side: Side): Json {
  const { $schema: _, id: __, ...json } = z.toJSONSchema(schema, {
    io: side,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Zod leaves them out where something is converted, since they might be of the result; ours are as sent.
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples) && jsonSchema.$ref === undefined) jsonSchema.examples = examples;
      // A later version may answer more: clients are to take it.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // Every whole number is as large as JSON can carry: saying so of each says nothing.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return json;
}

/** Points references at the components, and drops the ids that zod writes into definitions. */
function refer(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => refer(item, names));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([key, part]) => key !== "id" || typeof part !== "string");
  return Object.fromEntries(members.map(([key, part]) => {
    if (VALUES.has(key)) return [key, part];
    const target = key === "$ref" && typeof part === "string"
      ? /^#\/\$defs\/(.+)$/.exec(part)?.[1]
      : undefined;
    return [
      key,
      target === undefined ? refer(part, names) : `#/components/schemas/${names.get(target) ?? target}`,
    ];
  }));
}
