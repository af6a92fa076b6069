import type { Events } from "../../kernel/events.ts";
import { Lru } from "../../kernel/lru.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { UserCard } from "../../kernel/user_card.ts";
import type { Store } from "../../ports/store.ts";
import { users } from "./records.ts";
import { cardOf } from "./view.ts";

const CACHED = 10_000;
/** How long another node may show a card as it was before a change. */
const FRESH_MS = 60_000;

interface Entry {
  readonly card: UserCard;
  readonly readAt: number;
}

/** Users' cards for whatever shows people, kept for a minute and forgotten when this node hears of a change. */
export class Directory {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #cache = new Lru<string, Entry>(CACHED);
  /** Grows by each change, so that a read which began before one is not kept. */
  #changes = 0;

  constructor(store: Store, clock: Clock, events: Events) {
    this.#store = store;
    this.#clock = clock;
    events.on("user_changed", ({ userId }) => {
      this.#changes++;
      this.#cache.delete(userId);
    });
  }

  /** The cards of those of `ids` who exist. */
  async cards(ids: Iterable<string>): Promise<Map<string, UserCard>> {
    const found = new Map<string, UserCard>();
    const missing: string[] = [];
    const oldest = this.#clock.now() - FRESH_MS;
    for (const id of new Set(ids)) {
      const entry = this.#cache.get(id);
      if (entry && entry.readAt > oldest) found.set(id, entry.card);
      else missing.push(id);
    }
    if (missing.length > 0) await this.#read(missing, found);
    return found;
  }

  /** The ids of those of `names` who exist, by username in lower case. */
  async byUsernames(names: Iterable<string>): Promise<Map<string, string>> {
    const wanted = [...new Set(names)];
    if (wanted.length === 0) return new Map();
    const found = await this.#store.find(users, { where: { username: { in: wanted } } });
    return new Map(found.map(({ username, id }) => [username, id]));
  }

  async #read(ids: readonly string[], into: Map<string, UserCard>): Promise<void> {
    const [readAt, changes] = [this.#clock.now(), this.#changes];
    for (const user of await this.#store.find(users, { where: { id: { in: ids } } })) {
      const card = cardOf(user);
      into.set(user.id, card);
      if (changes === this.#changes) this.#cache.set(user.id, { card, readAt });
    }
  }
}
