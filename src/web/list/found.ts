import { useEffect, useState } from "preact/hooks";
import type { PublicConversation, PublicUser } from "../../client/mod.ts";
import { client, me, remember } from "../state/mod.ts";

/** What the server finds beyond one's own conversations. */
export interface Found {
  readonly people: readonly PublicUser[];
  readonly groups: readonly PublicConversation[];
  /** Whether an answer is on its way. */
  readonly searching: boolean;
}

const NOTHING: Found = { people: [], groups: [], searching: false };
/** The pause in typing that sends a search. */
const PAUSE_MS = 200;
const MOST = 20;

/** Looks for people by the beginning of their user names, and for public groups by that of their names. */
export function useFound(query: string): Found {
  const wanted = query.trim().replace(/^@/, "");
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (!wanted) return setFound(NOTHING);
    const aborted = new AbortController();
    setFound((before) => ({ ...before, searching: true }));
    const timer = setTimeout(async () => {
      const [people, groups] = await Promise.all([
        findPeople(wanted, aborted.signal),
        findGroups(wanted, aborted.signal),
      ]);
      if (!aborted.signal.aborted) setFound({ people, groups, searching: false });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [wanted]);
  return found;
}

/** People whose user names begin with `query`, without the reader; none when nobody can be asked. */
export async function findPeople(query: string, signal: AbortSignal): Promise<readonly PublicUser[]> {
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

/** Public groups whose names begin with `query`; none when nobody can be asked. */
export async function findGroups(query: string, signal: AbortSignal): Promise<readonly PublicConversation[]> {
  try {
    const search = { query: query.slice(0, 100), limit: MOST };
    return (await client().request("GET /api/conversations/public", { query: search, signal })).conversations;
  } catch {
    return [];
  }
}
