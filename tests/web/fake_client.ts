import { ParleyError } from "../../src/client/mod.ts";
import type {
  Client,
  ClientEvent,
  ClientEvents,
  ConnectionState,
  Conversation,
  ConversationView,
  Participant,
  Presence,
  RouteName,
  User,
  UserCard,
} from "../../src/client/mod.ts";

/** What a fake client knows; answers are given by route, and what they are given is kept in `asked`. */
export interface World {
  user: User | undefined;
  connection: ConnectionState;
  loaded: boolean;
  conversations: readonly Conversation[];
  readonly presence: Map<string, Presence>;
  readonly answers: Partial<Record<RouteName, (input: never) => unknown>>;
  readonly asked: { readonly route: RouteName; readonly input: unknown }[];
}

/** A client without a server: shows what its world holds, and answers what its world answers. */
export class FakeClient {
  readonly world: World;
  readonly #listeners = new Map<string, Set<(data: never) => void>>();

  constructor(world: Partial<World> = {}) {
    this.world = {
      user: undefined,
      connection: { status: "idle" },
      loaded: true,
      conversations: [],
      presence: new Map(),
      answers: {},
      asked: [],
      ...world,
    };
  }

  /** The client as the app takes it. */
  get client(): Client {
    return this as unknown as Client;
  }

  get user(): User | undefined {
    return this.world.user;
  }

  get connection(): ConnectionState {
    return this.world.connection;
  }

  get conversations(): object {
    const { conversations, loaded } = this.world;
    return {
      all: conversations,
      unread: conversations.reduce((sum, { view }) => sum + view.unread, 0),
      loaded,
      get: (id: string) => conversations.find((conversation) => conversation.id === id),
      create: (body: unknown) => this.request("POST /api/conversations", { body }),
      join: (id: string) => this.request("POST /api/conversations/:id/join", { params: { id } }),
    };
  }

  on<E extends ClientEvent>(event: E, listener: (data: ClientEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells of something, after a change of the world. */
  emit<E extends ClientEvent>(
    event: E,
    ...[data]: ClientEvents[E] extends void ? [] : [ClientEvents[E]]
  ): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(data as never);
  }

  request(route: RouteName, input?: unknown): Promise<unknown> {
    this.world.asked.push({ route, input });
    const answer = this.world.answers[route];
    if (!answer) return Promise.reject(new ParleyError("network", "nobody answers"));
    return new Promise((resolve) => resolve(answer(input as never)));
  }

  login(body: unknown): Promise<unknown> {
    return this.request("POST /api/auth/login", { body });
  }

  register(body: unknown): Promise<unknown> {
    return this.request("POST /api/auth/register", { body });
  }

  restore(): Promise<User | undefined> {
    return Promise.resolve(this.world.user);
  }

  logout(): Promise<void> {
    this.world.user = undefined;
    this.emit("user", undefined);
    return Promise.resolve();
  }

  connect(): void {}

  reconnectNow(): void {}

  watchPresence(_ids?: readonly string[]): Promise<void> {
    return Promise.resolve();
  }

  presenceOf(userId: string): Presence | undefined {
    return this.world.presence.get(userId);
  }
}

const TIME = "2026-05-04T10:20:30.000Z";

/** Someone, as others see them. */
export function card(username: string, firstName = username, lastName = "Example"): UserCard {
  return { id: `u-${username}`, username, firstName, lastName, avatar: null };
}

/** An account with plain settings. */
export function account(username = "amina", firstName = "Amina"): User {
  return {
    id: `u-${username}`,
    email: `${username}@example.org`,
    username,
    profile: {
      ...{ firstName, lastName: "Example", avatar: null, bio: null, location: null, website: null },
      ...{ dateOfBirth: null, isOnline: true, lastSeen: null },
    },
    preferences: {
      ...{ emailNotifications: true, pushNotifications: true, theme: "auto" },
      privacy: { showOnlineStatus: true, allowMessages: "everyone", showLastSeen: true },
    },
    stats: { messagesSent: 0, filesShared: 0, loginCount: 1 },
    ...{
      role: "user",
      isVerified: false,
      isActive: true,
      lastLoginAt: TIME,
      createdAt: TIME,
      updatedAt: TIME,
    },
  };
}

/** A member of a conversation. */
export function member(user: UserCard, role: Participant["role"] = "member"): Participant {
  return {
    userId: user.id,
    user,
    role,
    joinedAt: TIME,
    lastReadSeq: 0,
    lastReadAt: null,
    lastDeliveredSeq: 0,
  };
}

/** A conversation that nothing can be done with but look at it. */
export function conversation(
  id: string,
  participants: readonly Participant[],
  view: Partial<ConversationView> = {},
): Conversation {
  const shown: ConversationView = {
    ...{ id, type: "group", name: id, description: null, lastMessage: null, role: "member" },
    settings: { isPublic: false, allowInvites: true, maxParticipants: 100, messageRetention: 0 },
    ...{ rev: 1, seq: 0, firstSeq: 1, participantCount: participants.length, lastReadSeq: 0, unread: 0 },
    notifications: { enabled: true, muteUntil: null },
    ...{ createdAt: TIME, updatedAt: TIME },
    ...view,
  };
  const still = { id, view: shown, participants, messages: [], hasOlder: false, hasNewer: false, typing: [] };
  return { ...still, receipts: new Map() } as unknown as Conversation;
}
