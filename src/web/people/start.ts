import { tell } from "../form/errors.ts";
import { client, closePanel, navigate } from "../state/mod.ts";

/** Opens the direct conversation with someone; makes it when there is none. Says when that fails. */
export async function writeTo(userId: string): Promise<boolean> {
  return await tell(async () => {
    const { id } = await client().conversations.create({ type: "direct", participants: [userId] });
    closePanel();
    navigate({ screen: "conversation", id });
  });
}

/** Joins a public group and opens it. Says when that fails. */
export async function joinGroup(groupId: string): Promise<boolean> {
  return await tell(async () => {
    const { id } = await client().conversations.join(groupId);
    closePanel();
    navigate({ screen: "conversation", id });
  });
}
