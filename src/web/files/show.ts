import { tell } from "../form/errors.ts";
import { client, closePanel, navigate } from "../state/mod.ts";
import { closeViewer } from "./viewing.ts";

/** Leads from a file to its message. Says when that fails. */
export async function showMessage(conversationId: string, messageId: string): Promise<void> {
  await tell(async () => {
    const seq = await placeOf(conversationId, messageId);
    closeViewer();
    closePanel();
    navigate({ screen: "conversation", id: conversationId, seq });
  });
}

async function placeOf(conversationId: string, messageId: string): Promise<number> {
  const { messages = [] } = client().conversations.get(conversationId) ?? {};
  const known = messages.find(({ message }) => message.id === messageId);
  if (known) return known.message.seq;
  return (await client().request("GET /api/messages/:id", { params: { id: messageId } })).seq;
}
