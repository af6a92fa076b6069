import { z } from "zod";
import { ERRORS } from "../kernel/errors.ts";
import type { ErrorCode } from "../kernel/errors.ts";

/** An id of any record. */
export const id: z.ZodString = z.string().regex(/^[0-9A-Za-z_-]{1,128}$/, "Must be an id");

/** A path with one id, as in `/api/users/:id`. */
export const idParams: z.ZodObject<{ id: z.ZodString }> = z.object({ id });

/** A time on the wire: ISO 8601 in UTC with milliseconds. */
export const time: z.ZodISODateTime = z.iso.datetime({ precision: 3 });

// deno-lint-ignore no-control-regex -- these are what such text must not hold
const NO_CONTROLS = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/;

/**
 * Text for names and descriptions: `min` to `max` code points, without lone surrogates and control characters but
 * tab and line break.
 */
export function text(min: number, max: number): z.ZodString {
  return z.string().meta({ minLength: min, maxLength: max })
    .refine((value) => value.isWellFormed(), "Must not hold lone surrogates")
    .regex(NO_CONTROLS, "Must not hold control characters")
    .refine((value) => within(value, min, max), `Must have ${min} to ${max} characters`);
}

/** Whether `value` has from `min` to `max` code points. */
export function within(value: string, min: number, max: number): boolean {
  if (value.length < min || value.length > 2 * max) return false;
  let points = 0;
  for (const _ of value) points++;
  return points >= min && points <= max;
}

/** Letters, digits and `_`, in lower case whatever was typed. */
export const username: z.ZodString = z.string().toLowerCase().regex(
  /^[a-z0-9_]{3,30}$/,
  "Must have 3 to 30 letters a-z, digits or underscores",
);

/** The query of a list in pages. */
export const pageQuery: z.ZodObject<{
  limit: z.ZodDefault<z.ZodCoercedNumber>;
  cursor: z.ZodOptional<z.ZodString>;
}> = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(512).optional(),
});

/** Where a page stands in its list. */
export const pagination: z.ZodObject<{
  limit: z.ZodNumber;
  hasMore: z.ZodBoolean;
  nextCursor: z.ZodNullable<z.ZodString>;
}> = z.object({
  limit: z.number().int(),
  hasMore: z.boolean(),
  nextCursor: z.string().nullable(),
}).meta({ id: "Pagination" });

export type Pagination = z.infer<typeof pagination>;

/** A part of a list. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly pagination: Pagination;
}

/** Cuts a page out of up to `limit + 1` rows; `cursorOf` names the place of the last one shown. */
export function page<T>(rows: readonly T[], limit: number, cursorOf: (row: T) => string): Page<T> {
  const hasMore = rows.length > limit;
  const shown = hasMore ? rows.slice(0, limit) : rows;
  const last = shown.at(-1);
  return { rows: shown, pagination: { limit, hasMore, nextCursor: hasMore && last ? cursorOf(last) : null } };
}

/** A problem document. */
export const problemSchema: z.ZodType = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  requestId: z.string(),
}).meta({ id: "Problem" });
