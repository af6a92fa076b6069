import { html } from "hono/html";
import type { Parameter, Schema } from "./model.ts";
import { nameOf } from "./model.ts";
import { line } from "./text.ts";
import type { Html } from "./text.ts";

/** The members of an object as a list; objects inside are folded, records of their own are linked. */
export function fields(schema: Schema): Html {
  const { properties = {}, required = [] } = schema;
  const rows = Object.entries(properties).map(([name, part]) => field(name, part, required.includes(name)));
  return rows.length > 0 ? html`<dl class="fields">${rows}</dl>` : html``;
}

/** Parameters of a path or a query as a list. */
export function parameters(list: readonly Parameter[]): Html {
  const rows = list.map(({ name, schema, description, required }) =>
    field(name, { ...schema, ...(description !== undefined && { description }) }, required)
  );
  return html`<dl class="fields">${rows}</dl>`;
}

/** What a body is: a record of its own by its name, anything else by its members. */
export function shape(schema: Schema): Html {
  const inner = nested(schema);
  return inner ? fields(inner) : html`<p class="shape">${typeOf(schema)}</p>`;
}

function field(name: string, schema: Schema, required: boolean): Html {
  const inner = nested(schema);
  const notes = constraints(schema);
  return html`<dt><code>${name}</code> <span class="type">${typeOf(schema)}</span>${
    required ? "" : html`
      <span class="optional">optional</span>
    `
  }</dt>
<dd>${schema.description ? line(schema.description) : ""}${
    notes
      ? html`
        <span class="notes">${notes}</span>
      `
      : ""
  }${inner && html`<details><summary>Members</summary>${fields(inner)}</details>`}</dd>`;
}

/** The object that a schema holds, itself, in a list or beside other forms, when it is no record of its own. */
function nested(schema: Schema): Schema | undefined {
  if (schema.properties) return schema;
  if (schema.items) return nested(schema.items);
  const [only, ...more] = (schema.anyOf ?? []).filter((form) => form.type !== "null").map(nested).filter((
    form,
  ) => form !== undefined);
  return more.length === 0 ? only : undefined;
}

function typeOf(schema: Schema): Html {
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    return html`<a href="#${recordAnchor(name)}">${name}</a>`;
  }
  if (schema.items) return html`list of ${typeOf(schema.items)}`;
  if (schema.anyOf) return html`${joined(schema.anyOf.map(typeOf))}`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return html`${joined(schema.enum.map((value) => html`<code>${value}</code>`))}`;
  if (typeof schema.additionalProperties === "object" && !schema.properties) {
    return html`object of ${typeOf(schema.additionalProperties)}`;
  }
  if (schema.format === "date-time") return html`time`;
  return html`${[schema.type ?? "anything"].flat().join(" or ")}`;
}

function joined(parts: readonly Html[]): Html[] {
  return parts.map((part, index) =>
    index === 0 ? part : html`
      or ${part}
    `
  );
}

/** The anchor of a record of its own. */
export function recordAnchor(name: string): string {
  return `record-${name}`;
}

function constraints({ minimum, maximum, minLength, maxLength, maxItems, ...schema }: Schema): string {
  const notes = [
    range(minimum, maximum, ""),
    range(minLength, maxLength, " characters"),
    range(undefined, maxItems, " entries"),
    schema.default === undefined || typeof schema.default === "object"
      ? undefined
      : `${JSON.stringify(schema.default)} unless given`,
  ];
  return notes.filter((note) => note !== undefined).join("; ");
}

function range(from: number | undefined, to: number | undefined, unit: string): string | undefined {
  if (to !== undefined) return `${from === undefined ? "at most " : `${from} to `}${grouped(to)}${unit}`;
  return from === undefined || from === 0 ? undefined : `at least ${grouped(from)}${unit}`;
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}
