import { z } from "zod";

type Json = Record<string, unknown>;
type Side = "input" | "output";

/** JSON Schemas of zod schemas; those with an id stand once under `components` and are referred to. */
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
    // A later version may answer more: clients are to take it.
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return json;
}

/** Points references at the components, and drops the ids that zod writes into definitions. */
function refer(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => refer(item, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key, part]) => key !== "id" || typeof part !== "string").map(
      ([key, part]) => {
        const target = key === "$ref" && typeof part === "string"
          ? /^#\/\$defs\/(.+)$/.exec(part)?.[1]
          : undefined;
        return [
          key,
          target === undefined ? refer(part, names) : `#/components/schemas/${names.get(target) ?? target}`,
        ];
      },
    ),
  );
}
