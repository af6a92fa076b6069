import { useEffect, useState } from "preact/hooks";
import type { PublicConversation, PublicUser } from "../../client/mod.ts";
import { client, me, remember } from "../state/mod.ts";

/** What the server finds beyond one's own conversations. */
export interface Found {
  readonly people: readonly PublicUser[];
  readonly groups: readonly PublicConversation[];
}

/** What was found last, and whether that answers what is typed now. */
export interface Searched<T> {
  readonly found: T | undefined;
  readonly isSearching: boolean;
}

/** The pause in typing that sends a search. */
const PAUSE_MS = 200;
const MOST = 20;

/**
 * Searches for `query` whenever it has changed and a pause follows. `search` is not to reject; the signal ends one that
 * nobody waits for any more.
 */
export function useSearch<T>(
  query: string,
  search: (query: string, signal: AbortSignal) => Promise<T>,
): Searched<T> {
  const [answer, setAnswer] = useState<{ readonly query: string; readonly found: T }>();
  useEffect(() => {
    const aborted = new AbortController();
    const timer = setTimeout(async () => {
      const found = await search(query, aborted.signal);
      if (!aborted.signal.aborted) setAnswer({ query, found });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [query]);
  return { found: answer?.found, isSearching: answer?.query !== query };
}

/** What is typed as a user name begins, with its `@` or without. */
export function asUsername(query: string): string {
  return query.trim().replace(/^@/, "");
}

/** People whose user names begin with `query`, and public groups whose names do; nothing for an empty one. */
export async function findAll(query: string, signal: AbortSignal): Promise<Found> {
  if (!query) return { people: [], groups: [] };
  const [people, groups] = await Promise.all([findPeople(query, signal), findGroups(query, signal)]);
  return { people, groups };
}

/**
 * People whose user names begin with `query`, without the reader; nobody for an empty one, or when the server cannot
 * be asked.
 */
export async function findPeople(query: string, signal: AbortSignal): Promise<readonly PublicUser[]> {
  if (!query) return [];
  try {
    const { users } = await client().request("GET /api/users", {
      query: { query: query.slice(0, 30), limit: MOST },
      signal,
    });
    remember(users);
    return users.filter(({ id }) => id !== me.value?.id);
  } catch {
    return [];
  }
}

/** Public groups whose names begin with `query`; none when the server cannot be asked. */
export async function findGroups(query: string, signal: AbortSignal): Promise<readonly PublicConversation[]> {
  try {
    const search = { query: query.slice(0, 100), limit: MOST };
    return (await client().request("GET /api/conversations/public", { query: search, signal })).conversations;
  } catch {
    return [];
  }
}
