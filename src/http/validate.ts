import { zValidator } from "@hono/zod-validator";
import type { MiddlewareHandler } from "hono";
import type { z } from "zod";
import { ParleyError } from "../kernel/errors.ts";
import { fieldErrors, findFlaw } from "../kernel/validation.ts";
import type { HttpEnv } from "./call.ts";

/** A part of a request that a schema judges. */
export type Part = "param" | "query" | "header" | "json";

const PART_NAMES = { param: "path", query: "query", header: "headers", json: "body" } as const;

/** Checks one part of each request; the handler finds the parsed value by `c.req.valid(part)`. */
export function validated(part: Part, schema: z.ZodType): MiddlewareHandler<HttpEnv> {
  return zValidator(part, schema, (result) => {
    if (!result.success) throw invalidRequest(result.error.issues, PART_NAMES[part]);
  }, { validationFunction: part === "json" ? parseBody : parse });
}

/** `invalid_request`, naming every wrong field by its dotted path, or `whole` where the path is empty. */
function invalidRequest(issues: readonly z.core.$ZodIssue[], whole: string): ParleyError {
  return new ParleyError("invalid_request", undefined, { errors: fieldErrors(issues, whole) });
}

function parse(schema: z.ZodType, value: unknown): z.ZodSafeParseResult<unknown> {
  return schema.safeParse(value);
}

function parseBody(schema: z.ZodType, value: unknown): z.ZodSafeParseResult<unknown> {
  const flaw = findFlaw(value, "body");
  if (flaw) throw new ParleyError("invalid_request", undefined, { errors: [flaw] });
  return schema.safeParse(value);
}
