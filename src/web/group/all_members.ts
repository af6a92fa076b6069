import { useState } from "preact/hooks";
import type { Conversation, Participant, Role } from "../../client/mod.ts";
import { client, follow } from "../state/mod.ts";

/** Members as far as they are loaded, and the way to more. */
export interface MemberPages {
  readonly members: readonly Participant[];
  readonly hasMore: boolean;
  /** Rejects with `ParleyError`. */
  loadMore(): Promise<void>;
  /** Shows a member as changed, or no longer: of the further pages nobody tells. */
  amend(userId: string, role: Role | undefined): void;
}

const PAGE = 100;

/** The members that the client keeps (at most 100), and in larger groups further pages of them on demand. */
export function useMembers(conversation: Conversation): MemberPages {
  follow("conversation", conversation.id);
  const [pages, setPages] = useState<readonly Participant[]>([]);
  const [cursor, setCursor] = useState<string | null>();
  const members = merged(conversation.participants, pages);
  return {
    members,
    hasMore: cursor !== null && members.length < conversation.view.participantCount,
    async loadMore() {
      const { participants, pagination } = await client().request("GET /api/conversations/:id/participants", {
        params: { id: conversation.id },
        query: { limit: PAGE, ...(cursor && { cursor }) },
      });
      setPages(merged(pages, participants));
      setCursor(pagination.nextCursor);
    },
    amend(userId, role) {
      setPages(
        pages.flatMap((member) => member.userId !== userId ? [member] : role ? [{ ...member, role }] : []),
      );
    },
  };
}

/** Both without doubles, those of `first` as they are there. */
function merged(first: readonly Participant[], then: readonly Participant[]): readonly Participant[] {
  const ids = new Set(first.map(({ userId }) => userId));
  return [...first, ...then.filter(({ userId }) => !ids.has(userId))];
}
