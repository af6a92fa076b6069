import type { UserCard } from "../../kernel/user_card.ts";

/** What conversations need to know of users. */
export interface People {
  /** The users of these ids, by id; those who do not exist are left out. */
  cards(ids: readonly string[]): Promise<ReadonlyMap<string, UserCard>>;
  /** Those of `targetIds` who are active and may be brought into a conversation by the actor. */
  mayAdd(actorId: string, targetIds: readonly string[]): Promise<readonly string[]>;
}
