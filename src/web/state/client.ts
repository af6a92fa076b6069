import { computed, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Client, ConnectionState, Conversation, Presence, PublicUser, User } from "../../client/mod.ts";

/** What happens to one conversation or one person, and is followed by its id; `conversations` is the whole list. */
export type Followed =
  | "conversations"
  | "conversation"
  | "messages"
  | "typing"
  | "receipts"
  | "uploads"
  | "presence";

let current: Client | undefined;
const counts = new Map<string, Signal<number>>();
/** Those whose presence was told over the line that stands: what was told before may be wrong by now. */
const told = new Set<string>();
const signedIn = signal<User | undefined>(undefined);
const line = signal<ConnectionState>({ status: "idle" });

/** Who is signed in. */
export const me: ReadonlySignal<User | undefined> = signedIn;

/** How the line to the server stands. */
export const connection: ReadonlySignal<ConnectionState> = line;

/** Whether nothing is missed right now. */
export const online: ReadonlySignal<boolean> = computed(() => line.value.status === "online");

/** The client that everything goes through. Throws before `adopt()`. */
export function client(): Client {
  if (!current) throw new Error("there is no client yet");
  return current;
}

/** Makes a client the one of the app: signals follow what it tells of, until it closes. */
export function adopt(adopted: Client): void {
  current = adopted;
  signedIn.value = adopted.user;
  line.value = adopted.connection;
  adopted.on("user", (user) => signedIn.value = user);
  told.clear();
  adopted.on("connection", (state) => {
    if (state.status !== "online") told.clear();
    line.value = state;
  });
  adopted.on("conversations", () => bump("conversations"));
  adopted.on("conversation", ({ id }) => bump("conversation", id));
  adopted.on("messages", ({ id }) => bump("messages", id));
  adopted.on("typing", ({ conversationId }) => bump("typing", conversationId));
  adopted.on("receipts", ({ conversationId }) => bump("receipts", conversationId));
  adopted.on("uploads", ({ conversationId }) => bump("uploads", conversationId));
  adopted.on("presence", ({ userId }) => {
    told.add(userId);
    bump("presence", userId);
  });
}

/**
 * Has the component that asks drawn again with every such event. The client's snapshots are read after it:
 * `follow("messages", conversation.id); const { messages } = conversation;`
 */
export function follow(event: Followed, id = ""): void {
  countOf(event, id).value;
}

/** The conversations, the latest activity first. */
export function conversations(): readonly Conversation[] {
  follow("conversations");
  return client().conversations.all;
}

/** Whether a person is online, as far as known: while the line is down, that is of nobody. */
export function presenceOf(userId: string): Presence | undefined {
  follow("presence", userId);
  return online.value && told.has(userId) ? client().presenceOf(userId) : undefined;
}

/** The same of someone whom the server has shown: what it said then counts where it tells of no change. */
export function isPersonOnline({ id, isOnline }: Pick<PublicUser, "id" | "isOnline">): boolean | undefined {
  return online.value ? presenceOf(id)?.isOnline ?? isOnline : undefined;
}

function bump(event: Followed, id = ""): void {
  const count = counts.get(key(event, id));
  if (count) count.value++;
}

function countOf(event: Followed, id: string): Signal<number> {
  const known = counts.get(key(event, id)) ?? signal(0);
  counts.set(key(event, id), known);
  return known;
}

function key(event: Followed, id: string): string {
  return `${event} ${id}`;
}
