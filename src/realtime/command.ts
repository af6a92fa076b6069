import type { ZodType } from "zod";

/** Who sends a command: a connection that has resumed. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  readonly connectionId: string;
}

/** What every command says of itself. */
interface Declared {
  readonly event: string;
  readonly data: ZodType;
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
    readonly data: ZodType<D>;
    readonly run: (data: D, caller: Caller) => Promise<object>;
  },
): Command {
  return { ...declared, run: (data, caller) => declared.run(data as D, caller) };
}
