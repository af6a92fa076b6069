import type { Connection } from "./connection.ts";

/**
 * Connections that are forgotten here while the runtime still holds their sockets: the other side does not answer the
 * end, or does not read what was sent before it. They cost memory, and so count where sockets are counted.
 */
export class Lingering {
  readonly #connections = new Set<Connection>();
  readonly #users = new Map<string, number>();

  get size(): number {
    return this.#connections.size;
  }

  /** Sockets of a user. */
  of(userId: string): number {
    return this.#users.get(userId) ?? 0;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
    this.#users.set(connection.userId, this.of(connection.userId) + 1);
  }

  /** Its socket has ended. */
  delete(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    const left = this.of(connection.userId) - 1;
    if (left > 0) this.#users.set(connection.userId, left);
    else this.#users.delete(connection.userId);
  }
}
