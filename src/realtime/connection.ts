import type { Principal } from "../kernel/principal.ts";
import type { Pass } from "../kernel/turnstile.ts";
import type { CloseReason } from "./protocol.ts";
import { CLOSE, joinFrames } from "./protocol.ts";
import type { Transport } from "./transport.ts";
import type { Turn } from "./turn.ts";

/** Bytes that may wait for a reader before it is given up. */
export const MAX_BUFFERED = 1024 * 1024;
/** Where so many do, more should wait elsewhere. */
export const CONGESTED = MAX_BUFFERED / 4;

/**
 * How far a connection has come. Nothing of any conversation reaches it before it resumes, nor while it is `waiting`
 * for its turn to do so; `closed` ones are forgotten, whatever their socket still does.
 */
export type ConnectionState = "greeted" | "waiting" | "resuming" | "live" | "closed";

/** A conversation's room, as far as a connection that is in it needs to know. */
export interface Place {
  readonly conversationId: string;
  /** The connections that have the conversation open. */
  readonly open: Set<Connection>;
  leave(connection: Connection): void;
}

/** Told once that a connection is over; without a reason it was the other side. */
export type OnEnd = (connection: Connection, reason?: CloseReason) => void;

/** A client's socket with what the hub knows of it. */
export class Connection {
  readonly connectionId: string;
  readonly userId: string;
  readonly sessionId: string;
  /** When the token ends, in milliseconds since 1970. */
  expiresAt: number;
  /** When the client was last heard, in milliseconds since 1970. */
  heardAt: number;
  state: ConnectionState = "greeted";
  /** The rooms of the user's conversations. */
  readonly rooms = new Set<Place>();
  /** Settles when a resumption that is under way is done. */
  resumed: Promise<void> = Promise.resolve();
  readonly #transport: Transport;
  readonly #turn: Turn;
  readonly #onEnd: OnEnd;
  #out: string[] = [];
  /** The length of what is gathered. */
  #gathered = 0;

  constructor(
    connectionId: string,
    principal: Principal,
    now: number,
    transport: Transport,
    turn: Turn,
    onEnd: OnEnd,
  ) {
    this.connectionId = connectionId;
    this.userId = principal.userId;
    this.sessionId = principal.sessionId;
    this.expiresAt = principal.expiresAt;
    this.heardAt = now;
    this.#transport = transport;
    this.#turn = turn;
    this.#onEnd = onEnd;
  }

  /** Bytes that wait for the reader. */
  get bufferedAmount(): number {
    return this.#transport.bufferedAmount;
  }

  /** Whether so much waits for the reader that more should wait elsewhere. */
  get congested(): boolean {
    return this.bufferedAmount + this.#gathered > CONGESTED;
  }

  /**
   * Is `waiting` for its `turn`, `resuming` until `work` is done, then `live`. Who is refused before its turn comes may
   * ask again. A resumption that fails later ends the connection, since nobody can tell how far it came; the client
   * comes back.
   */
  async resume(turn: Promise<Pass>, work: (pass: Pass) => Promise<void>): Promise<void> {
    this.state = "waiting";
    const working = turn.then((pass) => {
      this.#move("waiting", "resuming");
      return work(pass).finally(() => pass.leave());
    });
    this.resumed = working.catch(() => undefined);
    try {
      await working;
      this.#move("resuming", "live");
    } catch (error) {
      if (!this.#move("waiting", "greeted")) this.close("restart");
      throw error;
    }
  }

  /** Sends a text at the end of the turn, in the order of the calls. */
  push(text: string): void {
    if (this.state === "closed") return;
    this.#out.push(text);
    this.#gathered += text.length;
    if (this.#out.length === 1) this.#turn.add(this);
  }

  /** Sends what the turn has gathered, as one frame unless it is much. A reader that is too slow is given up instead. */
  flush(): void {
    const out = this.#out;
    if (this.state === "closed" || out.length === 0) return;
    this.#out = [];
    this.#gathered = 0;
    if (this.bufferedAmount > MAX_BUFFERED) return this.close("too_slow");
    for (const frame of joinFrames(out)) this.#transport.send(frame);
  }

  /** Ends the connection and forgets it at once; the other side need not answer. */
  close(reason: CloseReason): void {
    if (this.state === "closed") return;
    const slow = this.bufferedAmount > MAX_BUFFERED;
    if (!slow) this.flush();
    this.#end(reason);
    this.#transport.close(CLOSE[reason].code, reason);
  }

  /** Ends the connection as `close` does, and its socket at once. */
  drop(reason: CloseReason): void {
    if (this.state === "closed") return;
    this.#end(reason);
    this.#transport.drop(CLOSE[reason].code, reason);
  }

  /** Forgets the connection; its socket has ended, or is left to itself. */
  end(): void {
    this.#end();
  }

  #move(from: ConnectionState, to: ConnectionState): boolean {
    if (this.state !== from) return false;
    this.state = to;
    return true;
  }

  #end(reason?: CloseReason): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.#out = [];
    this.#gathered = 0;
    this.#onEnd(this, reason);
  }
}
