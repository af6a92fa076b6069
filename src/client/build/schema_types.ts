import { z } from "zod";

/** Which side of a schema: what it takes, what it gives, or what of it stands in a query. */
export type Side = "input" | "output" | "query";

interface Json {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Json | boolean;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Json>>;
}

/** A schema's type in TypeScript, written out: whoever reads it needs no library. */
export function typeOf(schema: z.ZodType, side: Side): string {
  if (side !== "query") return written(convert(schema, side));
  // What may be left out is as the schema takes it, the values are as it gives them.
  const [taken, given] = [convert(schema, "input"), convert(schema, "output")];
  return written({ ...given, required: taken.required ?? [] });
}

/** Without references: what stands under `$defs` is put in its place. */
function convert(schema: z.ZodType, io: "input" | "output"): Json {
  const json = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json;
  return resolved(json, json.$defs ?? {});
}

function resolved(json: Json, definitions: Readonly<Record<string, Json>>): Json {
  const target = json.$ref === undefined ? undefined : definitions[json.$ref.replace("#/$defs/", "")];
  const resolve = (part: Json) => resolved(part, definitions);
  if (target) return resolve(target);
  return {
    ...json,
    ...(json.properties && { properties: mapped(json.properties, resolve) }),
    ...(json.items && { items: resolve(json.items) }),
    ...(json.anyOf && { anyOf: json.anyOf.map(resolve) }),
    ...(typeof json.additionalProperties === "object" && {
      additionalProperties: resolve(json.additionalProperties),
    }),
  };
}

function mapped<T>(record: Readonly<Record<string, Json>>, map: (json: Json) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, json]) => [name, map(json)]));
}

function written(json: Json): string {
  const { type, const: constant, enum: values, anyOf, items = {} } = json;
  if (constant !== undefined) return JSON.stringify(constant);
  if (values) return union(values.map((value) => JSON.stringify(value)));
  if (Array.isArray(type)) return union(type.map((one) => written({ ...json, type: one })));
  if (type === "array") return `readonly (${written(items)})[]`;
  if (type === "object") return object(json);
  if (type === "integer") return "number";
  if (typeof type === "string") return type;
  if (anyOf) return union(anyOf.map(written));
  // A transformation says nothing of what it makes, but what it makes of nothing.
  return json.default === undefined ? "unknown" : typeof json.default;
}

function object({ properties, required = [], additionalProperties }: Json): string {
  if (!properties) {
    const values = typeof additionalProperties === "object" ? written(additionalProperties) : "unknown";
    return `{ readonly [key: string]: ${values} }`;
  }
  const fields = Object.entries(properties).map(([name, json]) => {
    const key = /^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name);
    return required.includes(name)
      ? `readonly ${key}: ${written(json)}`
      : `readonly ${key}?: ${union([written(json), "undefined"])}`;
  });
  return fields.length === 0 ? "{}" : `{ ${fields.join("; ")} }`;
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(" | ");
}
