import type { Clock } from "../../kernel/clock.ts";
import { iso } from "../../kernel/clock.ts";
import { notFound, ParleyError } from "../../kernel/errors.ts";
import { page } from "../../http/schema.ts";
import type { Page } from "../../http/schema.ts";
import { UniqueViolation } from "../../ports/store.ts";
import type { Collection, Doc, Store } from "../../ports/store.ts";
import { blocks, contacts, pairId, users } from "./records.ts";
import type { Block, Contact } from "./records.ts";

/** The owner's records after the one of `cursor`, in order of their ids. */
function ownedAfter(ownerId: string, cursor: string | undefined) {
  const after = cursor === undefined ? undefined : { id: { gt: pairId(ownerId, cursor) } };
  return { where: { ownerId, ...after }, order: [["id", "asc"]] } as const;
}

/** Contacts and blocks, and what they allow. */
export class Relations {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Puts a user among the owner's contacts; `added` is false when it was there. Throws `not_found`. */
  async addContact(ownerId: string, contactId: string): Promise<{ contact: Contact; added: boolean }> {
    await this.#target(ownerId, contactId, "userId");
    const contact = { id: pairId(ownerId, contactId), ownerId, contactId, createdAt: iso(this.#clock.now()) };
    if (await this.#insert(contacts, contact)) return { contact, added: true };
    return { contact: await this.#store.get(contacts, contact.id) ?? contact, added: false };
  }

  /** Throws `not_found` when there is no such contact. */
  async removeContact(ownerId: string, contactId: string): Promise<void> {
    if (!await this.#store.delete(contacts, pairId(ownerId, contactId))) throw notFound();
  }

  /** One page of the owner's contacts. */
  async contacts(ownerId: string, limit: number, cursor?: string): Promise<Page<Contact>> {
    const found = await this.#store.find(contacts, { ...ownedAfter(ownerId, cursor), limit: limit + 1 });
    return page(found, limit, ({ contactId }) => contactId);
  }

  /** The ids of everyone among the user's contacts. */
  async contactsOf(userId: string): Promise<string[]> {
    const found = await this.#store.find(contacts, { where: { ownerId: userId }, order: [["id", "asc"]] });
    return found.map(({ contactId }) => contactId);
  }

  /** Blocks a user; doing so twice is harmless. Throws `not_found`, or `invalid_request` for oneself. */
  async block(ownerId: string, blockedId: string): Promise<void> {
    await this.#target(ownerId, blockedId, "id");
    const createdAt = iso(this.#clock.now());
    await this.#insert(blocks, { id: pairId(ownerId, blockedId), ownerId, blockedId, createdAt });
  }

  /** Lifts a block; there need not be one. */
  async unblock(ownerId: string, blockedId: string): Promise<void> {
    await this.#store.delete(blocks, pairId(ownerId, blockedId));
  }

  /** One page of those whom the owner has blocked. */
  async blocks(ownerId: string, limit: number, cursor?: string): Promise<Page<Block>> {
    const found = await this.#store.find(blocks, { ...ownedAfter(ownerId, cursor), limit: limit + 1 });
    return page(found, limit, ({ blockedId }) => blockedId);
  }

  /** Whether either has blocked the other. */
  async blocked(a: string, b: string): Promise<boolean> {
    return (await this.blockedAmong(a, [b])).size > 0;
  }

  /** Those of `others` who have blocked `userId` or whom it has blocked. */
  async blockedAmong(userId: string, others: readonly string[]): Promise<Set<string>> {
    const ids = others.flatMap((other) => [pairId(userId, other), pairId(other, userId)]);
    const found = await this.#store.find(blocks, { where: { id: { in: ids } } });
    return new Set(found.map(({ ownerId, blockedId }) => ownerId === userId ? blockedId : ownerId));
  }

  /**
   * Those of `targetIds` whom the actor may add to a conversation, each once: users that exist and are active, where
   * neither has blocked the other and whose `allowMessages` says everyone, or contacts and the actor is one of theirs.
   */
  async mayAdd(actorId: string, targetIds: readonly string[]): Promise<string[]> {
    const targets = [...new Set(targetIds)];
    const [found, blocked, knowing] = await Promise.all([
      this.#store.find(users, { where: { id: { in: targets } } }),
      this.blockedAmong(actorId, targets),
      this.#havingAsContact(actorId, targets),
    ]);
    const byId = new Map(found.map((user) => [user.id, user]));
    return targets.filter((id) => {
      const user = byId.get(id);
      if (id === actorId) return user !== undefined;
      if (!user?.isActive || blocked.has(id)) return false;
      return user.allowMessages === "everyone" || (user.allowMessages === "contacts" && knowing.has(id));
    });
  }

  async #havingAsContact(userId: string, owners: readonly string[]): Promise<Set<string>> {
    const ids = owners.map((owner) => pairId(owner, userId));
    const found = await this.#store.find(contacts, { where: { id: { in: ids } } });
    return new Set(found.map(({ ownerId }) => ownerId));
  }

  async #target(ownerId: string, otherId: string, field: string): Promise<void> {
    if (ownerId === otherId) {
      throw new ParleyError("invalid_request", undefined, {
        errors: [{ field, message: "Must not be oneself" }],
      });
    }
    if (!await this.#store.get(users, otherId)) throw notFound();
  }

  /** Answers false when the record is there already. */
  async #insert<T extends Doc>(into: Collection<T>, record: T): Promise<boolean> {
    try {
      await this.#store.insert(into, record);
      return true;
    } catch (error) {
      if (error instanceof UniqueViolation) return false;
      throw error;
    }
  }
}
