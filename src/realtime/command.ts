import { z } from "zod";
import type { ErrorCode } from "../kernel/errors.ts";

/** Who sends a command: a connection that has resumed. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  readonly connectionId: string;
}

/**
 * What an envelope names beside `event` and `data`: `change` the conversation and its `rev`, for what is kept; `signal`
 * the conversation alone, for what is not.
 */
export type Scope = "change" | "signal";

/** An answer to a command. */
export interface AnswerDoc {
  readonly event: string;
  readonly data: z.ZodType;
  readonly scope?: Scope;
}

/** What a command is to clients, for the published description; its schema says what it takes. */
export interface CommandDoc {
  readonly summary: string;
  /** What the summary does not say, in Markdown: order, limits, what a retry does. */
  readonly description?: string;
  /** What it is answered with when all is well, any one of them. */
  readonly answers: readonly AnswerDoc[];
  /** What it may fail with beside what every command may. */
  readonly errors?: readonly ErrorCode[];
}

/** The one answer of most commands: `ack`, with this data or with none. */
export function acknowledged(data: z.ZodType = z.object({})): readonly AnswerDoc[] {
  return [{ event: "ack", data }];
}

/** What every command says of itself. */
interface Declared extends CommandDoc {
  readonly event: string;
  readonly data: z.ZodType;
  /** `messages` counts against the user's budget of messages. */
  readonly budget?: "messages";
}

/**
 * A command that clients send over the socket and that belongs to a module. It answers the data of its `ack`, or
 * throws a `ParleyError`. Commands of one connection start in the order sent: `run` begins its write before it waits
 * for anything, so that they take effect in that order too.
 */
export interface Command extends Declared {
  /** `data` has passed the schema. */
  readonly run: (data: unknown, caller: Caller) => Promise<object>;
}

/** Declares a command; `run` is given what its schema has parsed. */
export function command<D>(
  declared: Declared & {
    readonly data: z.ZodType<D>;
    readonly run: (data: D, caller: Caller) => Promise<object>;
  },
): Command {
  return { ...declared, run: (data, caller) => declared.run(data as D, caller) };
}
