import type { LocalMessage, MessageView } from "../../src/client/mod.ts";

/** What a test says of a message; the rest does not matter to it. */
export interface Said {
  readonly seq?: number;
  readonly by?: string;
  readonly at?: string;
  readonly text?: string;
  readonly type?: MessageView["content"]["type"];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly clientId?: string | null;
  readonly state?: LocalMessage["state"];
  readonly isDeleted?: boolean;
}

/** A message as the client shows it. */
export function local(said: Said = {}): LocalMessage {
  const { seq = 1, by = "ann", at = "2026-05-04T10:00:00.000Z", text = "hi", type = "text" } = said;
  const { clientId = null, state = "sent", isDeleted = false, metadata } = said;
  const message: MessageView = {
    id: seq === 0 ? clientId ?? "" : `m${seq}`,
    conversationId: "c",
    seq,
    rev: seq,
    senderId: by,
    sender: { id: by, username: by, firstName: by, lastName: "", avatar: null },
    clientId,
    content: { type, text, ...(metadata && { metadata }) },
    replyTo: null,
    reactions: [],
    mentions: [],
    isPinned: false,
    pinnedAt: null,
    pinnedBy: null,
    isEdited: false,
    editedAt: null,
    isDeleted,
    deletedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  return { clientId, state, message };
}
