import { z } from "zod";
import { ERRORS } from "../kernel/errors.ts";
import type { ErrorCode } from "../kernel/errors.ts";
import { SAMPLE } from "../kernel/samples.ts";

/** An id of any record. */
export const id: z.ZodString = z.string().regex(/^[0-9A-Za-z_-]{1,128}$/, "Must be an id")
  .meta({ examples: [SAMPLE.other] });

/** Ids that say of what in examples; they are judged alike. */
export const userId: z.ZodString = id.meta({ description: "The id of a user" });
export const conversationId: z.ZodString = id.meta({
  description: "The id of a conversation",
  examples: [SAMPLE.conversation],
});
export const messageId: z.ZodString = id.meta({
  description: "The id of a message",
  examples: [SAMPLE.message],
});

/** A path with one id, as in `/api/users/:id`. */
export const idParams: z.ZodObject<{ id: z.ZodString }> = z.object({
  id: id.meta({ description: "The id of the record" }),
});
export const userParams: z.ZodObject<{ id: z.ZodString }> = z.object({ id: userId });

/** A time on the wire: ISO 8601 in UTC with milliseconds. */
export const time: z.ZodISODateTime = z.iso.datetime({ precision: 3 }).meta({ examples: [SAMPLE.time] });

/** A time that has not come, or does not show in examples. */
export const noTime: z.ZodNullable<z.ZodISODateTime> = time.nullable().meta({ examples: [null] });

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
).meta({ description: "3 to 30 letters, digits and `_`; kept in lower case", examples: ["amina"] });

/**
 * A count from `min` to `max` in a query or a header: decimal digits and nothing else, where `Number` would also take
 * `1e2`, `+5`, ` 5` and `0x10`.
 */
export function count(
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): z.ZodPreprocess<z.ZodCoercedNumber> {
  const digits = (value: unknown) => typeof value === "string" && !/^[0-9]+$/.test(value) ? NaN : value;
  return z.preprocess(digits, z.coerce.number().int().min(min).max(max));
}

export const PAGE_LIMIT = "Rows of a page at most";
export const PAGE_CURSOR = "The `nextCursor` of the page before; left out for the first page";

/** The cursor of a list; `example` is one that the list has made. */
export function cursorLike(example: string): z.ZodOptional<z.ZodString> {
  return z.string().min(1).max(512).optional().meta({ description: PAGE_CURSOR, examples: [example] });
}

/** The query of a list in pages. */
export const pageQuery: z.ZodObject<{
  limit: z.ZodDefault<z.ZodPreprocess<z.ZodCoercedNumber>>;
  cursor: z.ZodOptional<z.ZodString>;
}> = z.object({
  limit: count(1, 100).default(50).meta({ description: PAGE_LIMIT }),
  cursor: cursorLike(SAMPLE.other),
});

/** Where a page stands in its list. */
export const pagination: z.ZodObject<{
  limit: z.ZodNumber;
  hasMore: z.ZodBoolean;
  nextCursor: z.ZodNullable<z.ZodString>;
}> = z.object({
  limit: z.number().int().meta({ description: PAGE_LIMIT, examples: [50] }),
  hasMore: z.boolean().meta({ description: "Whether a further page has something" }),
  nextCursor: z.string().nullable().meta({
    description: "Names the next page; `null` after the last one",
    examples: [null],
  }),
}).meta({ id: "Pagination", description: "Where a page stands in its list" });

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
  type: z.string().meta({ examples: ["urn:parley:error:not_found"] }),
  title: z.string().meta({ description: "What the code means", examples: [ERRORS.not_found.title] }),
  status: z.number().int().meta({ examples: [ERRORS.not_found.status] }),
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]).meta({
    description: "The stable word to decide by",
    examples: ["not_found"],
  }),
  detail: z.string().meta({ description: "For people", examples: [ERRORS.not_found.title] }),
  errors: z.array(z.object({
    field: z.string().meta({ description: "Where, as a dotted path", examples: ["firstName"] }),
    message: z.string().meta({ examples: ["Must have 1 to 50 characters"] }),
  })).optional().meta({ description: "Every wrong field of an `invalid_request`" }),
  requestId: z.string().meta({
    description: "As in `X-Request-Id`: name it when you ask the operator",
    examples: [SAMPLE.requestId],
  }),
}).meta({ id: "Problem", description: "An RFC 9457 problem document" });
