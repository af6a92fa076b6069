import type { Clock, Stop } from "../kernel/clock.ts";
import type { ReceiptSignal } from "../order/changes.ts";
import type { Connection } from "./connection.ts";
import type { Hub } from "./hub.ts";
import { encodeSignal } from "./protocol.ts";
import type { Room } from "./room.ts";

/** In conversations of more members, receipts are gathered. */
const GATHER_ABOVE = 100;
const GATHER_MS = 1_000;

/**
 * Passes receipts on: to the user's own other connections at once, and to those that have the conversation open; in
 * large conversations the latter once a second, the newest of each user.
 */
export class Receipts {
  readonly #clock: Clock;
  readonly #hub: Hub;
  readonly #gathered = new Map<Room, Map<string, ReceiptSignal>>();
  #stop: Stop | undefined;

  constructor(clock: Clock, hub: Hub) {
    this.#clock = clock;
    this.#hub = hub;
  }

  hear(room: Room, signal: ReceiptSignal): void {
    const text = encode(signal);
    for (const connection of this.#hub.connectionsOf(signal.userId)) {
      if (connection.connectionId !== signal.origin && room.has(connection)) connection.push(text);
    }
    if (room.open.size === 0) return;
    if ((room.head?.memberCount ?? 0) > GATHER_ABOVE) this.#gather(room, signal);
    else this.#tell(room, signal, text);
  }

  close(): void {
    this.#stop?.();
    this.#gathered.clear();
  }

  #gather(room: Room, signal: ReceiptSignal): void {
    const signals = this.#gathered.get(room) ?? new Map<string, ReceiptSignal>();
    this.#gathered.set(room, signals.set(`${signal.event} ${signal.userId}`, signal));
    this.#stop ??= this.#clock.after(GATHER_MS, () => this.#give());
  }

  #give(): void {
    this.#stop = undefined;
    for (const [room, signals] of this.#gathered) {
      for (const signal of signals.values()) this.#tell(room, signal, encode(signal));
    }
    this.#gathered.clear();
  }

  #tell(room: Room, signal: ReceiptSignal, text: string): void {
    for (const connection of room.open) if (!isOwn(connection, signal)) connection.push(text);
  }
}

/** The user's own connections are told at once, all but the one that said so. */
function isOwn(connection: Connection, signal: ReceiptSignal): boolean {
  return connection.userId === signal.userId;
}

function encode({ event, conversationId, userId, seq }: ReceiptSignal): string {
  return encodeSignal(event, conversationId, { userId, seq });
}
