import type { Link } from "./link.ts";
import type { PresenceEntry } from "./protocol.ts";
import type { Presence } from "./types.ts";

/** The server watches no more for one connection. */
const MOST_WATCHED = 200;

/** Who is online, as far as told. */
export class Presences {
  readonly #known = new Map<string, Presence>();
  readonly #onChange: (userId: string) => void;
  #watched: readonly string[] = [];

  constructor(onChange: (userId: string) => void) {
    this.#onChange = onChange;
  }

  of(userId: string): Presence | undefined {
    return this.#known.get(userId);
  }

  learn(entries: readonly PresenceEntry[]): void {
    for (const { userId, isOnline, lastSeen = null } of entries) {
      this.#known.set(userId, { isOnline, lastSeen });
      this.#onChange(userId);
    }
  }

  /** Replaces who is watched, over the line if there is one. */
  async watch(userIds: readonly string[], line: Link | undefined): Promise<void> {
    this.#watched = userIds.slice(0, MOST_WATCHED);
    await this.resume(line);
  }

  /** Watches over a new line. */
  async resume(line: Link | undefined): Promise<void> {
    if (!line || this.#watched.length === 0 && this.#known.size === 0) return;
    this.learn(
      (await line.ask<{ presence: PresenceEntry[] }>("watch_presence", { userIds: this.#watched })).presence,
    );
  }
}
