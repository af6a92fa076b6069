import type { z } from "zod";
import { overloaded } from "../kernel/backoff.ts";
import { ParleyError } from "../kernel/errors.ts";
import type { Pressure } from "../kernel/pressure.ts";
import { fieldErrors, findFlaw } from "../kernel/validation.ts";
import type { CommandDoc } from "./command.ts";
import type { Connection } from "./connection.ts";
import type { Meters } from "./meters.ts";
import { Pacer } from "./pace.ts";
import type { Pace } from "./pace.ts";
import { encodeAnswer, encodeError, exceeds, MAX_FRAME_BYTES, parseFrame } from "./protocol.ts";
import type { Envelope } from "./protocol.ts";
import type { Accepted } from "./transport.ts";

/** What a session works with; one for all connections. */
export interface SessionDeps {
  readonly now: () => number;
  /** Commands by event: those of the modules, and those of the hub itself. */
  readonly commands: ReadonlyMap<string, SocketCommand>;
  /** Takes one of the user's messages, or throws `rate_limited`; `undefined` when there is no limit. */
  readonly takeMessage: ((userId: string) => Promise<void>) | undefined;
  /** Commands a connection may send in 10 s; 0 is no limit. */
  readonly commandLimit: number;
  readonly pressure: Pressure;
  readonly meters: Meters;
  /** The socket itself has ended. */
  readonly onEnded: (connection: Connection) => void;
  readonly onFailure: (connection: Connection, event: string, error: unknown) => void;
}

/** An answer that is not an `ack`. */
export class Answer {
  constructor(readonly event: string, readonly data: object, readonly scope = "") {}
}

/** A command as the session runs it, a module's or the hub's own. `undefined` is no answer. */
export interface SocketCommand {
  readonly data: z.ZodType;
  readonly budget?: "messages";
  /** May be sent before the connection has resumed. */
  readonly early?: boolean;
  readonly run: (data: unknown, connection: Connection) => Promise<object | undefined>;
}

/** A command with what it is to clients. */
export interface DescribedCommand extends SocketCommand, CommandDoc {}

/**
 * Reads one connection's frames. Envelopes are worked on in the order sent: a command is started before the next one
 * is looked at, and answered when it is done.
 */
export class Session implements Accepted {
  readonly #connection: Connection;
  readonly #deps: SessionDeps;
  readonly #pacer: Pacer;
  #waiting: Envelope[] = [];
  #pumping = false;

  constructor(connection: Connection, deps: SessionDeps) {
    this.#connection = connection;
    this.#deps = deps;
    this.#pacer = new Pacer(deps.commandLimit);
  }

  /** Takes a frame as it came from the socket. */
  receive(frame: unknown): void {
    const connection = this.#connection;
    if (connection.state === "closed") return;
    connection.heardAt = this.#deps.now();
    if (typeof frame !== "string") return connection.close("malformed");
    if (exceeds(frame, MAX_FRAME_BYTES)) return connection.close("too_large");
    try {
      for (const envelope of parseFrame(frame)) this.#accept(envelope);
    } catch {
      connection.close("malformed");
    }
  }

  /** The socket itself has ended. */
  ended(): void {
    this.#connection.end();
    this.#deps.onEnded(this.#connection);
  }

  #accept(envelope: Envelope): void {
    if (this.#connection.state === "closed") return;
    const pace = this.#pacer.take(this.#deps.now());
    if (pace.verdict !== "go") return this.#refuse(envelope.id, pace);
    this.#waiting.push(envelope);
    if (!this.#pumping) void this.#pump();
  }

  #refuse(id: string | undefined, pace: Pace): void {
    if (pace.verdict === "hang_up") return this.#connection.close("too_fast");
    const retryAfterMs = pace.verdict === "wait" ? pace.retryAfterMs : 0;
    this.#connection.push(encodeError(id, new ParleyError("rate_limited", undefined, { retryAfterMs })));
  }

  /** Starts what waits, in order; only a resumption and the limiter are waited for. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      try {
        const command = this.#command(next);
        const began = command.budget ? performance.now() : undefined;
        if (this.#deps.pressure.choked && !command.early) this.#shed();
        if (!command.early && this.#connection.state !== "live") await this.#resumed();
        const data = parse(command, next.data);
        if (command.budget && this.#deps.takeMessage) await this.#deps.takeMessage(this.#connection.userId);
        void this.#answer(next, command.run(data, this.#connection), began);
      } catch (error) {
        this.#fail(next, error);
      }
    }
    this.#pumping = false;
  }

  #shed(): never {
    this.#deps.meters.sheds.command.add();
    throw overloaded();
  }

  #command({ event }: Envelope): SocketCommand {
    const command = this.#deps.commands.get(event);
    if (!command) {
      throw new ParleyError("unknown_event", `There is no event ${JSON.stringify(event.slice(0, 64))}.`);
    }
    return command;
  }

  /** Waits for a resumption that is under way; without one, nothing else is allowed. */
  async #resumed(): Promise<void> {
    const { state, resumed } = this.#connection;
    if (state === "waiting" || state === "resuming") await resumed;
    if (this.#connection.state !== "live") throw new ParleyError("not_resumed");
  }

  /** `began` is when a command was taken up whose acknowledgements are timed. */
  async #answer(
    { id, event }: Envelope,
    running: Promise<object | undefined>,
    began: number | undefined,
  ): Promise<void> {
    try {
      const answer = await running;
      if (began !== undefined) this.#deps.meters.acks.observe((performance.now() - began) / 1000);
      if (answer instanceof Answer) {
        this.#connection.push(encodeAnswer(id, answer.event, answer.data, answer.scope));
      } else if (answer) {
        this.#connection.push(encodeAnswer(id, "ack", answer));
      }
    } catch (error) {
      this.#fail({ id, event, data: undefined }, error);
    }
  }

  #fail({ id, event }: Envelope, error: unknown): void {
    const connection = this.#connection;
    if (error instanceof ParleyError && error.code === "rate_limited") {
      const pace = this.#pacer.refuse(this.#deps.now());
      if (pace.verdict === "hang_up") return connection.close("too_fast");
    }
    if (!(error instanceof ParleyError)) this.#deps.onFailure(connection, event, error);
    connection.push(encodeError(id, error));
  }
}

function parse(command: SocketCommand, data: unknown): unknown {
  const flaw = findFlaw(data, "data");
  if (flaw) throw new ParleyError("invalid_request", undefined, { errors: [flaw] });
  const parsed = command.data.safeParse(data ?? {});
  if (parsed.success) return parsed.data;
  throw new ParleyError("invalid_request", undefined, { errors: fieldErrors(parsed.error.issues, "data") });
}
