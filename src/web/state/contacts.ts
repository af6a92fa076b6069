import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Contact, UserCard } from "../../client/mod.ts";
import { client } from "./client.ts";
import { remember } from "./people.ts";

const known = signal<readonly Contact[]>([]);
const blocked = signal<readonly UserCard[]>([]);

/** One's own contacts, as last loaded. */
export const contacts: ReadonlySignal<readonly Contact[]> = known;

/** Those whom the reader has blocked, as last loaded. */
export const blockedPeople: ReadonlySignal<readonly UserCard[]> = blocked;

/** Loads all contacts, and everybody who is blocked. Rejects with `ParleyError`. */
export async function loadContacts(): Promise<void> {
  const [people, blocks] = await Promise.all([
    allPages(async (query) => {
      const { contacts, pagination } = await client().request("GET /api/users/me/contacts", { query });
      return { rows: contacts, pagination };
    }),
    allPages(async (query) => {
      const { blocks, pagination } = await client().request("GET /api/users/me/blocks", { query });
      return { rows: blocks, pagination };
    }),
  ]);
  remember(people);
  known.value = people;
  blocked.value = blocks;
}

interface ListPage<T> {
  readonly rows: readonly T[];
  readonly pagination: { readonly nextCursor: string | null };
}

async function allPages<T>(
  get: (query: { limit: number; cursor?: string }) => Promise<ListPage<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const page: ListPage<T> = await get({ limit: 100, ...(cursor && { cursor }) });
    all.push(...page.rows);
    cursor = page.pagination.nextCursor;
  } while (cursor);
  return all;
}

/** Adds a contact; one that is there already comes first. Rejects with `ParleyError`. */
export async function addContact(userId: string): Promise<void> {
  const contact = await client().request("POST /api/users/me/contacts", { body: { userId } });
  known.value = [contact, ...known.value.filter(({ id }) => id !== userId)];
}

/** Removes a contact. Rejects with `ParleyError`. */
export async function removeContact(userId: string): Promise<void> {
  await client().request("DELETE /api/users/me/contacts/:id", { params: { id: userId } });
  known.value = known.value.filter(({ id }) => id !== userId);
}

/** Blocks someone: neither can reach the other directly. Rejects with `ParleyError`. */
export async function block(person: UserCard): Promise<void> {
  await client().request("PUT /api/users/:id/block", { params: { id: person.id } });
  blocked.value = [person, ...blocked.value.filter(({ id }) => id !== person.id)];
}

/** Unblocks someone. Rejects with `ParleyError`. */
export async function unblock(userId: string): Promise<void> {
  await client().request("DELETE /api/users/:id/block", { params: { id: userId } });
  blocked.value = blocked.value.filter(({ id }) => id !== userId);
}

/** Forgets contacts and blocks, which belong to one user. */
export function forgetContacts(): void {
  known.value = [];
  blocked.value = [];
}
