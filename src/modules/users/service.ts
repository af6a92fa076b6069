import type { Clock } from "../../kernel/clock.ts";
import { iso } from "../../kernel/clock.ts";
import { notFound, ParleyError } from "../../kernel/errors.ts";
import type { Events } from "../../kernel/events.ts";
import { page } from "../../http/schema.ts";
import type { Page } from "../../http/schema.ts";
import { participants } from "../../order/records.ts";
import type { PresenceStore } from "../../ports/presence.ts";
import { UniqueViolation } from "../../ports/store.ts";
import type { Store } from "../../ports/store.ts";
import { Directory } from "./directory.ts";
import { DEFAULT_PREFERENCES, users } from "./records.ts";
import type { Block, Contact, Preferences, Profile, User } from "./records.ts";
import { Relations } from "./relations.ts";
import { ownView, publicView } from "./view.ts";
import type { Sent } from "./view.ts";

/** What the users' module works with. */
export interface UsersDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  readonly presence: Pick<PresenceStore, "online">;
}

/** Who a new user is; names in lower case. */
export interface NewUser {
  readonly email: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** What a viewer may know of a user's presence. */
export interface Visibility {
  readonly online: boolean;
  /** The user's `lastSeen`, or `undefined` when it is not shown. */
  readonly lastSeen: string | null | undefined;
}

/** Users as records: made, found, changed and shown. */
export class UserService {
  readonly directory: Directory;
  readonly relations: Relations;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #events: Events;
  readonly #presence: Pick<PresenceStore, "online">;

  constructor({ store, clock, events, presence }: UsersDeps) {
    this.directory = new Directory(store, clock, events);
    this.relations = new Relations(store, clock);
    this.#store = store;
    this.#clock = clock;
    this.#events = events;
    this.#presence = presence;
  }

  /** Throws `email_taken` or `username_taken` when another user has them. */
  async ensureFree({ email, username }: Pick<NewUser, "email" | "username">): Promise<void> {
    if (await this.find({ email })) throw new ParleyError("email_taken");
    if (await this.find({ username })) throw new ParleyError("username_taken");
  }

  /** Throws `email_taken` or `username_taken`; of several at once one succeeds. */
  async create(id: string, names: NewUser): Promise<void> {
    const now = iso(this.#clock.now());
    const user: User = {
      id,
      ...names,
      ...{ avatar: null, bio: null, location: null, website: null, dateOfBirth: null },
      ...DEFAULT_PREFERENCES,
      ...{ role: "user", isVerified: false, isActive: true },
      ...{ lastSeen: null, loginCount: 0, lastLoginAt: null },
      ...{ createdAt: now, updatedAt: now },
    };
    await this.#store.insert(users, user).catch(async (error: unknown) => {
      if (error instanceof UniqueViolation) await this.ensureFree(names);
      throw error;
    });
  }

  /** The user of an e-mail address or a username, in lower case. */
  async find(login: { readonly email: string } | { readonly username: string }): Promise<User | undefined> {
    const [user] = await this.#store.find(users, { where: login, limit: 1 });
    return user;
  }

  get(id: string): Promise<User | undefined> {
    return this.#store.get(users, id);
  }

  /** Counts a login. */
  async recordLogin(id: string): Promise<void> {
    const set = { lastLoginAt: iso(this.#clock.now()) };
    await this.#store.patch(users, id, { set, add: { loginCount: 1 } });
  }

  /** Remembers when the user's last connection ended; it never goes back. */
  async recordSeen(id: string, at: string): Promise<void> {
    await this.#store.patch(users, id, { raise: { lastSeen: at } });
  }

  /** The user as its owner sees it. Throws `not_found`. */
  async own(id: string): Promise<object> {
    const user = await this.#store.get(users, id);
    if (!user) throw notFound();
    return await this.#own(user);
  }

  /** Changes the given fields and answers the user. Throws `not_found`, `username_taken`. */
  async change(id: string, set: Partial<Profile & Preferences & Pick<User, "username">>): Promise<object> {
    const updatedAt = iso(this.#clock.now());
    try {
      const user = await this.#store.patch(users, id, { set: { ...set, updatedAt } });
      if (!user) throw notFound();
      this.#events.emit("user_changed", { userId: id });
      return await this.#own(user);
    } catch (error) {
      throw error instanceof UniqueViolation ? new ParleyError("username_taken") : error;
    }
  }

  /** A user as `viewerId` may see it. Throws `not_found`. */
  async show(viewerId: string, id: string): Promise<object> {
    const user = await this.#store.get(users, id);
    const [view] = user?.isActive ? await this.#views(viewerId, [user]) : [];
    if (!view) throw notFound();
    return view;
  }

  /** Active users whose username begins with `prefix`, by username. */
  async search(viewerId: string, prefix: string, limit: number, cursor?: string): Promise<Page<object>> {
    const beyond = `${prefix}\u{10ffff}`;
    const from = cursor !== undefined && cursor >= prefix ? { gt: cursor } : { gte: prefix };
    const found = await this.#store.find(users, {
      where: { username: { ...from, lt: beyond } },
      order: [["username", "asc"]],
      limit: limit + 1,
    });
    const { rows, pagination } = page(found, limit, ({ username }) => username);
    return { rows: await this.#views(viewerId, rows.filter((user) => user.isActive)), pagination };
  }

  /** Contacts as their owner sees them, in order; those who are gone are left out. */
  async showContacts(ownerId: string, contacts: readonly Contact[]): Promise<object[]> {
    const found = await this.#users(contacts.map(({ contactId }) => contactId));
    const shown = contacts.flatMap((contact) => {
      const user = found.get(contact.contactId);
      return user ? [{ contact, user }] : [];
    });
    const views = await this.#views(ownerId, shown.map(({ user }) => user));
    return views.map((view, index) => ({ ...view, addedAt: shown[index]?.contact.createdAt }));
  }

  /** Blocked users as who blocked them sees them, in order; those who are gone are left out. */
  async showBlocks(blocks: readonly Block[]): Promise<object[]> {
    const cards = await this.directory.cards(blocks.map(({ blockedId }) => blockedId));
    return blocks.flatMap(({ blockedId, createdAt }) => {
      const card = cards.get(blockedId);
      return card ? [{ ...card, blockedAt: createdAt }] : [];
    });
  }

  /** What `viewerId` may know of the presence of `ids`; those who show nothing to it are left out. */
  async visible(viewerId: string, ids: readonly string[]): Promise<Map<string, Visibility>> {
    const [found, blocked] = await Promise.all([
      this.#users(ids),
      this.relations.blockedAmong(viewerId, ids),
    ]);
    const entries = [...found.values()].filter(({ id }) => !blocked.has(id)).map((user) => {
      const lastSeen = user.showLastSeen ? user.lastSeen : undefined;
      return [user.id, { online: user.showOnlineStatus, lastSeen }] as const;
    });
    return new Map(entries.filter(([, { online, lastSeen }]) => online || lastSeen !== undefined));
  }

  async #users(ids: readonly string[]): Promise<Map<string, User>> {
    const found = ids.length === 0
      ? []
      : await this.#store.find(users, { where: { id: { in: [...new Set(ids)] } } });
    return new Map(found.map((user) => [user.id, user]));
  }

  async #views(viewerId: string, of: readonly User[]): Promise<object[]> {
    if (of.length === 0) return [];
    const ids = of.map(({ id }) => id);
    const [online, blocked] = await Promise.all([
      this.#presence.online(ids),
      this.relations.blockedAmong(viewerId, ids),
    ]);
    return of.map((user) => publicView(user, online.has(user.id), blocked.has(user.id)));
  }

  async #own(user: User): Promise<object> {
    const [online, sent] = await Promise.all([this.#presence.online([user.id]), this.#sent(user.id)]);
    return ownView(user, online.has(user.id), sent);
  }

  async #sent(userId: string): Promise<Sent> {
    const found = await this.#store.find(participants, { where: { userId } });
    return {
      messagesSent: found.reduce((sum, { sentCount }) => sum + sentCount, 0),
      filesShared: found.reduce((sum, { sharedCount = 0 }) => sum + sharedCount, 0),
    };
  }
}
