import type { Counter } from "../kernel/metrics.ts";
import type { Conversation } from "../order/records.ts";
import type { Connection, Place } from "./connection.ts";
import { joinFrames } from "./protocol.ts";

/** A change on its way to a room's connections. */
export interface Frame {
  readonly rev: number;
  /** The text for a connection; one text for all is passed as it is, so that it is encoded once. */
  readonly text: string | ((connection: Connection) => string | undefined);
  /** The connection leaves the room with this frame. */
  readonly leaves?: ReadonlySet<string>;
  /** The `rev` at which the message that it is about came to be. */
  readonly firstRev?: number;
  /** Users from whom the conversation is no longer hidden. */
  readonly reveals?: Iterable<string>;
}

/** A connection that is about to stand at a `rev`: its frames wait, or those it has had already are passed over. */
interface Gate {
  readonly held: Frame[] | undefined;
  readonly after: number;
  /** The user's membership has changed, perhaps after it was read. */
  outdated?: boolean;
}

/** What a room tells its hub. */
export interface RoomEvents {
  /** The last connection has left. */
  readonly onEmpty: (room: Room) => void;
  /** A connection left because its user is no longer a member. */
  readonly onShownOut: (room: Room, connection: Connection) => void;
  /** Counts what the room passes on. */
  readonly deliveries?: Counter;
}

/**
 * One conversation on this node: the connections of its members and the `rev` that they stand at.
 *
 * A connection joins in three steps: `enter` holds back its frames, the head is read and what came before it is
 * replayed, `settle` lets through what came after. So it misses nothing and gets nothing twice, whether the room is
 * ahead of what was read or behind.
 */
export class Room implements Place {
  readonly conversationId: string;
  /** The newest head this node has seen. */
  head: Conversation | undefined;
  /** The connections that have the conversation open. */
  readonly open = new Set<Connection>();
  /** Grows with each connection that enters. */
  arrivals = 0;
  /** Members from whom the conversation, a direct one, is hidden, and the `rev` beyond which a message brings it back. */
  readonly hidden = new Map<string, number>();
  /** Grows with each member from whom the conversation is hidden. */
  hidings = 0;
  readonly #live = new Set<Connection>();
  readonly #gates = new Map<Connection, Gate>();
  readonly #shownOut: Connection[] = [];
  #position: number | undefined;
  /** Where `position` began: nothing before it has come by here. */
  #beginning = 0;
  /** The `rev` at which the newest message that has come by here came to be. */
  #newestRev = 0;
  readonly #events: RoomEvents;

  constructor(conversationId: string, events: RoomEvents) {
    this.conversationId = conversationId;
    this.#events = events;
  }

  /** The `rev` up to which the room has passed on every change; `undefined` before anyone has settled. */
  get position(): number | undefined {
    return this.#position;
  }

  get empty(): boolean {
    return this.#live.size === 0 && this.#gates.size === 0;
  }

  has(connection: Connection): boolean {
    return this.#live.has(connection) || this.#gates.has(connection);
  }

  /** Whether the connection is here and nothing is held back from it. */
  isSettled(connection: Connection): boolean {
    return this.has(connection) && !this.#gates.get(connection)?.held;
  }

  /** Everyone here, settled or not. */
  *connections(): Iterable<Connection> {
    yield* this.#live;
    yield* this.#gates.keys();
  }

  /** Takes a connection in and holds back its frames until it settles. */
  enter(connection: Connection): void {
    if (this.has(connection)) return;
    this.arrivals++;
    connection.rooms.add(this);
    this.#gates.set(connection, { held: [], after: this.#position ?? 0 });
  }

  /**
   * Lets a connection through that has had everything up to `head.rev`. Answers `false` when the room began beyond
   * that, or was beyond it when the connection entered: what lies between has not come by here since, so that the
   * connection has to read a newer head. After a fail-over a store may be behind a hint.
   */
  settle(connection: Connection, head: Conversation): boolean {
    const { held, after = 0 } = this.#gates.get(connection) ?? {};
    if (!held) return true;
    this.learn(head);
    this.#position ??= this.#beginning = head.rev;
    if (head.rev < Math.max(this.#beginning, after)) return false;
    this.#gates.delete(connection);
    if (this.#position >= head.rev) this.#live.add(connection);
    else this.#gates.set(connection, { held: undefined, after: head.rev });
    for (const frame of held) if (frame.rev > head.rev) this.#give(connection, frame);
    this.#tellShownOut();
    return true;
  }

  /**
   * Hides the conversation from a member until a message comes to be after `rev`. Answers `false`, with nothing done,
   * when one has come by already.
   */
  hide(userId: string, rev: number): boolean {
    if (this.#newestRev > rev) return false;
    this.hidden.set(userId, rev);
    this.hidings++;
    return true;
  }

  /**
   * Tells a connection that has not settled that its membership has changed, perhaps after it was read. Answers
   * whether it is one of those.
   */
  outdate(connection: Connection): boolean {
    const gate = this.#gates.get(connection);
    if (!gate?.held) return false;
    return gate.outdated = true;
  }

  /** Whether the connection's membership has changed since it entered, or since this was last asked. */
  takeOutdated(connection: Connection): boolean {
    const gate = this.#gates.get(connection);
    if (!gate?.outdated) return false;
    gate.outdated = false;
    return true;
  }

  /** Remembers a head that is newer than the one known. */
  learn(head: Conversation): void {
    if (!this.head || head.rev > this.head.rev) this.head = head;
  }

  leave(connection: Connection): void {
    this.#live.delete(connection);
    this.#gates.delete(connection);
    this.open.delete(connection);
    connection.rooms.delete(this);
    if (this.empty) this.#events.onEmpty(this);
  }

  /** Passes on frames in rising `rev`, the room then standing at `position`. */
  pass(frames: readonly Frame[], position: number): void {
    this.#position = position;
    this.#events.deliveries?.add(frames.length * this.#live.size);
    for (const { firstRev = 0, reveals = [] } of frames) {
      this.#newestRev = Math.max(this.#newestRev, firstRev);
      for (const userId of reveals) this.hidden.delete(userId);
    }
    const shared = joined(frames);
    if (shared === undefined) {
      for (const connection of [...this.#live]) for (const frame of frames) this.#give(connection, frame);
    } else {
      for (const connection of this.#live) for (const text of shared) connection.push(text);
    }
    for (const [connection, gate] of [...this.#gates]) {
      if (gate.held) {
        gate.held.push(...frames);
        continue;
      }
      for (const frame of frames) if (frame.rev > gate.after) this.#give(connection, frame);
      if (position >= gate.after && this.#gates.delete(connection)) this.#live.add(connection);
    }
    this.#tellShownOut();
  }

  #give(connection: Connection, frame: Frame): void {
    if (!connection.rooms.has(this)) return;
    const text = typeof frame.text === "string" ? frame.text : frame.text(connection);
    if (text !== undefined) connection.push(text);
    if (!frame.leaves?.has(connection.userId)) return;
    this.leave(connection);
    this.#shownOut.push(connection);
  }

  /** Once all frames are given: who is let in again at once must not get the rest of them. */
  #tellShownOut(): void {
    for (const connection of this.#shownOut.splice(0)) this.#events.onShownOut(this, connection);
  }
}

/** The texts that say all frames to everyone, where there are such; no frames say nothing. */
function joined(frames: readonly Frame[]): readonly string[] | undefined {
  if (frames.length === 0) return undefined;
  const texts: string[] = [];
  for (const { text, leaves } of frames) {
    if (typeof text !== "string" || leaves) return undefined;
    texts.push(text);
  }
  return joinFrames(texts);
}
