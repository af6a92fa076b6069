import { z } from "zod";
import type { Command } from "../../realtime/command.ts";
import { acknowledged, command } from "../../realtime/command.ts";
import { edit, remove } from "./edit.ts";
import { react } from "./reactions.ts";
import { markDelivered, markRead } from "./receipts.ts";
import {
  deleteCommand,
  editCommand,
  messageView,
  reactionCommand,
  reactionsView,
  receiptCommand,
  sendBody,
} from "./schema.ts";
import { send } from "./send.ts";
import type { Messages } from "./service.ts";

const NOTHING = {};
const A_MESSAGE = acknowledged(z.object({ message: messageView }));

/** The socket's commands of this module; each does what its REST route does. */
export function messageCommands(messages: Messages): Command[] {
  return [...writingCommands(messages), ...receiptCommands(messages)];
}

function writingCommands(messages: Messages): Command[] {
  return [
    command({
      event: "send_message",
      summary: "Say something in a conversation",
      description:
        "Acknowledged once it is stored durably. Send it again with the same `clientId` until it is: a " +
        "retry, over the socket or REST, is answered with the message that the first one made, in its present state. " +
        "The push of your own message and its `ack` come in either order; `clientId` tells which is which.",
      data: sendBody,
      budget: "messages",
      answers: A_MESSAGE,
      errors: ["not_found", "forbidden", "message_deleted", "idempotency_conflict"],
      run: async (data, { userId }) => ({ message: (await send(messages, userId, data)).message }),
    }),
    command({
      event: "edit_message",
      summary: "Give a message of yours another text, within 15 minutes",
      description: "The same text again changes nothing.",
      data: editCommand,
      budget: "messages",
      answers: A_MESSAGE,
      errors: ["not_found", "forbidden", "message_deleted", "message_too_old"],
      run: async ({ messageId, text }, { userId }) => ({
        message: await edit(messages, userId, messageId, text),
      }),
    }),
    command({
      event: "delete_message",
      summary: "Delete a message of yours, or any as a group's admin or moderator",
      description: "It keeps its place and loses its content. Deleting it again changes nothing.",
      data: deleteCommand,
      budget: "messages",
      answers: acknowledged(),
      errors: ["not_found", "forbidden"],
      run: async ({ messageId }, { userId }) => {
        await remove(messages, userId, messageId);
        return NOTHING;
      },
    }),
    command({
      event: "add_reaction",
      summary: "Set, clear or toggle your reaction to a message",
      description: "With `on` a retry changes nothing; a toggle is not to be retried.",
      data: reactionCommand,
      budget: "messages",
      answers: acknowledged(reactionsView),
      errors: ["not_found", "forbidden", "message_deleted", "too_many_reactions"],
      run: ({ messageId, ...reaction }, { userId }) => react(messages, userId, messageId, reaction),
    }),
  ];
}

function receiptCommands(messages: Messages): Command[] {
  return [
    command({
      event: "mark_read",
      summary: "You have read everything up to a place",
      description: "Cumulative: it never goes back, and may be repeated.",
      data: receiptCommand,
      answers: acknowledged(),
      errors: ["not_found", "beyond_head"],
      run: async (receipt, { userId, connectionId }) => {
        await markRead(messages, userId, { ...receipt, origin: connectionId });
        return NOTHING;
      },
    }),
    command({
      event: "mark_delivered",
      summary: "Everything up to a place has reached this device",
      description: "Cumulative: it never goes back, and may be repeated.",
      data: receiptCommand,
      answers: acknowledged(),
      errors: ["not_found", "beyond_head"],
      run: async (receipt, { userId, connectionId }) => {
        await markDelivered(messages, userId, { ...receipt, origin: connectionId });
        return NOTHING;
      },
    }),
  ];
}
