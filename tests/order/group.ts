import type { Conversation, Message } from "../../src/order/records.ts";
import { newParticipant, participants } from "../../src/order/records.ts";
import type { Write } from "../../src/ports/store.ts";

const CREATED = new Date(0).toISOString();

/** A group as it is made: its head, and its members of whom the first is an admin. */
export function newGroup(
  id: string,
  users: readonly string[],
): { readonly head: Conversation; readonly writes: readonly Write[] } {
  const joined = { joinedAt: CREATED, joinedRev: 0, memberRev: 0, lastReadSeq: 0, rev: 0 };
  const writes = users.map((userId, i) => ({
    into: participants,
    insert: newParticipant(id, userId, { ...joined, role: i === 0 ? "admin" : "member" }),
  }));
  return { head: newHead(id, users.length), writes };
}

function newHead(id: string, memberCount: number): Conversation {
  return {
    id,
    type: "group",
    name: null,
    description: null,
    settings: { isPublic: false, allowInvites: false, maxParticipants: 100, messageRetention: 0 },
    publicName: null,
    retentionDays: 0,
    rev: 0,
    seq: 0,
    firstSeq: 1,
    memberCount,
    adminCount: 1,
    infoRev: 0,
    membersRev: 0,
    mark: "",
    endedAt: null,
    createdAt: CREATED,
    updatedAt: CREATED,
  };
}

/** What a sender decides of a message. */
export function words(
  senderId: string,
  clientId: string | null,
  text = "hello",
): Pick<Message, "senderId" | "clientId" | "digest" | "content" | "replyTo" | "mentions"> {
  const content = { type: "text", text, metadata: {} } as const;
  return { senderId, clientId, digest: "", content, replyTo: null, mentions: [] };
}
