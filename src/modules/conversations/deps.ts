import type { Clock } from "../../kernel/clock.ts";
import type { Writer } from "../../order/writer.ts";
import type { Bus } from "../../ports/bus.ts";
import type { Store } from "../../ports/store.ts";
import type { ConversationViews } from "./view.ts";

/** A user as shown to others. */
export interface UserCard {
  readonly id: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly avatar: string | null;
}

/** What conversations need to know of users. */
export interface People {
  /** The users of these ids, by id; those who do not exist are left out. */
  cards(ids: readonly string[]): Promise<ReadonlyMap<string, UserCard>>;
  /** Those of `targetIds` who are active and may be brought into a conversation by the actor. */
  mayAdd(actorId: string, targetIds: readonly string[]): Promise<{ readonly allowed: readonly string[] }>;
}

/** What the conversations module works with. */
export interface ConversationDeps {
  readonly store: Store;
  readonly writer: Writer;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly people: People;
  readonly views: ConversationViews;
  /** `settings.messageRetention` of conversations that do not name one; days, 0 keeps for ever. */
  readonly defaultRetention: number;
}
