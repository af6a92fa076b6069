export type Lease = readonly [userId: string, connectionId: string];

/** The leases of this node. */
export class Leases {
  readonly #users = new Map<string, Set<string>>();

  /** Answers whether the user had none. */
  add([userId, connectionId]: Lease): boolean {
    const held = this.#users.get(userId);
    if (held) return !held.add(connectionId);
    this.#users.set(userId, new Set([connectionId]));
    return true;
  }

  /** Answers whether the user has none left. */
  delete([userId, connectionId]: Lease): boolean {
    const held = this.#users.get(userId);
    held?.delete(connectionId);
    if (held && held.size > 0) return false;
    this.#users.delete(userId);
    return true;
  }

  has([userId, connectionId]: Lease): boolean {
    return this.#users.get(userId)?.has(connectionId) === true;
  }

  /** Those of `userIds` that hold one. */
  among(userIds: readonly string[]): Set<string> {
    return new Set(userIds.filter((userId) => this.#users.has(userId)));
  }

  clear(): void {
    this.#users.clear();
  }
}
