import type { ZodType } from "zod";

/** Who sends a command: a connection that has resumed. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  readonly connectionId: string;
}

/**
 * A command that clients send over the socket and that belongs to a module. It answers the data of its `ack`, or
 * throws a `ParleyError`. Commands of one connection start in the order sent.
 */
export interface Command<D = never> {
  readonly event: string;
  readonly data: ZodType<D>;
  /** `messages` counts against the user's budget of messages. */
  readonly budget?: "messages";
  readonly run: (data: D, caller: Caller) => Promise<object>;
}

/** Declares a command; `data` is parsed by its schema before `run` sees it. */
export function command<D>(declared: Command<D>): Command<D> {
  return declared;
}
