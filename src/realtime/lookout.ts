import type { Clock, Stop } from "../kernel/clock.ts";
import { iso } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import { conversations, participants } from "../order/records.ts";
import type { Participant } from "../order/records.ts";
import type { Store } from "../ports/store.ts";
import type { Hub } from "./hub.ts";

/**
 * How often memberships, and the conversations that are open here, are looked at: what is not kept must not reach a
 * member who was removed 3 s ago, and the look itself takes time.
 */
export const LOOK_MS = 2_000;
/** How often all the other conversations are looked at. */
export const LOOK_EVERYWHERE_MS = 60_000;
/** Nodes' clocks may differ by this much, and a change be this old before it can be read. */
const OVERLAP_MS = 15_000;
/** Heads, or sessions, that are read at once. */
const PART = 500;
/** Each session is looked at once in so many looks, to spread the reads. */
const SESSION_LOOKS = 5;

export interface LookoutDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly hub: Hub;
  readonly log: Logger;
  /** A user's connections are to enter a conversation that the user has become a member of. */
  readonly admit: (userId: string, conversationId: string) => Promise<void>;
  /** Those of these sessions that are over, wherever they were ended. */
  readonly endedSessions: (sessionIds: readonly string[]) => Promise<ReadonlySet<string>>;
}

/**
 * Asks the store for what the bus may have lost: the heads of conversations, who has become a member or has ceased to
 * be one, and which sessions have ended. One look is done before the next begins.
 */
export class Lookout {
  readonly #deps: LookoutDeps;
  #stop: Stop = () => {};
  #looking: Promise<void> | undefined;
  #membersSince: number;
  #everywhereAt: number;
  /** Sessions that are to be looked at before any other is again. */
  #sessionsLeft: string[] = [];

  constructor(deps: LookoutDeps) {
    this.#deps = deps;
    this.#membersSince = this.#everywhereAt = deps.clock.now();
  }

  start(): void {
    this.#stop = this.#deps.clock.every(LOOK_MS, () => {
      if (!this.#looking) void this.look();
    });
  }

  /** Looks, at all conversations if so asked; resolves when it is done. */
  async look(everywhere = false): Promise<void> {
    while (this.#looking) await this.#looking;
    this.#looking = this.#look(everywhere);
    await this.#looking;
    this.#looking = undefined;
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#looking;
  }

  async #look(everywhere: boolean): Promise<void> {
    const { clock, log } = this.#deps;
    const now = clock.now();
    const all = everywhere || now - this.#everywhereAt >= LOOK_EVERYWHERE_MS;
    try {
      await this.#lookAtHeads(all);
      if (all) this.#everywhereAt = now;
      await this.#lookAtMembers();
      this.#membersSince = now;
      await this.#lookAtSessions(everywhere);
    } catch (error) {
      log.warn("look_failed", { error: String(error) });
    }
  }

  /** A feed whose room stands behind the head fills the hole. */
  async #lookAtHeads(all: boolean): Promise<void> {
    const { hub, store } = this.#deps;
    const ids = hub.roomIds(all ? "all" : "open");
    for (let at = 0; at < ids.length; at += PART) {
      const part = ids.slice(at, at + PART);
      const heads = await store.heads(conversations, part);
      const revs = new Map(heads.map(({ id, rev, endedAt }) => [id, endedAt === null ? rev : Infinity]));
      for (const id of part) hub.compare(id, revs.get(id) ?? Infinity);
    }
  }

  /** Whoever connects later reads their own memberships then, so a node that serves nobody asks for none. */
  async #lookAtMembers(): Promise<void> {
    if (this.#deps.hub.size === 0) return;
    const since = iso(this.#membersSince - OVERLAP_MS);
    const changed = await this.#deps.store.find(participants, { where: { memberAt: { gte: since } } });
    for (const participant of changed) await this.#follow(participant);
  }

  async #follow({ userId, conversationId, left, memberRev }: Participant): Promise<void> {
    const { hub, admit } = this.#deps;
    const connections = [...hub.connectionsOf(userId)];
    if (connections.length === 0) return;
    if (left) return hub.compare(conversationId, memberRev);
    const room = hub.room(conversationId);
    if (connections.some((connection) => !room?.has(connection))) await admit(userId, conversationId);
  }

  /** Ends the connections whose session has ended. */
  async #lookAtSessions(all: boolean): Promise<void> {
    const { hub, endedSessions } = this.#deps;
    if (all || this.#sessionsLeft.length === 0) {
      this.#sessionsLeft = [...new Set([...hub.connections].map(({ sessionId }) => sessionId))];
    }
    const count = all ? Infinity : Math.max(PART, Math.ceil(hub.size / SESSION_LOOKS));
    const due = this.#sessionsLeft.splice(0, count);
    for (let at = 0; at < due.length; at += PART) {
      const ended = await endedSessions(due.slice(at, at + PART));
      if (ended.size === 0) continue;
      for (const connection of [...hub.connections]) {
        if (ended.has(connection.sessionId)) connection.close("unauthenticated");
      }
    }
  }
}
