import type { Conversation, MessageView } from "../../client/mod.ts";
import { client, follow } from "../state/mod.ts";
import { Asked } from "../state/asked.ts";

/** Newest messages of conversations that are not loaded, by the conversation's id and the message's place. */
const asked = new Asked(async (key): Promise<MessageView | undefined> => {
  const [conversationId = "", seq] = key.split(" ");
  const { messages } = await client().request("GET /api/messages/conversation/:conversationId", {
    params: { conversationId },
    query: { after: Number(seq) - 1, limit: 1 },
  });
  return messages[0];
});

/** The newest message of a conversation; asks the server for one that is not loaded. */
export function newestOf({ id, view: { seq }, messages }: Conversation): MessageView | undefined {
  follow("messages", id);
  return messages.findLast(({ message }) => message.seq === seq)?.message ?? asked.get(`${id} ${seq}`);
}
