import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Contact, UserCard } from "../../client/mod.ts";
import { client, me } from "./client.ts";
import { keep, recall } from "./local.ts";
import { remember } from "./people.ts";

const known = signal<readonly Contact[]>([]);
const blocked = signal<readonly UserCard[]>([]);

/** One's own contacts, as last loaded. */
export const contacts: ReadonlySignal<readonly Contact[]> = known;

/** Those who were blocked on this device: the server keeps blocks to itself. */
export const blockedHere: ReadonlySignal<readonly UserCard[]> = blocked;

/** Loads the contacts, all pages of them. Rejects with `ParleyError`. */
export async function loadContacts(): Promise<void> {
  blocked.value = read();
  const all: Contact[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: 100, ...(cursor && { cursor }) };
    const page = await client().request("GET /api/users/me/contacts", { query });
    all.push(...page.contacts);
    cursor = page.pagination.nextCursor;
  } while (cursor);
  remember(all);
  known.value = all;
}

/** Puts someone among the contacts. Rejects with `ParleyError`. */
export async function addContact(userId: string): Promise<void> {
  const contact = await client().request("POST /api/users/me/contacts", { body: { userId } });
  known.value = [contact, ...known.value.filter(({ id }) => id !== userId)];
}

/** Takes someone from the contacts. Rejects with `ParleyError`. */
export async function removeContact(userId: string): Promise<void> {
  await client().request("DELETE /api/users/me/contacts/:id", { params: { id: userId } });
  known.value = known.value.filter(({ id }) => id !== userId);
}

/** Hears nothing more of someone, and they nothing of the reader. Rejects with `ParleyError`. */
export async function block(person: UserCard): Promise<void> {
  await client().request("PUT /api/users/:id/block", { params: { id: person.id } });
  write([person, ...read().filter(({ id }) => id !== person.id)]);
}

/** Takes a block back. Rejects with `ParleyError`. */
export async function unblock(userId: string): Promise<void> {
  await client().request("DELETE /api/users/:id/block", { params: { id: userId } });
  write(read().filter(({ id }) => id !== userId));
}

/** Forgets the contacts of who was signed in. */
export function forgetContacts(): void {
  known.value = [];
  blocked.value = [];
}

function read(): UserCard[] {
  try {
    return JSON.parse(recall(key()) ?? "[]");
  } catch {
    return [];
  }
}

function write(people: readonly UserCard[]): void {
  keep(key(), JSON.stringify(people));
  blocked.value = people;
}

function key(): string {
  return `parley.blocked.${me.value?.id}`;
}
