import type { Bus } from "../ports/bus.ts";
import type { Hint, JoinedSignal } from "./changes.ts";
import { conversationTopic, userTopic } from "./changes.ts";

/** Tells the conversation's topic of a commit, and those who have become members by it on their own topics. */
export function publishHint(bus: Bus, hint: Hint): void {
  bus.publish(conversationTopic(hint.head.id), hint);
  for (const change of hint.changes) {
    if (change.event !== "conversation") continue;
    for (const { userId } of change.members?.added ?? []) {
      const signal: JoinedSignal = { kind: "joined", conversationId: hint.head.id, rev: change.rev };
      bus.publish(userTopic(userId), signal);
    }
  }
}
