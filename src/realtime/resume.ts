import type { Clock } from "../kernel/clock.ts";
import type { Pass } from "../kernel/turnstile.ts";
import { Turnstile } from "../kernel/turnstile.ts";
import { readChanges, readHeads, readOwnRecords } from "../order/reader.ts";
import type { Membership } from "../order/reader.ts";
import { participantId, participants } from "../order/records.ts";
import type { Store } from "../ports/store.ts";
import type { Connection } from "./connection.ts";
import { CONGESTED, MAX_BUFFERED } from "./connection.ts";
import type { Hub } from "./hub.ts";
import { encodeChange, exceeds } from "./protocol.ts";
import type { Room } from "./room.ts";
import type { Views } from "./views.ts";

export interface ResumeDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly hub: Hub;
  readonly views: Views;
}

/** Where a client stands: the last `rev` it has of each conversation. */
export type Cursors = ReadonlyMap<string, number>;

/** What a connection that resumes has said that it has, and what becomes of it. */
interface Claim {
  readonly cursors: Cursors;
  /** Whether the cursors are of this store's history. */
  readonly sameEpoch: boolean;
  /** Conversations that are resumed beside the others, since the user was told of them meanwhile. */
  readonly meanwhile: Promise<void>[];
}

const nothing = (): Claim => ({ cursors: new Map(), sameEpoch: true, meanwhile: [] });

/**
 * Changes of one conversation that are replayed, and their bytes: with what may wait before them, as many as may wait
 * for a reader. Beyond, the client fetches pages.
 */
const MAX_REPLAY = 500;
const MAX_REPLAY_BYTES = MAX_BUFFERED - CONGESTED;
/** Conversations that are read at once. */
const PART = 200;
/** How often to look whether a reader that has much to read has read some, and how long it may read nothing at all. */
const PAUSE_MS = 20;
const PATIENCE_MS = 30_000;
/** Resumptions that read at once, and those that may wait for their turn, and for how long. */
const PLACES = 16;
const QUEUE = 10_000;
const QUEUE_MS = 20_000;

/**
 * Brings a connection to the present: position first, then state. For each conversation the connection enters the
 * room, which holds back its frames; the head is read; what lies between the cursor and the head is replayed; and
 * the room lets through what came after. A conversation that is not among the cursors is `conversation_added`, a
 * cursor of one that is lost `conversation_removed`; too much to replay, another epoch or a cursor beyond the head is
 * a `reset`.
 */
export class Resumption {
  /** Those who resume everything pass here, so that thousands at once do not all ask the store at once. */
  readonly turnstile: Turnstile;
  readonly #deps: ResumeDeps;
  readonly #resuming = new WeakMap<Connection, Claim>();

  constructor(deps: ResumeDeps) {
    this.#deps = deps;
    this.turnstile = new Turnstile({
      clock: deps.clock,
      places: PLACES,
      queue: QUEUE,
      patienceMs: QUEUE_MS,
    });
  }

  /**
   * Resumes all conversations of the user; `sameEpoch` is whether the cursors are of this store's history. To be done
   * inside the turnstile; while a slow reader is waited for, its place is another's.
   */
  async all(connection: Connection, cursors: Cursors, sameEpoch: boolean, pass: Pass): Promise<void> {
    if (connection.state === "closed") return;
    const claim: Claim = { cursors, sameEpoch, meanwhile: [] };
    this.#resuming.set(connection, claim);
    await this.#deps.hub.hearing(connection.userId);
    const own = await readOwnRecords(this.#deps.store, connection.userId);
    const ids = own.map(({ conversationId }) => conversationId);
    for (let at = 0; at < ids.length; at += PART) {
      await this.#some(connection, ids.slice(at, at + PART), claim, pass);
    }
    // What was resumed beside was left out here, and belongs before the end all the same.
    await Promise.all(claim.meanwhile);
    this.#resuming.delete(connection);
    const members = new Set([...connection.rooms].map(({ conversationId }) => conversationId));
    for (const [conversationId, rev] of cursors) {
      if (!members.has(conversationId)) {
        connection.push(encodeChange("conversation_removed", conversationId, rev, "{}"));
      }
    }
  }

  /**
   * Resumes a conversation that the user has become a member of. A connection that resumes meanwhile may have named it:
   * it may be a membership of long ago that the user is told of again.
   */
  async one(connection: Connection, conversationId: string): Promise<void> {
    const claim = this.#resuming.get(connection) ?? nothing();
    const done = this.#some(connection, [conversationId], claim);
    claim.meanwhile.push(done);
    await done;
  }

  /** Resumes these conversations, those that the user is still a member of. */
  async #some(
    connection: Connection,
    ids: readonly string[],
    { cursors, sameEpoch }: Claim,
    pass?: Pass,
  ): Promise<void> {
    const { hub } = this.#deps;
    for (const id of ids) hub.room(id)?.outdate(connection);
    const entered = connection.state === "closed" ? [] : ids.filter((id) => !hub.room(id)?.has(connection));
    const rooms = await Promise.all(entered.map((id) => hub.enter(connection, id)));
    const memberships = await this.#memberships(connection.userId, entered);
    for (const room of rooms) {
      if (connection.state === "closed") return;
      const { conversationId } = room;
      const cursor = cursors.get(conversationId);
      const from = cursor === undefined || sameEpoch ? cursor : -1;
      await this.#replay(connection, room, memberships.get(conversationId), from, pass);
    }
  }

  async #memberships(userId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Membership>> {
    const { store } = this.#deps;
    const heads = await readHeads(store, ids);
    const where = { id: { in: heads.map((head) => participantId(head.id, userId)) }, left: false };
    const found = await store.find(participants, { where }, heads);
    const own = new Map(found.map((participant) => [participant.conversationId, participant]));
    return new Map(heads.flatMap((head) => {
      const participant = own.get(head.id);
      return participant ? [[head.id, { head, participant }]] : [];
    }));
  }

  /**
   * Brings a connection that has everything up to `from` to each head that is read, until the room takes over from
   * one. Who is no member leaves. The membership is read again when it changed meanwhile, and that of a hidden
   * conversation when something came that brings it back.
   */
  async #replay(
    connection: Connection,
    room: Room,
    membership: Membership | undefined,
    from: number | undefined,
    pass?: Pass,
  ): Promise<void> {
    const { userId } = connection;
    const { conversationId } = room;
    let present = membership;
    let told = from;
    while (present || room.takeOutdated(connection)) {
      if (present) {
        const { head } = present;
        const hidden = isHidden(present);
        const text = await this.#text(present, told);
        if (connection.congested) await this.#waitFor(connection, pass);
        if (!room.takeOutdated(connection) && (!hidden || room.hide(userId, head.rev))) {
          if (text) connection.push(text);
          told = hidden ? undefined : head.rev;
          if (room.settle(connection, head)) return this.#deps.hub.settled(room);
        }
      }
      present = (await this.#memberships(userId, [conversationId])).get(conversationId);
    }
    room.leave(connection);
    if (told === undefined || told === from) return;
    connection.push(encodeChange("conversation_removed", conversationId, told, "{}"));
  }

  /** What tells a client at `cursor` of the conversation's present; nothing when it is there already. */
  async #text(membership: Membership, cursor: number | undefined): Promise<string | undefined> {
    const { head } = membership;
    if (isHidden(membership)) {
      return cursor === undefined ? undefined : encodeChange("conversation_removed", head.id, head.rev, "{}");
    }
    if (cursor === head.rev) return undefined;
    const [conversation] = await this.#deps.views.conversations([membership]);
    if (cursor === undefined) {
      return encodeChange("conversation_added", head.id, head.rev, JSON.stringify({ conversation }));
    }
    const known = cursor >= 0 && cursor < head.rev;
    const changed = known ? await readChanges(this.#deps.store, head, cursor, MAX_REPLAY) : undefined;
    if (changed) {
      const data = { changes: await this.#deps.views.messages(head, changed), conversation };
      const text = encodeChange("sync", head.id, head.rev, JSON.stringify(data));
      if (!exceeds(text, MAX_REPLAY_BYTES)) return text;
    }
    const data = { changes: [], conversation, reset: true };
    return encodeChange("sync", head.id, head.rev, JSON.stringify(data));
  }

  /** Waits until the reader has read what waits for it; one that reads nothing for long is given up. */
  async #waitFor(connection: Connection, pass: Pass | undefined): Promise<void> {
    const read = () => this.#hasRead(connection);
    await (pass ? pass.outside(read) : read());
  }

  async #hasRead(connection: Connection): Promise<void> {
    const { clock } = this.#deps;
    let [least, since] = [Infinity, clock.now()];
    while (connection.congested && connection.state !== "closed") {
      await this.#pause();
      if (connection.bufferedAmount < least) [least, since] = [connection.bufferedAmount, clock.now()];
      else if (clock.now() - since > PATIENCE_MS) connection.close("too_slow");
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.after(PAUSE_MS, resolve));
  }
}

/** Whether the member has hidden the conversation, a direct one, and nothing was said since. */
function isHidden({ head, participant: { hiddenSeq } }: Membership): boolean {
  return hiddenSeq !== null && head.seq <= hiddenSeq;
}
