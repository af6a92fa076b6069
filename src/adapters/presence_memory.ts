import type { PresenceStore } from "../ports/presence.ts";

/** Leases of a single process: they end with it, so that none has to run out. */
export class MemoryPresence implements PresenceStore {
  readonly #leases = new Map<string, Set<string>>();

  acquire(userId: string, connectionId: string): Promise<boolean> {
    const leases = this.#leases.get(userId) ?? new Set();
    this.#leases.set(userId, leases.add(connectionId));
    return Promise.resolve(leases.size === 1);
  }

  release(userId: string, connectionId: string): Promise<boolean> {
    const leases = this.#leases.get(userId);
    if (!leases?.delete(connectionId) || leases.size > 0) return Promise.resolve(false);
    return Promise.resolve(this.#leases.delete(userId));
  }

  renew(): Promise<void> {
    return Promise.resolve();
  }

  online(userIds: readonly string[]): Promise<Set<string>> {
    return Promise.resolve(new Set(userIds.filter((userId) => this.#leases.has(userId))));
  }

  close(): Promise<void> {
    this.#leases.clear();
    return Promise.resolve();
  }
}
