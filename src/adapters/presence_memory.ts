import type { PresenceStore } from "../ports/presence.ts";
import { Leases } from "./presence/leases.ts";

/** Leases of a single process: they end with it, so that none has to run out. */
export class MemoryPresence implements PresenceStore {
  readonly #leases = new Leases();

  acquire(userId: string, connectionId: string): Promise<boolean> {
    return Promise.resolve(this.#leases.add([userId, connectionId]));
  }

  release(userId: string, connectionId: string): Promise<boolean> {
    return Promise.resolve(this.#leases.delete([userId, connectionId]));
  }

  renew(): Promise<void> {
    return Promise.resolve();
  }

  online(userIds: readonly string[]): Promise<Set<string>> {
    return Promise.resolve(this.#leases.among(userIds));
  }

  lapsed(): Promise<string[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.#leases.clear();
    return Promise.resolve();
  }
}
