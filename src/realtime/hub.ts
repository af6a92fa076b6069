import type { Logger } from "../kernel/log.ts";
import type { Counter } from "../kernel/metrics.ts";
import { conversationTopic, isHint, userTopic } from "../order/changes.ts";
import type { Bus, BusMessage, Unsubscribe } from "../ports/bus.ts";
import type { Connection } from "./connection.ts";
import { Feed } from "./feed.ts";
import type { FeedDeps } from "./feed.ts";
import { Room } from "./room.ts";

/** What this node hears of a conversation beside its hints, or of a user. */
export interface HubListeners {
  readonly onRoomMessage: (room: Room, message: BusMessage) => void;
  readonly onUserMessage: (userId: string, message: BusMessage) => void;
  /** A connection was shown out of a room; its user may have been let in again meanwhile. */
  readonly onShownOut: (room: Room, connection: Connection) => void;
}

/** A room with what feeds it. */
interface Entry {
  readonly room: Room;
  readonly feed: Feed;
  readonly subscribed: Promise<Unsubscribe>;
}

export interface HubDeps extends FeedDeps {
  readonly bus: Bus;
  readonly log: Logger;
  /** Counts what the rooms pass on. */
  readonly deliveries?: Counter;
}

/**
 * Every connection of this node: by its user, and by the rooms of that user's conversations. A topic of the bus is
 * subscribed while someone is here for it.
 */
export class Hub {
  readonly #deps: HubDeps;
  readonly #listeners: HubListeners;
  readonly #connections = new Set<Connection>();
  readonly #users = new Map<string, { connections: Set<Connection>; subscribed: Promise<Unsubscribe> }>();
  readonly #rooms = new Map<string, Entry>();

  constructor(deps: HubDeps, listeners: HubListeners) {
    this.#deps = deps;
    this.#listeners = listeners;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Conversations that have a room here. */
  get roomCount(): number {
    return this.#rooms.size;
  }

  /** Connections in no order. The set is the hub's own: whoever closes some while walking it copies it first. */
  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** The conversations that have a room here: all, or those that someone has open. */
  roomIds(which: "all" | "open"): string[] {
    const entries = [...this.#rooms.values()];
    const wanted = which === "all" ? entries : entries.filter(({ room }) => room.open.size > 0);
    return wanted.map(({ room }) => room.conversationId);
  }

  /** Has a conversation's feed look into the store when the room has not come as far as `rev`. */
  compare(conversationId: string, rev: number): void {
    const entry = this.#rooms.get(conversationId);
    if (entry?.room.position !== undefined && entry.room.position < rev) entry.feed.suspect();
  }

  connectionsOf(userId: string): ReadonlySet<Connection> {
    return this.#users.get(userId)?.connections ?? new Set();
  }

  room(conversationId: string): Room | undefined {
    return this.#rooms.get(conversationId)?.room;
  }

  /** Takes a connection in. */
  add(connection: Connection): void {
    const { userId } = connection;
    this.#connections.add(connection);
    const user = this.#users.get(userId) ?? this.#newUser(userId);
    user.connections.add(connection);
  }

  /** Resolves once what concerns this user, who has a connection, will be heard. */
  async hearing(userId: string): Promise<void> {
    await this.#users.get(userId)?.subscribed;
  }

  /** Forgets a connection everywhere, at once. */
  remove(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    for (const room of [...connection.rooms]) room.leave(connection);
    const user = this.#users.get(connection.userId);
    if (!user?.connections.delete(connection) || user.connections.size > 0) return;
    this.#users.delete(connection.userId);
    this.#unsubscribe(user.subscribed);
  }

  /**
   * Takes a connection into a conversation's room, where its frames are held back until `settle`. Resolves once
   * changes of the conversation will be heard.
   */
  async enter(connection: Connection, conversationId: string): Promise<Room> {
    const entry = this.#rooms.get(conversationId) ?? this.#newRoom(conversationId);
    entry.room.enter(connection);
    await entry.subscribed;
    return entry.room;
  }

  /** Wakes the feed of a room in which someone has settled. */
  settled(room: Room): void {
    this.#rooms.get(room.conversationId)?.feed.wake();
  }

  close(): void {
    for (const connection of [...this.#connections]) connection.end();
  }

  #newUser(userId: string): { connections: Set<Connection>; subscribed: Promise<Unsubscribe> } {
    const listen = (message: BusMessage) => this.#listeners.onUserMessage(userId, message);
    const user = {
      connections: new Set<Connection>(),
      subscribed: this.#deps.bus.subscribe(userTopic(userId), listen),
    };
    this.#users.set(userId, user);
    return user;
  }

  #newRoom(conversationId: string): Entry {
    const room = new Room(conversationId, {
      onEmpty: (empty) => this.#release(empty),
      onShownOut: this.#listeners.onShownOut,
      deliveries: this.#deps.deliveries,
    });
    const feed = new Feed(room, this.#deps);
    const subscribed = this.#deps.bus.subscribe(conversationTopic(conversationId), (message) => {
      if (isHint(message)) feed.hear(message);
      else this.#listeners.onRoomMessage(room, message);
    });
    const entry = { room, feed, subscribed };
    this.#rooms.set(conversationId, entry);
    return entry;
  }

  #release(room: Room): void {
    const entry = this.#rooms.get(room.conversationId);
    if (entry?.room !== room) return;
    this.#rooms.delete(room.conversationId);
    this.#unsubscribe(entry.subscribed);
  }

  #unsubscribe(subscribed: Promise<Unsubscribe>): void {
    subscribed.then((unsubscribe) => unsubscribe(), () => undefined);
  }
}
