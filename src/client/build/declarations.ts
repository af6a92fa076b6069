import type { z } from "zod";
import * as http from "../../http/schema.ts";
import * as auth from "../../modules/auth/schema.ts";
import * as conversations from "../../modules/conversations/schema.ts";
import * as messages from "../../modules/messages/schema.ts";
import * as uploads from "../../modules/uploads/schema.ts";
import * as users from "../../modules/users/schema.ts";
import { typeOf } from "./schema_types.ts";
import type { Side } from "./schema_types.ts";

/** The server's schemas, by the names that `wire.ts` and `routes.ts` give their files. */
const SCHEMAS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  auth,
  conversations,
  messages,
  schema: http,
  uploads,
  users,
};

/** How the sources refer to a schema, and which side of it that is. */
const REFERENCES: readonly (readonly [RegExp, Side])[] = [
  [/\b(?:In|Frozen<z\.input)<typeof (\w+)\.(\w+)>(?<frozen>>)?/g, "input"],
  [/\bOut<typeof (\w+)\.(\w+)>/g, "output"],
  [/\bQuery<typeof (\w+)\.(\w+)>/g, "query"],
];

/**
 * Declarations that stand by themselves: in place of each inferred type, what the server's schema is; and of values,
 * those of `exported` alone. Throws when something is left that is not there.
 */
export function standAlone(declarations: string, exported: ReadonlySet<string>): string {
  let text = declarations
    .replace(/^import .*;\n/gm, "")
    .replace(/^\/\*\* [^\n]*\*\/\ntype (In|Out|Query)<[^]*?;\n(?=\S)(\};\n)?/gm, "");
  for (const [reference, side] of REFERENCES) {
    text = text.replaceAll(reference, (_, file: string, name: string) => typeOf(schemaOf(file, name), side));
  }
  text = text.replace(/^export (?=declare \w+ (\w+))/gm, (word, name) => exported.has(name) ? word : "");
  const left = LEFT.exec(text.replace(/\/\*[^]*?\*\//g, ""));
  if (left) throw new Error(`a declaration needs what is not there: ${left[0].trim()}`);
  // Without it, what is not exported would be.
  return `${text}export {};\n`;
}

/** What must not be left: imports, and types that follow from values. */
const LEFT = /^.*\b(typeof (?!fetch)|z\.|import |In<|Out<|Query<).*$/m;

function schemaOf(file: string, name: string): z.ZodType {
  const schema = SCHEMAS[file]?.[name];
  if (!schema) throw new Error(`there is no schema ${file}.${name}`);
  return schema as z.ZodType;
}
