import type { Bus, Unsubscribe } from "../ports/bus.ts";
import type { Hint, JoinedSignal } from "./changes.ts";
import { conversationTopic, userTopic } from "./changes.ts";
import { isTurn, writerTopic } from "./turns.ts";
import type { Writer } from "./writer.ts";

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

/** Has a process's writer hear what the writers of others ask of it. */
export function hearTurns(bus: Bus, instance: string, writer: Writer): Promise<Unsubscribe> {
  return bus.subscribe(writerTopic(instance), (message) => {
    if (isTurn(message)) writer.hear(message);
  });
}
