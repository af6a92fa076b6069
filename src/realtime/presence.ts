import type { Clock, Stop } from "../kernel/clock.ts";
import { iso } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import type { Bus, BusMessage } from "../ports/bus.ts";
import type { PresenceStore } from "../ports/presence.ts";
import type { Connection } from "./connection.ts";
import { encodePush } from "./protocol.ts";
import type { Hub } from "./hub.ts";
import { PRESENCE_TOPIC } from "./signals.ts";
import type { PresenceSignal } from "./signals.ts";
import type { People } from "./views.ts";

/** A user's presence, as others may see it. */
export interface PresenceView {
  readonly userId: string;
  readonly isOnline: boolean;
  /** An ISO time; only of someone offline who shows it. */
  readonly lastSeen?: string;
}

export interface PresenceDeps {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly presence: PresenceStore;
  readonly people: People;
  readonly hub: Hub;
  readonly log: Logger;
  /** The conversations of a user, to find those that are open here. */
  readonly conversationsOf: (userId: string) => Promise<readonly string[]>;
}

/** Someone who comes back within this time was not away. */
const FLAP_MS = 3_000;
/** Leases are renewed this often. */
const RENEW_MS = 20_000;
/** Users whose node has died are looked for this often. */
const LAPSED_MS = 5_000;

/**
 * Who is online: tells of a user's first connection and of the last one's end, once the user has not come back for
 * `FLAP_MS`, to connections that watch the user or have a conversation with the user open.
 */
export class Presence {
  readonly #deps: PresenceDeps;
  readonly #watchers = new Map<string, Set<Connection>>();
  readonly #watched = new WeakMap<Connection, readonly string[]>();
  readonly #leaving = new Map<string, Stop>();
  readonly #stop: Stop;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    const stops = [
      deps.clock.every(RENEW_MS, () => void this.#renew()),
      deps.clock.every(LAPSED_MS, () => void this.#lookForLapsed()),
    ];
    this.#stop = () => stops.forEach((stop) => stop());
  }

  /** Begins to hear of other nodes' users. */
  async start(): Promise<void> {
    await this.#deps.bus.subscribe(PRESENCE_TOPIC, (message) => {
      if (isPresence(message)) void this.#tell(message);
    });
  }

  async connected({ userId, connectionId }: Connection): Promise<void> {
    const first = await this.#deps.presence.acquire(userId, connectionId);
    const flapped = this.#leaving.get(userId);
    flapped?.();
    this.#leaving.delete(userId);
    if (first && !flapped) await this.#announce(userId, true, null);
  }

  async disconnected(connection: Connection): Promise<void> {
    this.watch(connection, []);
    const { userId, connectionId } = connection;
    if (!await this.#deps.presence.release(userId, connectionId)) return;
    this.#leaving.get(userId)?.();
    this.#leaving.set(userId, this.#deps.clock.after(FLAP_MS, () => void this.#left(userId)));
  }

  /** Replaces what a connection watches. */
  watch(connection: Connection, userIds: readonly string[]): void {
    for (const userId of this.#watched.get(connection) ?? []) {
      const watchers = this.#watchers.get(userId);
      if (watchers?.delete(connection) && watchers.size === 0) this.#watchers.delete(userId);
    }
    this.#watched.set(connection, userIds);
    for (const userId of userIds) {
      this.#watchers.set(userId, (this.#watchers.get(userId) ?? new Set()).add(connection));
    }
  }

  /** The presence of these users, as they let `viewerId` see it. */
  async look(viewerId: string, userIds: readonly string[]): Promise<PresenceView[]> {
    const { presence, people } = this.#deps;
    const [online, visible] = await Promise.all([
      presence.online(userIds),
      people.visible(viewerId, userIds),
    ]);
    return userIds.map((userId) => {
      const shown = visible.get(userId);
      const isOnline = shown?.online === true && online.has(userId);
      return { userId, isOnline, ...(!isOnline && shown?.lastSeen && { lastSeen: shown.lastSeen }) };
    });
  }

  /** Gives up what this node holds; the users of a stopping node come back on another one. */
  close(): void {
    this.#stop();
    for (const stop of this.#leaving.values()) stop();
    this.#leaving.clear();
  }

  async #left(userId: string): Promise<void> {
    this.#leaving.delete(userId);
    try {
      if ((await this.#deps.presence.online([userId])).has(userId)) return;
      const lastSeen = iso(this.#deps.clock.now());
      await this.#deps.people.recordSeen(userId, lastSeen);
      await this.#announce(userId, false, lastSeen);
    } catch (error) {
      this.#deps.log.warn("presence_failed", { userId, error: String(error) });
    }
  }

  /** Tells what the user shows to everyone. */
  async #announce(userId: string, online: boolean, at: string | null): Promise<void> {
    const shown = (await this.#deps.people.visible(userId, [userId])).get(userId);
    if (!shown?.online) return;
    const lastSeen = shown.lastSeen === undefined ? null : at;
    const signal: PresenceSignal = { kind: "presence", userId, online, lastSeen };
    this.#deps.bus.publish(PRESENCE_TOPIC, signal);
  }

  async #tell({ userId, online, lastSeen }: PresenceSignal): Promise<void> {
    const told = await this.#audience(userId);
    const text = online
      ? encodePush("user_online", { userId })
      : encodePush("user_offline", { userId, ...(lastSeen && { lastSeen }) });
    for (const connection of told) connection.push(text);
  }

  /** The connections that watch the user or have a conversation with it open, but across a block. */
  async #audience(userId: string): Promise<Connection[]> {
    const { hub, conversationsOf, people, log } = this.#deps;
    try {
      const ids = await conversationsOf(userId);
      const open = ids.flatMap((id) => [...hub.room(id)?.open ?? []]);
      const audience = new Set([...this.#watchers.get(userId) ?? [], ...open]);
      const others = new Set([...audience].map((connection) => connection.userId));
      const blocked = others.size > 0 ? await people.blockedAmong(userId, [...others]) : new Set();
      return [...audience].filter((other) => other.userId !== userId && !blocked.has(other.userId));
    } catch (error) {
      log.warn("presence_failed", { userId, error: String(error) });
      return [];
    }
  }

  async #renew(): Promise<void> {
    const leases = [...this.#deps.hub.connections].map((c) => [c.userId, c.connectionId] as const);
    try {
      await this.#deps.presence.renew(leases);
    } catch (error) {
      this.#deps.log.warn("presence_failed", { error: String(error) });
    }
  }

  /** Users of a node that has died are gone as if their last connection had ended. */
  async #lookForLapsed(): Promise<void> {
    try {
      for (const userId of await this.#deps.presence.lapsed()) await this.#left(userId);
    } catch (error) {
      this.#deps.log.warn("presence_failed", { error: String(error) });
    }
  }
}

function isPresence(message: BusMessage): message is PresenceSignal {
  return message.kind === "presence";
}
