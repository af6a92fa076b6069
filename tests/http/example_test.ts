import { assertEquals } from "@std/assert";
import { z } from "zod";
import { exampleOf } from "../../src/kernel/example.ts";
import { SchemaBook } from "../../src/kernel/schema_book.ts";

Deno.test("exampleOf() takes the first thing that a schema names, and makes the rest of its parts", () => {
  const of = (schema: Record<string, unknown>) => exampleOf(schema, {});
  assertEquals(of({ type: "string", examples: ["a", "b"], default: "c" }), "a");
  assertEquals(of({ type: "string", examples: [], enum: ["x", "y"] }), "x");
  assertEquals(of({ const: "k", type: "string" }), "k");
  assertEquals(of({ type: "integer", default: 20, minimum: 1 }), 20);
  assertEquals(of({ type: "integer", minimum: 3 }), 3);
  assertEquals(of({ type: ["string", "null"] }), "text");
  assertEquals(of({ anyOf: [{ type: "boolean" }, { type: "null" }] }), false);
  assertEquals(of({ type: "array", items: { type: "number" } }), [1]);
  assertEquals(of({}), null);
});

Deno.test("exampleOf() names optional members too, but for those that have no example on purpose", () => {
  const part = { type: "string", examples: ["a"] };
  const schema = { type: "object", properties: { one: part, two: { ...part, examples: [] } }, required: [] };
  assertEquals(exampleOf(schema, {}), { one: "a" });
});

Deno.test("exampleOf() follows references to what is defined elsewhere", () => {
  const definitions = { Name: { type: "string", examples: ["Ann"] } };
  const schema = { type: "object", properties: { name: { $ref: "#/components/schemas/Name" } } };
  assertEquals(exampleOf(schema, definitions), { name: "Ann" });
});

Deno.test("a book keeps examples as they are, with members called id or $ref, and of what is converted", () => {
  const book = new SchemaBook();
  const example = { id: "7", $ref: "no reference", name: "ann" };
  const named = z.object({
    id: z.string(),
    $ref: z.string(),
    name: z.string().toLowerCase().transform((n) => n),
  })
    .meta({ id: "Named", examples: [example] });
  const schema = book.schema(z.object({ named }), "input");
  assertEquals(book.example(schema), { named: example });
  assertEquals(book.examples({ $ref: "#/components/schemas/Named" }), [example]);
});

Deno.test("a book gives all the examples of a schema, or the one that is made of its parts", () => {
  const book = new SchemaBook();
  const word = z.string().meta({ examples: ["a"] });
  assertEquals(book.examples(book.schema(z.object({ word }), "output")), [{ word: "a" }]);
  const two = z.object({ word }).meta({ examples: [{ word: "x" }, { word: "y" }] });
  assertEquals(book.examples(book.schema(two, "output")), [{ word: "x" }, { word: "y" }]);
});
