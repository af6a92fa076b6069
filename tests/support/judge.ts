import { Ajv2020 } from "ajv/dist/2020.js";

// deno-lint-ignore no-explicit-any -- a document is looked into at many depths
export type Document = any;

const BASE = "https://parley.test/document";

/** Judges values by the schemas of a published document; what a schema does not name is wrong. */
export class Judge {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

  constructor({ components }: Document) {
    this.#ajv.addSchema(closed({ $id: BASE, components }));
  }

  /** What is wrong with `value` under `schema`, which may refer to the document's components. */
  faults(schema: Document, value: unknown): string[] {
    const { $id: _, ...alone } = closed({ $id: BASE, ...schema });
    const validate = this.#ajv.compile(alone);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath || "/"} ${message} ${JSON.stringify(params)}`
    );
  }
}

/** A copy whose objects may have no other members, and whose references are to the document. */
function closed(schema: Document): Document {
  return JSON.parse(JSON.stringify(schema), (key, value) => {
    if (key === "$ref") return `${BASE}${value}`;
    const open = value?.type === "object" && value.properties && value.additionalProperties === undefined;
    return open ? { ...value, additionalProperties: false } : value;
  });
}

/** Every `$ref` of a document that leads nowhere. */
export function brokenReferences(document: Document): string[] {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = ""]) => ref);
  return references.filter((ref) => {
    const parts = ref.replace("#/", "").split("/");
    return parts.reduce((at: Document, part) => at?.[part], document) === undefined;
  });
}
